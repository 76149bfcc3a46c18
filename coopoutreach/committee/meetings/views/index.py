"""The tables: what is ahead, what waits for its minutes, and their series."""

from collections.abc import Sequence
from datetime import datetime

from flask import render_template
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from coopoutreach.committee.meetings import queries, slots
from coopoutreach.committee.meetings.happenings import MinutesAsked, MinutesStand
from coopoutreach.committee.meetings.models import Meeting
from coopoutreach.committee.meetings.views import tables
from coopoutreach.committee.meetings.views.blueprint import bp
from coopoutreach.committee.meetings.views.cards import card_of
from coopoutreach.platform.access.guard import may, requires
from coopoutreach.platform.access.permissions import Permission
from coopoutreach.platform.core import reactions
from coopoutreach.platform.core.clock import utcnow
from coopoutreach.platform.web.transaction import reading

#: How many meetings ahead are shown; each series' page has them all.
_SHOWN = 6


@bp.get("/reuniones")
@requires(Permission.MEETING_LIST)
def index() -> ResponseReturnValue:
    """Show the tables that the reader may see: a counterpart those where its institution sits."""
    session, now = reading(), utcnow()
    organisations = tables.seen_by_reader()
    ahead = queries.meetings_ahead(session, organisations, now=now)
    series = queries.series_of(session, organisations)
    return render_template(
        "committee/meetings/index.html",
        ahead=[card_of(meeting) for meeting in ahead[:_SHOWN]],
        more=max(len(ahead) - _SHOWN, 0),
        waiting=_without_approved_minutes(
            session, queries.meetings_past(session, organisations, now=now), now=now
        ),
        series=[one for one in series if one.ended_at is None],
        ended=[one for one in series if one.ended_at is not None],
        pattern=slots.pattern_in_words,
        can_edit=may(Permission.MEETING_EDIT),
    )


def _without_approved_minutes(
    session: Session, past: Sequence[Meeting], *, now: datetime
) -> list[tuple[Meeting, MinutesStand | None]]:
    """Return the meetings that took place whose minutes nobody approved, with how these stand."""
    answers = reactions.react(session, MinutesAsked([one.id for one in past]), now=now)
    stand: dict[int, MinutesStand] = {}
    for answer in answers:
        stand |= answer
    return [
        (meeting, stand.get(meeting.id))
        for meeting in past
        if meeting.id not in stand or not stand[meeting.id].approved
    ]
