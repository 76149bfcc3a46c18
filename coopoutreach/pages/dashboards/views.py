"""The first page of whoever signs in: the coordination, a cooperative, the counterpart."""

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, timedelta

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue
from flask_login import current_user
from sqlalchemy.orm import Session

from coopoutreach.committee.meetings.rules.agenda import KIND_NAMES
from coopoutreach.mail.outgoing import queries as messaging
from coopoutreach.pages.dashboards import attention, desk, duties, queries, rules, showing, table
from coopoutreach.platform.access.guard import requires
from coopoutreach.platform.access.permissions import Permission
from coopoutreach.platform.core import reactions, spanish
from coopoutreach.platform.core.clock import utcnow
from coopoutreach.platform.scheduler import queries as scheduler
from coopoutreach.platform.scheduler.happenings import AttentionAsked
from coopoutreach.platform.scheduler.models import Heartbeat
from coopoutreach.platform.web.transaction import reading
from coopoutreach.talks.registrations import queries as registrations
from coopoutreach.talks.registrations.queries import Seats
from coopoutreach.talks.talks.models import Talk

bp = Blueprint("board", __name__)

#: Mails that failed longer ago are history.
_LATELY = timedelta(days=30)
#: When the latest sign of a worker was, where none ever gave one.
_NEVER = datetime.min.replace(tzinfo=UTC)


@bp.get("/panel")
@requires(Permission.BOARD_SEE)
def panel() -> ResponseReturnValue:
    """Show the coordination what is next, what fills, and what needs attention."""
    session, now = reading(), utcnow()
    talks, drafts = queries.talks_and_drafts(session, now=now, until=now + rules.AHEAD)
    places = queries.places(session, [talk.id for talk in talks])
    rows = [showing.row(talk, places[0][talk.id], now=now) for talk in talks]
    runs = scheduler.last_runs(session)
    return render_template(
        "pages/dashboards/panel.html",
        today=spanish.wall(now),
        soon=[row for row in rows if row.starts_at < now + rules.NEXT],
        filling=[row for row in rows if row.fills and row.starts_at >= now + rules.NEXT],
        drafts=drafts[: rules.MOST_LINES],
        attention=attention.lines(_facts(session, talks, places, runs, now), now=now),
        runs=[showing.run(run, now=now) for run in runs],
    )


@bp.get("/mi-cooperativa")
@requires(Permission.COOPERATIVE_DESK_SEE)
def cooperative() -> ResponseReturnValue:
    """Show a cooperative what is next for it, and its people with their places."""
    session, now = reading(), utcnow()
    shown = desk.page(session, current_user.id, now=now)
    return render_template("pages/dashboards/cooperative.html", **shown)


@bp.get("/mesa")
@requires(Permission.COUNTERPART_DESK_SEE)
def counterpart() -> ResponseReturnValue:
    """Show the counterpart what waits for them, what is next, and the plan in totals."""
    session, now = reading(), utcnow()
    talks = queries.talks_ahead(session, now=now, until=now + rules.AHEAD)
    seats = registrations.seats(session, [talk.id for talk in talks])
    return render_template(
        "pages/dashboards/counterpart.html",
        rows=[showing.row(talk, seats[talk.id], now=now) for talk in talks],
        kind_names=KIND_NAMES,
        **table.page(session, current_user.id, now=now),
    )


@bp.get("/panel/componentes")
@requires(Permission.COMPONENTS_SEE)
def components() -> ResponseReturnValue:
    """Show the gallery of the design system."""
    weeks, days = showing.sample_month(date(2026, 12, 1))
    return render_template("pages/dashboards/components.html", weeks=weeks, days=days)


def _facts(
    session: Session,
    talks: Sequence[Talk],
    places: tuple[Mapping[int, Seats], set[tuple[int, int]]],
    runs: Sequence[Heartbeat],
    now: datetime,
) -> attention.Facts:
    levels = {level for talk in talks for level in talk.prioritised_levels}
    last_sign = max((run.finished_at or run.started_at for run in runs), default=None)
    asked = AttentionAsked(last_beat=last_sign or _NEVER)
    seats, registered = places
    pause, waiting = messaging.health_of_queue(session, now=now)
    return attention.Facts(
        talks=talks,
        seats=seats,
        failed=queries.failed_mails(session, since=now - _LATELY, limit=rules.MOST_LINES),
        held=messaging.held_addresses(session),
        pause=pause,
        waiting_for_worker=waiting,
        last_sign=last_sign,
        unmarked=queries.unmarked_talks(session, now=now),
        prioritised=queries.cooperatives_of_levels(session, levels),
        registered=registered,
        duties=duties.read(session, current_user.id, now=now),
        concerns=[
            concern for answer in reactions.react(session, asked, now=now) for concern in answer
        ],
    )
