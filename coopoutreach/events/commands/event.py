"""What can be done to an event, whatever its kind, and how its invitees come to know."""

from collections.abc import Collection
from datetime import datetime, timedelta

from sqlalchemy import delete
from sqlalchemy.orm import Session

from coopoutreach.audit import commands as audit
from coopoutreach.core import spanish
from coopoutreach.core.db import touch
from coopoutreach.events import entries, notices, queries, time
from coopoutreach.events.errors import WrongState
from coopoutreach.events.models import Announcement, Event, Fact, Invitee, ReminderPolicy
from coopoutreach.events.rules import (
    MOVES,
    STANDING,
    AnnouncementKind,
    AnnouncementState,
    Answer,
    EventState,
    Standing,
)
from coopoutreach.messaging import commands as messaging

#: How many invitees are told in one transaction: few enough for others to write in between.
BATCH = 50
#: What the interface calls each state, for a sentence that refuses.
STATE_NAMES = {
    EventState.DRAFT: "en borrador",
    EventState.PUBLISHED: "publicada",
    EventState.RESCHEDULED: "reprogramada",
    EventState.CANCELLED: "suspendida",
    EventState.HELD: "realizada",
}
#: The fact that says by which rules of time all events were derived last.
TZDATA = "tzdata"


def keep_calendar_bytes(session: Session, event: Event, *, now: datetime) -> None:
    """Write the event's VEVENT anew, revised now; public pages and feeds have changed."""
    event.revised_at = now
    event.vevent, event.vevent_invited = entries.calendar_bytes(event)
    touch(session)


def set_reminders(session: Session, event: Event, *, days: Collection[int], now: datetime) -> None:
    """Give the event reminders so many days before, in place of those it had."""
    kept = [policy for policy in event.reminder_policies if policy.days in days]
    new = set(days) - {policy.days for policy in kept}
    event.reminder_policies = [*kept, *(ReminderPolicy(days=day) for day in sorted(new))]
    session.flush()
    if event.state in STANDING:
        _plan_reminders(session, event, now=now)


def publish(session: Session, event: Event, *, actor: str, now: datetime) -> None:
    """Show the event to everybody and plan its reminders.

    :raises WrongState: if it is no draft
    """
    _move(session, event, EventState.PUBLISHED, actor=actor, now=now)
    event.published_at = now
    keep_calendar_bytes(session, event, now=now)
    _plan_reminders(session, event, now=now)


def revise_words(session: Session, event: Event, *, now: datetime) -> None:
    """Keep a change of words alone: the sequence stays, and nobody is bothered."""
    keep_calendar_bytes(session, event, now=now)


def reschedule(session: Session, event: Event, *, before: str, actor: str, now: datetime) -> None:
    """Tell everyone that the event's time or place, already set on it, has changed.

    Answers are asked for again, and the reminders start anew. `before` says when and where it was.

    :raises WrongState: if it is not going to happen
    """
    _move(session, event, EventState.RESCHEDULED, actor=actor, now=now)
    event.sequence += 1
    keep_calendar_bytes(session, event, now=now)
    for invitee in session.query(Invitee).filter_by(event_id=event.id, answer=Answer.ACCEPTED):
        invitee.answer = Answer.PENDING
    _drop_due(session, event, now=now)
    _announce(session, event, AnnouncementKind.MOVED, note=before, now=now)
    _plan_reminders(session, event, now=now)


def cancel(session: Session, event: Event, *, reason: str, actor: str, now: datetime) -> None:
    """Call the event off and tell everyone, so that it leaves their calendars.

    :raises WrongState: if it is not going to happen anyway
    """
    _move(session, event, EventState.CANCELLED, actor=actor, now=now)
    event.cancellation_reason = reason
    event.sequence += 1
    keep_calendar_bytes(session, event, now=now)
    _drop_due(session, event, now=now)
    _announce(session, event, AnnouncementKind.CANCELLED, note="", now=now)


def close(session: Session, event: Event, *, actor: str, now: datetime) -> None:
    """Say that the event took place.

    :raises WrongState: if it was not going to happen
    """
    _move(session, event, EventState.HELD, actor=actor, now=now)
    touch(session)


