"""Fill the months ahead with the meetings of a series, each an event of its own, as drafts."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from operator import attrgetter
from typing import Any

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from coopoutreach.committee.meetings import queries, slots
from coopoutreach.committee.meetings.drafts import new_draft
from coopoutreach.committee.meetings.models import (
    AgendaItem,
    DatePoll,
    Meeting,
    MeetingSeries,
    Seat,
)
from coopoutreach.committee.meetings.rules import MeetingType, Pattern
from coopoutreach.committee.meetings.rules.recurrence import Slot
from coopoutreach.events import commands as events
from coopoutreach.events import queries as event_queries
from coopoutreach.events.errors import WrongState
from coopoutreach.events.models import Announcement, EventVersion, Invitee
from coopoutreach.events.rules import EventState
from coopoutreach.platform.audit import commands as audit
from coopoutreach.platform.core import time

_MONTHLY = frozenset({Pattern.WEEKDAY_OF_MONTH, Pattern.DAY_OF_MONTH})


def fill_horizon(
    session: Session,
    series: MeetingSeries,
    *,
    until: date,
    actor: str = "job:fill_horizons",
    now: datetime,
) -> list[Meeting]:
    """Make a draft of each date of the series, up to `until`, that has no meeting yet.

    However often, and by however many at once: a date has one meeting.
    """
    series = queries.lock_series(session, series.id)
    if series.ended_at is not None:
        return []
    found = _open_slots(session, series, until=until, now=now)
    made = [_draft(session, series, slot, now=now) for slot in found]
    if made:
        audit.record(
            session,
            ("series", series.id),
            action="series.filled",
            actor=actor,
            now=now,
            after={"dates": [f"{meeting.slot_on}" for meeting in made]},
        )
    return made


def realign(session: Session, series: MeetingSeries, *, actor: str, now: datetime) -> list[Meeting]:
    """Put the drafts ahead on the dates that the series has now; return those left without one.

    They keep their order, so that an agenda that was begun stays with the next meeting. A draft
    that no date is left for disappears, but for one with an agenda: it stays, edited by itself.
    """
    series = queries.lock_series(session, series.id)
    ahead = queries.series_follows(session, series.id, now=now)
    for meeting in ahead:
        # Somebody may have convened one meanwhile.
        event_queries.lock_event(session, meeting.id)
    drafts = [meeting for meeting in ahead if meeting.state is EventState.DRAFT]
    drafts.sort(key=attrgetter("starts_at"))
    for meeting in drafts:
        meeting.slot_on = None
    session.flush()
    found = _open_slots(session, series, until=slots.horizon_of(series, now=now), now=now)
    for meeting, slot in zip(drafts, found, strict=False):
        meeting.slot_on = slot.slot_on
        dress(session, meeting, series, on=slot.on, now=now)
    left = drafts[len(found) :]
    kept = [meeting for meeting in left if meeting.items]
    for meeting in left:
        if meeting in kept:
            meeting.detached = True
        else:
            discard(session, meeting, actor=actor, now=now)
    session.flush()
    return kept


def dress(
    session: Session, meeting: Meeting, series: MeetingSeries, *, on: date, now: datetime
) -> None:
    """Give a draft the day, the hours and the place that its series has."""
    meeting.title = series.name
    meeting.wall_start = datetime.combine(on, series.wall_time)
    meeting.wall_end = meeting.wall_start + timedelta(minutes=series.minutes)
    for name in ("zone", "modality", "place", "address", "comuna", "link"):
        setattr(meeting, name, getattr(series, name))
    meeting.region = series.comuna[:2] if series.comuna else None
    add(session, meeting, days=series.reminder_days, now=now)


def add(session: Session, meeting: Meeting, *, days: Sequence[int], now: datetime) -> None:
    """Keep a draft whose day, hours and place are set, with reminders so many days before."""
    meeting.resolve_time()
    events.keep_calendar_bytes(session, meeting, now=now)
    session.add(meeting)
    session.flush()
    events.set_reminders(session, meeting, days=days, now=now)


def discard(session: Session, meeting: Meeting, *, actor: str, now: datetime) -> None:
    """Throw a draft away, with its agenda: nobody was called to it.

    :raises WrongState: if it is no draft
    """
    if meeting.state is not EventState.DRAFT:
        raise WrongState("Solo se elimina un borrador. Una reunión convocada se suspende.")
    audit.record(
        session,
        ("event", meeting.id),
        action="meeting.discarded",
        actor=actor,
        now=now,
        before={"title": meeting.title, "when": f"{meeting.wall_start:%Y-%m-%d %H:%M}"},
    )
    its_items = select(AgendaItem.id).where(AgendaItem.meeting_id == meeting.id)
    session.execute(
        update(AgendaItem).where(AgendaItem.moved_to_id.in_(its_items)).values(moved_to_id=None)
    )
    session.execute(
        update(DatePoll).where(DatePoll.meeting_id == meeting.id).values(meeting_id=None)
    )
    session.execute(delete(Seat).where(Seat.meeting_id == meeting.id))
    hangs_on_it: tuple[Any, ...] = (Invitee, EventVersion, Announcement)
    for table in hangs_on_it:
        session.execute(delete(table).where(table.event_id == meeting.id))
    session.delete(meeting)
    session.flush()


def _open_slots(
    session: Session, series: MeetingSeries, *, until: date, now: datetime
) -> list[Slot]:
    """Return the slots ahead that have no meeting; of a month that has one, none.

    After a pattern has changed, a meeting that was convened by the old one is the month's.
    """
    today = time.wall_of(now, series.zone).date()
    filled = queries.filled_slots(session, series.id)
    months = {(day.year, day.month) for day in filled} if series.pattern in _MONTHLY else set()
    return [
        slot
        for slot in slots.slots_of(series, since=today, until=until)
        if slot.slot_on not in filled
        and (slot.slot_on.year, slot.slot_on.month) not in months
        and time.moment(datetime.combine(slot.on, series.wall_time), series.zone) > now
    ]


def _draft(session: Session, series: MeetingSeries, slot: Slot, *, now: datetime) -> Meeting:
    meeting = new_draft(series, type=MeetingType.ORDINARY, now=now)
    meeting.slot_on = slot.slot_on
    dress(session, meeting, series, on=slot.on, now=now)
    return meeting
