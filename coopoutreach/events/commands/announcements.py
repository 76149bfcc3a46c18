"""Plan what all invitees of an event are told, and when."""

from collections.abc import Collection
from datetime import datetime, timedelta

from sqlalchemy import delete
from sqlalchemy.orm import Session

from coopoutreach.events import queries, rules, waiting
from coopoutreach.events.errors import NothingPending
from coopoutreach.events.models import Announcement, Event, EventVersion, ReminderPolicy
from coopoutreach.events.rules import ACTIVE_STATES, AnnouncementKind, AnnouncementState
from coopoutreach.platform.audit import commands as audit
from coopoutreach.platform.core import time, waking

#: A day after the event, nobody needs to hear that it changed.
_USEFUL_AFTER = timedelta(days=1)
#: The job that tells people what is due.
TELLING = "events.tell_announcements"


def set_reminders(session: Session, event: Event, *, days: Collection[int], now: datetime) -> None:
    """Give the event reminders so many days before, in place of those it had."""
    kept = [policy for policy in event.reminder_policies if policy.days in days]
    new = set(days) - {policy.days for policy in kept}
    event.reminder_policies = [*kept, *(ReminderPolicy(days=day) for day in sorted(new))]
    session.flush()
    if event.state in ACTIVE_STATES:
        plan_reminders(session, event, after=now, now=now)


def plan_reminders(session: Session, event: Event, *, after: datetime, now: datetime) -> None:  # noqa: ARG001 (every command is told the time)
    """Plan the reminders that are due after a moment anew; one that is being told goes on."""
    session.execute(
        delete(Announcement).where(
            Announcement.event_id == event.id,
            Announcement.kind == AnnouncementKind.REMINDER,
            Announcement.state == AnnouncementState.DUE,
            Announcement.due_at > after,
            Announcement.last_invitee_id == 0,
        )
    )
    planned = {
        (found.days, found.sequence)
        for found in queries.announcements_of(session, event.id)
        if found.kind is AnnouncementKind.REMINDER
    }
    until = event.starts_at
    for policy in sorted(event.reminder_policies, key=lambda policy: policy.days):
        due = time.days_before(event.wall_start, event.zone, policy.days)
        if due > after and (policy.days, event.sequence) not in planned:
            session.add(
                Announcement(
                    event_id=event.id,
                    kind=AnnouncementKind.REMINDER,
                    days=policy.days,
                    sequence=event.sequence,
                    due_at=due,
                    not_after=until,
                )
            )
        until = due


def gather(
    session: Session, event: Event, current: EventVersion, *, before: int, now: datetime
) -> Announcement | None:
    """Have people told of the event's changes, once nothing has changed for a while.

    One announcement gathers them all; each person is told what is news to them. `before` is the
    number of the version that held until now. If the event is back where it was, and nobody was
    told otherwise, nobody is told anything.
    """
    known = queries.versions(session, event.id)
    found = queries.pending(session, event.id)
    start = known.get(found.from_version if found else before)
    kinds = {*queries.news(session, event.id, current, known)}
    if start is not None and rules.change(start, current) is AnnouncementKind.MOVED:
        # Kept even if nobody counts on it yet, so that moving back is known for what it is.
        kinds.add(AnnouncementKind.MOVED)
    kind = rules.most_telling(kinds)
    if kind is None:
        if found is not None:
            _put_away(session, found, now=now)
        return None
    starts = queries.believed_starts(session, event)
    found = found or Announcement(event_id=event.id, from_version=before)
    found.kind = kind
    found.sequence, found.version = event.sequence, current.number
    found.due_at = waiting.due(kind, starts=starts, now=now)
    found.not_after = max(event.ends_at, now) + _USEFUL_AFTER
    # Whoever was told of the change before this one is asked after again.
    found.last_invitee_id, found.untold, found.again_at = 0, [], None
    session.add(found)
    session.flush()
    # Told at once if the event is near; else the job finds it when it is due.
    waking.wake(session, TELLING)
    return found


def announce_cancellation(session: Session, event: Event, *, now: datetime) -> Announcement:
    """Have people told that the event is off, once it can no longer be undone."""
    starts = queries.believed_starts(session, event)
    made = Announcement(
        event_id=event.id,
        kind=AnnouncementKind.CANCELLED,
        sequence=event.sequence,
        version=event.version,
        from_version=event.version,
        due_at=waiting.due(AnnouncementKind.CANCELLED, starts=starts, now=now),
        not_after=max(event.ends_at, now) + _USEFUL_AFTER,
    )
    session.add(made)
    session.flush()
    waking.wake(session, TELLING)
    return made


def tell_now(session: Session, event: Event, *, actor: str, now: datetime) -> None:
    """Tell people at once of what waits to be told.

    :raises NothingPending: if nothing waits
    """
    found = queries.pending_cancellation(session, event.id) or queries.pending(session, event.id)
    if found is None:
        raise NothingPending("Ese aviso ya salió, o ya no hace falta.")
    if found.due_at <= now:
        return
    found.due_at = now
    waking.wake(session, TELLING)
    audit.record(
        session,
        ("event", event.id),
        action="event.told_at_once",
        actor=actor,
        now=now,
        after={"kind": found.kind.value},
    )


def drop_due(session: Session, event: Event, *, but: int = 0, now: datetime) -> None:
    """Nobody is told any more what was true of the event; all but the announcement `but`."""
    for found in queries.announcements_of(session, event.id):
        if found.state is AnnouncementState.DUE and found.id != but:
            found.state = AnnouncementState.DROPPED
            found.ended_at = now


def _put_away(session: Session, announcement: Announcement, *, now: datetime) -> None:
    if announcement.count:
        announcement.state = AnnouncementState.TOLD
        announcement.ended_at = now
    else:
        session.delete(announcement)
    session.flush()
