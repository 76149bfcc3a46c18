"""Owe an announcement to the invitees of an event: in batches, each person once."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog
from sqlalchemy.orm import Session

from coopoutreach.events import mailboxes, notices, queries, wordings
from coopoutreach.events.commands.announcements import drop_due
from coopoutreach.events.happenings import CancellationTold, Proposal, RemindersDue
from coopoutreach.events.mailboxes import Mailbox
from coopoutreach.events.models import Announcement, Event, EventVersion, Invitee
from coopoutreach.events.rules import (
    ACTIVE_STATES,
    CHANGES,
    AnnouncementKind,
    AnnouncementState,
    Answer,
    Standing,
)
from coopoutreach.mail.outgoing import commands as messaging
from coopoutreach.mail.outgoing import queries as messages
from coopoutreach.mail.outgoing.letters import MailDraft
from coopoutreach.platform.core import batch, reactions, time

logger = structlog.get_logger(__name__)

#: How many invitees are told in one transaction: few enough for others to write in between.
BATCH = 50
#: After how long somebody whom it could not tell is tried again.
AGAIN = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Told:
    """How many people a batch told, and whether there may be more of them."""

    count: int
    more: bool


_NOBODY = Told(0, more=False)


def tell_next_batch(session: Session, announcement_id: int, *, now: datetime) -> Told:
    """Owe an announcement to its next invitees; end it after the last.

    One whose time has passed is dropped, and shown as dropped. One that was put off meanwhile, or
    taken back, tells nobody; nor does one that is held back by what must be told first.
    """
    found = session.get(Announcement, announcement_id)
    if found is None:
        return _NOBODY
    event = queries.lock_event(session, found.event_id)
    # Only now, with the event's row held, does it stand still.
    announcement = queries.announcement(session, announcement_id)
    if announcement is None or not _is_its_turn(session, announcement, now=now):
        return _NOBODY
    if now >= announcement.not_after or _is_stale(event, announcement):
        announcement.state = AnnouncementState.DROPPED
        announcement.ended_at = now
        return _NOBODY
    invitees = queries.invitees_to_tell(session, announcement, limit=BATCH)
    told = _tell(session, event, announcement, invitees, now=now)
    if invitees:
        announcement.last_invitee_id = invitees[-1].id
    if len(invitees) < BATCH:
        _end(session, event, announcement, now=now)
    return Told(told, more=len(invitees) == BATCH)


def tell_again(session: Session, announcement_id: int, *, now: datetime) -> int:
    """Owe an announcement to those whom it could not tell as it went by; return how many it told.

    Given up once it is too late, or once what happened since is told to everybody anyway.
    """
    found = session.get(Announcement, announcement_id)
    if found is None:
        return 0
    event = queries.lock_event(session, found.event_id)
    announcement = queries.announcement(session, announcement_id)
    if announcement is None or announcement.again_at is None or announcement.again_at > now:
        return 0
    untold, announcement.untold, announcement.again_at = announcement.untold, [], None
    outdated = announcement.kind in CHANGES and announcement.version != event.version
    if now >= announcement.not_after or outdated or _is_stale(event, announcement):
        logger.error("announcement.given_up", announcement=announcement.id, people=len(untold))
        return 0
    invitees = queries.invitees_of_ids(session, untold)
    return _tell(session, event, announcement, invitees, now=now)


def _tell(
    session: Session,
    event: Event,
    announcement: Announcement,
    invitees: Sequence[Invitee],
    *,
    now: datetime,
) -> int:
    """Owe an announcement to invitees, all at once, or one by one if that fails.

    Who cannot be told is kept, to be tried again.
    """
    told = 0

    def _owe(session: Session, people: Sequence[Invitee]) -> None:
        nonlocal told
        letters = _letters(session, event, announcement, people, now=now)
        announcement.count += messaging.owe_many(session, letters, now=now)
        told += len(letters)

    failed = batch.apart(session, invitees, _owe)
    if failed:
        announcement.untold = [*announcement.untold, *(invitee.id for invitee in failed)]
        announcement.again_at = now + AGAIN
    return told


def _is_its_turn(session: Session, announcement: Announcement, *, now: datetime) -> bool:
    """Return whether it is due, and nothing must be told before it that may make it needless."""
    if announcement.state is not AnnouncementState.DUE or announcement.due_at > now:
        return False
    if announcement.kind is AnnouncementKind.CANCELLED:
        return True
    first = [AnnouncementKind.CANCELLED]
    if announcement.kind is AnnouncementKind.REMINDER:
        first += CHANGES
    return queries.pending(session, announcement.event_id, first) is None


def _is_stale(event: Event, announcement: Announcement) -> bool:
    """Return whether an announcement tells of what is not going to happen any more."""
    if announcement.kind is AnnouncementKind.CANCELLED:
        return False
    if event.state not in ACTIVE_STATES:
        return True
    days = announcement.days
    return (
        announcement.kind is AnnouncementKind.REMINDER
        and announcement.due_at != time.days_before(event.wall_start, event.zone, days)
    )


def _letters(
    session: Session,
    event: Event,
    announcement: Announcement,
    invitees: Sequence[Invitee],
    *,
    now: datetime,
) -> list[MailDraft]:
    boxes = mailboxes.find_all(session, event.id, {one.person.email_key for one in invitees})
    if announcement.kind is AnnouncementKind.REMINDER:
        # Asked once a batch: words that change in the middle hold from the next fifty on.
        words = messages.wording(session, wordings.REMINDER, event_id=event.id)
        due = tuple(
            notices.reminder(announcement, each, mailbox=_box(boxes, each), wording=words)
            for each in invitees
        )
        answers = reactions.react(session, RemindersDue(event.id, due), now=now)
        elsewhere: set[str] = set().union(*(found for found in answers if found))
        return [letter for letter in due if letter.key not in elsewhere]
    known = queries.versions(session, event.id)
    if announcement.kind is AnnouncementKind.CANCELLED:
        answers = reactions.react(session, CancellationTold(event.id), now=now)
        instead: Proposal | None = next((found for found in answers if found), None)
        return [
            _cancelled(announcement, each, boxes, known=known, instead=instead, now=now)
            for each in invitees
        ]
    changed = (_changed(announcement, each, boxes, known=known, now=now) for each in invitees)
    return [letter for letter in changed if letter is not None]


def _box(boxes: Mapping[str, Mailbox], invitee: Invitee) -> Mailbox:
    return boxes[invitee.person.email_key]


def _cancelled(
    announcement: Announcement,
    invitee: Invitee,
    boxes: Mapping[str, Mailbox],
    *,
    known: Mapping[int, EventVersion],
    instead: Proposal | None,
    now: datetime,
) -> MailDraft:
    letter = notices.cancelled(
        announcement,
        invitee,
        mailbox=_box(boxes, invitee),
        believed=known.get(invitee.told_version),
        instead=instead,
        now=now,
    )
    if invitee.told_sequence is not None:
        invitee.told_sequence = announcement.event.sequence
    return letter


def _changed(
    announcement: Announcement,
    invitee: Invitee,
    boxes: Mapping[str, Mailbox],
    *,
    known: Mapping[int, EventVersion],
    now: datetime,
) -> MailDraft | None:
    """Return the letter that tells an invitee what is news to them; None if nothing is."""
    event = announcement.event
    before = known.get(invitee.told_version)
    kind = queries.news_to(invitee.standing, before, known[event.version])
    if kind is None:
        return None
    if kind is AnnouncementKind.MOVED:
        # It suited them as it was: they are asked again as they are told, and not before.
        invitee.answer, invitee.stale_answer = Answer.PENDING, None
    invitee.told_version = event.version
    letter = notices.changed(
        announcement, invitee, mailbox=_box(boxes, invitee), kind=kind, before=before, now=now
    )
    if invitee.standing is Standing.INVITED:
        invitee.told_sequence = event.sequence
    return letter


def _end(session: Session, event: Event, announcement: Announcement, *, now: datetime) -> None:
    announcement.state = AnnouncementState.TOLD
    announcement.ended_at = now
    if announcement.kind is AnnouncementKind.CANCELLED:
        drop_due(session, event, but=announcement.id, now=now)
