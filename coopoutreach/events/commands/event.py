"""What can be done to an event, whatever its kind."""

from datetime import datetime
from typing import NoReturn

from sqlalchemy import delete
from sqlalchemy.orm import Session

from coopoutreach.events import entries, mailboxes, notices, queries, rules, waiting
from coopoutreach.events.commands import announcements
from coopoutreach.events.commands.versions import number_version
from coopoutreach.events.errors import TooLate, WrongState
from coopoutreach.events.models import Announcement, Event, EventVersion, Fact
from coopoutreach.events.rules import (
    ACTIVE_STATES,
    MOVES,
    AnnouncementKind,
    AnnouncementState,
    EventState,
)
from coopoutreach.platform.audit import commands as audit
from coopoutreach.platform.core import spanish
from coopoutreach.platform.core.db import touch

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
#: The fact that says in which form the kept entries were written last.
ENTRY_FORM = "entry-form"


def keep_calendar_bytes(session: Session, event: Event, *, now: datetime) -> None:
    """Write the event's VEVENT anew, revised now; public pages and feeds have changed."""
    event.revised_at = now
    event.vevent, event.vevent_invited = entries.calendar_bytes(event)
    touch(session)


def rewrite_calendar_bytes(session: Session, event_id: int, *, now: datetime) -> None:  # noqa: ARG001 (every command is told the time)
    """Write an event's VEVENT in today's form. The event itself was not revised."""
    event = queries.lock_event(session, event_id)
    event.vevent, event.vevent_invited = entries.calendar_bytes(event)
    touch(session)


def publish(session: Session, event: Event, *, actor: str, now: datetime) -> None:
    """Show the event to everybody and plan its reminders.

    :raises WrongState: if it is no draft
    """
    if event.state is not EventState.DRAFT:
        _refuse(event, EventState.PUBLISHED)
    _move(session, event, EventState.PUBLISHED, actor=actor, now=now)
    event.published_at = now
    number_version(session, event, now=now)
    keep_calendar_bytes(session, event, now=now)
    announcements.plan_reminders(session, event, after=now, now=now)


def undo_publication(session: Session, event: Event, *, actor: str, now: datetime) -> None:
    """Make a draft again of what was published by mistake; pages and feeds lose it.

    :raises TooLate: some minutes after, or once somebody registered
    """
    if event.state not in ACTIVE_STATES:
        _refuse(event, EventState.DRAFT)
    if event.published_at is None or now >= waiting.undo_until(event.published_at):
        raise TooLate("Ya pasó el plazo para deshacer la publicación. Puede suspender la charla.")
    if queries.has_invitees(session, event.id):
        raise TooLate("Ya hay personas inscritas. Para retirarla, suspenda la charla.")
    _move(session, event, EventState.DRAFT, actor=actor, now=now)
    event.published_at = None
    # A feed may have been read: what is published next must carry more than that reader saw.
    event.sequence += 1
    due = AnnouncementState.DUE
    session.execute(
        delete(Announcement).where(Announcement.event_id == event.id, Announcement.state == due)
    )
    touch(session)


def revise(
    session: Session, event: Event, *, tells_words: bool = False, actor: str, now: datetime
) -> AnnouncementKind | None:
    """Follow what was changed on the event; return what of it people are going to be told.

    Another time or place raises the sequence and is told once no more changes come, and so is
    another link, which leaves the sequence alone. Words bother nobody, unless `tells_words`.
    """
    if event.state not in ACTIVE_STATES:
        keep_calendar_bytes(session, event, now=now)
        return None
    last = session.get(EventVersion, (event.id, event.version))
    kind = rules.change(last, event) if last else None
    if kind is AnnouncementKind.MOVED:
        event.sequence += 1
        _reschedule(session, event, actor=actor, now=now)
    if last is None or kind or tells_words:
        current = number_version(session, event, tells_words=tells_words, now=now)
        before = last.number if last else current.number
        announcements.gather(session, event, current, before=before, now=now)
    keep_calendar_bytes(session, event, now=now)
    return kind or (AnnouncementKind.REVISED if tells_words else None)


