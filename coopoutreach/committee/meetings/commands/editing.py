"""Change a meeting, alone or with those of its series; call one off; make one beside the series."""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy.orm import Session

from coopoutreach.committee.meetings import queries
from coopoutreach.committee.meetings.commands.horizon import add, discard
from coopoutreach.committee.meetings.commands.series import skip
from coopoutreach.committee.meetings.drafts import new_draft
from coopoutreach.committee.meetings.errors import DayMovesAlone, SeriesEnded
from coopoutreach.committee.meetings.fields import SHARED_COLUMNS, MeetingFields
from coopoutreach.committee.meetings.models import Meeting, MeetingSeries
from coopoutreach.committee.meetings.rules import MeetingType, Scope
from coopoutreach.events import commands as events
from coopoutreach.events import queries as event_queries
from coopoutreach.events.errors import WrongState
from coopoutreach.events.rules import ACTIVE_STATES, EventState
from coopoutreach.platform.audit import commands as audit

_ONE_MINUTE = timedelta(minutes=1)
#: States in which a meeting is yet to be.
_OPEN = frozenset({EventState.DRAFT, *ACTIVE_STATES})


def edit_meeting(
    session: Session,
    meeting: Meeting,
    fields: MeetingFields,
    *,
    scope: Scope,
    actor: str,
    now: datetime,
) -> list[Meeting]:
    """Change a meeting, those after it, or all that are ahead; return those that are told of it.

    What was changed of this one is changed of the others: its hours, its place. Those edited by
    themselves stay. Who was convened gets one gathered notice; drafts change in silence.

    :raises WrongState: if it is over, or was called off
    :raises DayMovesAlone: for another day of more than one
    """
    if scope is not Scope.THIS and fields.wall_start.date() != meeting.wall_start.date():
        raise DayMovesAlone(
            "El día se cambia de a una reunión. Para otro día en todas, edite la serie.",
            field="start_date",
        )
    others = _held(session, meeting, scope, now=now)
    changes = _changes(meeting, fields)
    _set(meeting, fields)
    if scope is Scope.THIS and changes:
        meeting.detached = True
    for other in others:
        _follow(other, changes, fields)
    if scope is not Scope.THIS:
        _set_defaults(session, meeting.series, changes, fields)
    return [
        one
        for one in (meeting, *others)
        if _settle(session, one, {"scope": scope.value, **changes}, actor=actor, now=now)
    ]


def create_meeting(
    session: Session,
    series: MeetingSeries,
    fields: MeetingFields,
    *,
    actor: str,
    now: datetime,
) -> Meeting:
    """Make an extraordinary meeting of a table, as a draft; changes of the series leave it alone.

    :raises SeriesEnded: if the series ended
    """
    if series.ended_at is not None:
        raise SeriesEnded("Esta serie ya terminó.")
    meeting = new_draft(series, type=MeetingType.EXTRAORDINARY, now=now)
    meeting.detached = True
    _set(meeting, fields)
    add(session, meeting, days=series.reminder_days, now=now)
    audit.record(
        session,
        ("event", meeting.id),
        action="meeting.created",
        actor=actor,
        now=now,
        after={"when": f"{meeting.wall_start:%Y-%m-%d %H:%M}"},
    )
    return meeting


def cancel_meeting(
    session: Session, meeting: Meeting, *, reason: str, actor: str, now: datetime
) -> None:
    """Call a meeting off: who was convened is told, some minutes later. A draft disappears.

    :raises WrongState: if it is not going to happen anyway
    """
    queries.lock_series(session, meeting.series_id)
    # Somebody may have convened it meanwhile: then people are told.
    event_queries.lock_event(session, meeting.id)
    if meeting.state is not EventState.DRAFT:
        events.cancel(session, meeting, reason=reason, actor=actor, now=now)
        return
    if meeting.slot_on is not None:
        skip(session, meeting.series, meeting.slot_on, actor=actor, now=now)
    discard(session, meeting, actor=actor, now=now)


def undo_cancellation(session: Session, meeting: Meeting, *, actor: str, now: datetime) -> None:
    """Let a meeting that was called off take place after all.

    :raises TooLate: once people are being told
    """
    event_queries.lock_event(session, meeting.id)
    events.undo_cancellation(session, meeting, actor=actor, now=now)


def _held(session: Session, meeting: Meeting, scope: Scope, *, now: datetime) -> list[Meeting]:
    """Hold a meeting and those that change with it, as they stand now; return those.

    :raises WrongState: if it is over, or was called off
    """
    others = []
    if scope is not Scope.THIS:
        # The series before its meetings, as whoever edits it holds them.
        queries.lock_series(session, meeting.series_id)
        others = _others(session, meeting, scope, now=now)
    for number in sorted(one.id for one in (meeting, *others)):
        event_queries.lock_event(session, number)
    if meeting.state not in _OPEN:
        raise WrongState("Esta reunión ya no se puede cambiar.")
    return [one for one in others if one.state in _OPEN]


def _others(session: Session, meeting: Meeting, scope: Scope, *, now: datetime) -> list[Meeting]:
    ahead = queries.series_follows(session, meeting.series_id, now=now)
    return [
        other
        for other in ahead
        if other.id != meeting.id and (scope is Scope.ALL or other.wall_start > meeting.wall_start)
    ]


def _changes(meeting: Meeting, fields: MeetingFields) -> dict[str, Any]:
    """Return what was and is of each column that changes."""
    names = ("title", "wall_start", "wall_end", "fold", *SHARED_COLUMNS)
    return {
        name: [str(getattr(meeting, name)), str(getattr(fields, name))]
        for name in names
        if getattr(meeting, name) != getattr(fields, name)
    }


def _set(meeting: Meeting, fields: MeetingFields) -> None:
    for name in ("title", "wall_start", "wall_end", "fold", "region", *SHARED_COLUMNS):
        setattr(meeting, name, getattr(fields, name))


def _follow(other: Meeting, changes: dict[str, Any], fields: MeetingFields) -> None:
    """Change of another meeting what was changed of the one that it follows."""
    for name in SHARED_COLUMNS:
        if name in changes:
            setattr(other, name, getattr(fields, name))
    other.region = other.comuna[:2] if other.comuna else None
    if changes.keys() & {"wall_start", "wall_end"}:
        start = datetime.combine(other.wall_start.date(), fields.wall_start.time())
        other.wall_start = start
        other.wall_end = start + (fields.wall_end - fields.wall_start)
        other.fold = 0


def _set_defaults(
    session: Session, series: MeetingSeries, changes: dict[str, Any], fields: MeetingFields
) -> None:
    """Let the meetings that are made later be as those that were changed."""
    series = queries.lock_series(session, series.id)
    for name in SHARED_COLUMNS:
        if name in changes:
            setattr(series, name, getattr(fields, name))
    if changes.keys() & {"wall_start", "wall_end"}:
        series.wall_time = fields.wall_start.time()
        series.minutes = (fields.wall_end - fields.wall_start) // _ONE_MINUTE


def _settle(
    session: Session, meeting: Meeting, changes: dict[str, Any], *, actor: str, now: datetime
) -> bool:
    """Follow what was set on a meeting; return whether anybody is told of it."""
    meeting.resolve_time()
    audit.record(
        session,
        ("event", meeting.id),
        action="meeting.edited",
        actor=actor,
        now=now,
        after=changes,
    )
    return events.revise(session, meeting, actor=actor, now=now) is not None