def tell_next_batch(session: Session, announcement_id: int, *, now: datetime) -> int:
    """Owe an announcement to its next invitees; return how many, and end it after the last.

    An announcement whose time has passed is dropped, and shown as dropped.
    """
    announcement = session.get_one(Announcement, announcement_id)
    event = queries.lock_event(session, announcement.event_id)
    session.refresh(announcement)
    if announcement.state is not AnnouncementState.DUE:
        return 0
    if now >= announcement.not_after:
        announcement.state = AnnouncementState.DROPPED
        announcement.ended_at = now
        return 0
    invitees = queries.invitees_to_tell(session, announcement, limit=BATCH)
    to_tell = [invitee for invitee in invitees if _is_news(announcement, invitee)]
    letters = [notices.announced(announcement, invitee, now=now) for invitee in to_tell]
    announcement.count += messaging.owe_many(session, letters, now=now)
    for invitee in to_tell:
        if invitee.standing is Standing.INVITED:
            invitee.told_sequence = event.sequence
    if invitees:
        announcement.last_invitee_id = invitees[-1].id
    if len(invitees) < BATCH:
        announcement.state = AnnouncementState.TOLD
        announcement.ended_at = now
    return len(letters)


def recompute_time(session: Session, event_id: int, *, now: datetime) -> None:
    """Derive an event's moments by today's rules of time, and tell who must know if they moved."""
    event = queries.lock_event(session, event_id)
    before = entries.when_line(event)
    if event.resolve_time() and event.state in STANDING:
        reschedule(session, event, before=before, actor="job:tzdata", now=now)


def remember(session: Session, name: str, *, value: str, now: datetime) -> None:  # noqa: ARG001 (every command is told the time)
    """Keep a fact between runs."""
    session.merge(Fact(name=name, value=value))


def _is_news(announcement: Announcement, invitee: Invitee) -> bool:
    if announcement.kind is not AnnouncementKind.MOVED:
        return True
    told = invitee.told_sequence
    return told is None or told < announcement.sequence


def _move(session: Session, event: Event, state: EventState, *, actor: str, now: datetime) -> None:
    if state not in MOVES[event.state]:
        raise WrongState(
            f"La actividad está {STATE_NAMES[event.state]}: no puede quedar {STATE_NAMES[state]}."
        )
    audit.record(
        session,
        ("event", event.id),
        action=f"event.{state.value}",
        actor=actor,
        now=now,
        before={"state": event.state.value, "sequence": event.sequence},
        after={"state": state.value, "when": spanish.daytime(event.wall_start)},
    )
    event.state = state


def _announce(
    session: Session, event: Event, kind: AnnouncementKind, *, note: str, now: datetime
) -> None:
    session.add(
        Announcement(
            event_id=event.id,
            kind=kind,
            sequence=event.sequence,
            due_at=now,
            # A day after the event, nobody needs to hear that it moved.
            not_after=max(event.ends_at, now) + timedelta(days=1),
            note=note,
        )
    )


def _plan_reminders(session: Session, event: Event, *, now: datetime) -> None:
    session.execute(
        delete(Announcement).where(
            Announcement.event_id == event.id,
            Announcement.kind == AnnouncementKind.REMINDER,
            Announcement.state == AnnouncementState.DUE,
        )
    )
    told = {
        (found.days, found.sequence)
        for found in queries.announcements_of(session, event.id)
        if found.kind is AnnouncementKind.REMINDER
    }
    until = event.starts_at
    for policy in sorted(event.reminder_policies, key=lambda policy: policy.days):
        due = time.days_before(event.wall_start, event.zone, policy.days)
        if due > now and (policy.days, event.sequence) not in told:
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


def _drop_due(session: Session, event: Event, *, now: datetime) -> None:
    """Nobody is told any more what was true of the event before it changed."""
    for found in queries.announcements_of(session, event.id):
        if found.state is AnnouncementState.DUE:
            found.state = AnnouncementState.DROPPED
            found.ended_at = now
