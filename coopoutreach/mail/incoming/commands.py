"""Write what came in, and that somebody looked at it; and that the mailbox cannot be read."""

from collections.abc import Iterable
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from coopoutreach.mail.incoming import intake, mime, rules, written_by_hand
from coopoutreach.mail.incoming.decision import Decision
from coopoutreach.mail.incoming.incoming import Attachment, Incoming
from coopoutreach.mail.incoming.models import InboundMessage, InboxOutage
from coopoutreach.mail.incoming.rules import Action, Reason
from coopoutreach.platform.audit import commands as audit
from coopoutreach.platform.core.db import insert_once
from coopoutreach.platform.ics.reply import Unreadable

_UNREADABLE = Decision(Action.IGNORE, Reason.UNREADABLE)


def receive(session: Session, raw: bytes, *, is_whole: bool = True, now: datetime) -> Decision:
    """Deal with a message, once: keep it, do what it asks for, and keep why.

    All of it is one transaction, the caller's. A message that was dealt with before changes
    nothing, whichever way it comes again: it is known by its Message-ID and its body. One of which
    the head alone was fetched (not `is_whole`) is kept for a person.
    """
    number = _keep(session, raw, now=now)
    if number is None:
        return _again(session, raw)
    try:
        incoming = mime.read(raw)
    except Unreadable:
        return _note(session, number, _UNREADABLE, None)
    decided = intake.decide(session, incoming, now=now) if is_whole else _UNREADABLE
    return _note(session, number, decided, incoming)


def quarantine(session: Session, raw: bytes, *, now: datetime) -> Decision:
    """Keep a message that cannot be dealt with, for a person to look at."""
    number = _keep(session, raw, now=now)
    return _again(session, raw) if number is None else _note(session, number, _UNREADABLE, None)


def _keep(session: Session, raw: bytes, *, now: datetime) -> int | None:
    """Keep the message before anything is done; return its number, or None if it is here."""
    known = mime.hashes(raw)
    keys = ("message_hash", "body_hash")
    statement = insert_once(session, InboundMessage, keys, returning=InboundMessage.id)
    number: int | None = session.scalar(
        statement,
        {
            "message_hash": known.message,
            "body_hash": known.body,
            "received_at": now,
            "sender": "",
            "subject": "",
            "action": Action.IGNORE,
            "reason": Reason.UNREADABLE,
            "uid": "",
            "attendee": "",
            "partstat": "",
            "comment": "",
            "explained": {},
            "waits": False,
            "text": "",
            "attachments": [],
            "thread": "",
            "raw": raw[: rules.LONGEST_MESSAGE],
        },
    )
    return number


def _again(session: Session, raw: bytes) -> Decision:
    """Return that a message is here already, and what it was about."""
    known = mime.hashes(raw)
    kept = session.execute(
        sa.select(InboundMessage.explained).where(
            InboundMessage.message_hash == known.message, InboundMessage.body_hash == known.body
        )
    ).scalar_one()
    told = ("method", "uid", "attendee", "partstat", "recurrence_id")
    about = {name: kept.get(name) for name in told}
    return Decision(Action.IGNORE, Reason.DUPLICATE, **about)


def _note(session: Session, number: int, decision: Decision, incoming: Incoming | None) -> Decision:
    is_read = decision.waits or decision.reason in rules.TO_LOOK_AT
    text = incoming.text if incoming and is_read else ""
    session.execute(
        sa.update(InboundMessage)
        .where(InboundMessage.id == number)
        .values(
            sender=incoming.sender if incoming else "",
            subject=incoming.subject if incoming else "",
            action=decision.action,
            reason=decision.reason,
            uid=decision.uid or "",
            attendee=decision.attendee or "",
            partstat=decision.partstat or "",
            comment=decision.comment,
            waits=decision.waits,
            text=written_by_hand.own_words(text) if decision.own_words_only else text,
            attachments=_named(incoming.attachments) if incoming and is_read else [],
            thread=" ".join(incoming.thread) if incoming else "",
            explained=decision.explained(),
            event_id=decision.event_id,
            invitee_id=decision.invitee_id,
        )
    )
    return decision


def _named(attachments: Iterable[Attachment]) -> list[dict[str, str | int]]:
    return [{"name": one.name, "size": one.size} for one in attachments]


def mark_seen(session: Session, message: InboundMessage, *, actor: str, now: datetime) -> None:
    """Keep that somebody looked at a message, or dealt with it; twice is as good as once."""
    if message.seen_at is not None:
        return
    message.seen_at = now
    thing = ("inbound", message.id)
    audit.record(session, thing, action="inbound.seen", actor=actor, now=now)


def note_answered(session: Session, message: InboundMessage, *, actor: str, now: datetime) -> None:
    """Keep that somebody answered what a person wrote: it waits no longer."""
    message.seen_at = message.seen_at or now
    thing = ("inbound", message.id)
    audit.record(session, thing, action="inbound.answered", actor=actor, now=now)


def note_forwarded(
    session: Session, message: InboundMessage, *, user_id: int, actor: str, now: datetime
) -> None:
    """Keep that what a person wrote was handed to a colleague. It waits until they deal with it."""
    thing = ("inbound", message.id)
    after = {"user_id": user_id}
    audit.record(session, thing, action="inbound.forwarded", actor=actor, now=now, after=after)


def note_outage(session: Session, *, reason: str, now: datetime) -> InboxOutage:
    """Keep that the mailbox could not be read, and leave it alone for a while, longer each time."""
    outage = session.get(InboxOutage, 1)
    if outage is None:
        outage = InboxOutage(id=1, since=now, failures=0)
        session.add(outage)
    outage.failures += 1
    outage.until = now + rules.wait(outage.failures)
    outage.reason = reason
    return outage


def note_reached(session: Session, *, now: datetime) -> None:  # noqa: ARG001 (every command is told the time)
    """Keep that the mailbox can be read again."""
    session.execute(sa.delete(InboxOutage))
