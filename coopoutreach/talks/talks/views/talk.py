"""The page of one talk: everything about it, and what waits to be told of it."""

from datetime import datetime
from typing import Any

from flask import render_template, request
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from coopoutreach.events import entries, waiting
from coopoutreach.events import queries as events
from coopoutreach.events.rules import ACTIVE_STATES, EventState
from coopoutreach.platform.access.guard import requires
from coopoutreach.platform.access.permissions import Permission
from coopoutreach.platform.core import reactions, spanish
from coopoutreach.platform.core.clock import utcnow
from coopoutreach.platform.web.transaction import reading
from coopoutreach.talks.talks import pending, queries
from coopoutreach.talks.talks.happenings import SeatsAsked
from coopoutreach.talks.talks.models import Talk
from coopoutreach.talks.talks.views.blueprint import bp, talk_of


@bp.get("/charlas/<public_id>")
@requires(Permission.PLAN_SEE, talk_of, into="talk")
def talk(talk: Talk) -> ResponseReturnValue:
    """Show the coordination everything about a talk, and what can be done with it."""
    session = reading()
    now = utcnow()
    return render_template(
        "talks/talks/talk.html",
        talk=talk,
        when=entries.when_line(talk),
        place=entries.place_line(talk),
        audience=events.audience(session, talk.id),
        rooms=_rooms(session, talk, now=now),
        held_until=_held_until(talk),
        first_session=_first_session(session, talk),
        announcements=events.announcements_of(session, talk.id),
        pending=pending.notice_of(session, talk, now=now),
        titles=pending.TITLES,
        undo=pending.undo_of(session, talk, now=now),
        # What was just done can be undone from a toast; later, from the page.
        just_done=request.args.get("hecho") == "1",
        undo_minutes=waiting.undo_minutes(),
        replacement=queries.replacement_of(talk, now=now),
        wall=spanish.wall,
        is_standing=talk.state in ACTIVE_STATES,
        is_draft=talk.state is EventState.DRAFT,
        now=now,
    )


def _rooms(session: Session, talk: Talk, *, now: datetime) -> dict[str, Any]:
    """Return the seats of each room, by its name: whoever counts them answers."""
    answers = reactions.react(session, SeatsAsked(talk), now=now)
    return {room.value: seats for answer in answers for room, seats in answer.items()}


def _held_until(talk: Talk) -> str:
    wall = spanish.wall(talk.held_until, talk.zone) if talk.held_until else None
    return f"{spanish.day_and_month(wall)}, {spanish.clock(wall)}" if wall else ""


def _first_session(session: Session, talk: Talk) -> Talk | None:
    return session.get(Talk, talk.session_of_id) if talk.session_of_id else None