def cancel(session: Session, event: Event, *, reason: str, actor: str, now: datetime) -> None:
    """Call the event off; everyone is told, so that it leaves their calendars.

    They are told some minutes later, so that it can be undone. What else was due to be told waits
    until then, and is dropped.

    :raises WrongState: if it is not going to happen anyway
    """
    _move(session, event, EventState.CANCELLED, actor=actor, now=now)
    event.cancellation_reason = reason
    event.cancelled_at = now
    event.sequence += 1
    keep_calendar_bytes(session, event, now=now)
    announcements.announce_cancellation(session, event, now=now)


def undo_cancellation(session: Session, event: Event, *, actor: str, now: datetime) -> None:
    """Let an event that was called off take place after all, before anybody is told.

    Feeds may have been read: the sequence rises once more, so that their readers follow.

    :raises TooLate: once people are being told
    """
    found = queries.pending_cancellation(session, event.id)
    if event.state is not EventState.CANCELLED or found is None:
        raise TooLate("La suspensión ya se avisó, o ya se deshizo: no se puede deshacer.")
    if found.due_at <= now or found.last_invitee_id:
        raise TooLate("El aviso de la suspensión ya está saliendo: no se puede deshacer.")
    session.delete(found)
    session.flush()
    since = event.cancelled_at or now
    last = session.get(EventVersion, (event.id, event.version))
    state = last.state if last else EventState.PUBLISHED
    _move(session, event, state, actor=actor, now=now)
    event.cancellation_reason = ""
    event.cancelled_at = None
    event.sequence += 1
    announcements.plan_reminders(session, event, after=since, now=now)
    # What was changed in the meantime is followed as any other change.
    revise(session, event, actor=actor, now=now)
    # So is who left, of those whom others left behind share an entry with.
    for mailbox in mailboxes.left_behind(session, event.id):
        notices.keep_entry(session, event, mailbox=mailbox, now=now)


def close(session: Session, event: Event, *, actor: str, now: datetime) -> None:
    """Say that the event took place.

    :raises WrongState: if it was not going to happen
    """
    _move(session, event, EventState.HELD, actor=actor, now=now)
    touch(session)


def recompute_time(session: Session, event_id: int, *, now: datetime) -> None:
    """Derive an event's moments by today's rules of time, and tell who must know if they moved."""
    event = queries.lock_event(session, event_id)
    if event.resolve_time() and event.state in ACTIVE_STATES:
        revise(session, event, actor="job:tzdata", now=now)


def remember(session: Session, name: str, *, value: str, now: datetime) -> None:  # noqa: ARG001 (every command is told the time)
    """Keep a fact between runs."""
    session.merge(Fact(name=name, value=value))


def _reschedule(session: Session, event: Event, *, actor: str, now: datetime) -> None:
    """Say that the event moved, or that it is back where it was before anybody was told."""
    state, after = EventState.RESCHEDULED, now
    found = queries.pending(session, event.id)
    known = queries.versions(session, event.id)
    settled = known.get(found.from_version) if found else None
    if settled and rules.change(settled, event) is not AnnouncementKind.MOVED:
        # Reminders that fell due in between are told after all.
        state, after = settled.state, known[settled.number + 1].since
    if state is not event.state or state is EventState.RESCHEDULED:
        _move(session, event, state, actor=actor, now=now)
    announcements.plan_reminders(session, event, after=after, now=now)


def _move(session: Session, event: Event, state: EventState, *, actor: str, now: datetime) -> None:
    if state not in MOVES[event.state]:
        _refuse(event, state)
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


def _refuse(event: Event, state: EventState) -> NoReturn:
    if state is event.state:
        raise WrongState(f"La actividad ya está {STATE_NAMES[state]}.")
    raise WrongState(
        f"La actividad está {STATE_NAMES[event.state]}: no puede quedar {STATE_NAMES[state]}."
    )
