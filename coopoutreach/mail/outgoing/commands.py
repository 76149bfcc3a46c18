"""Write the outbox: owe a message; hold an address; stop the queue and start it again."""

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import datetime
from itertools import islice
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from coopoutreach.mail.outgoing import mime, queries, rendering, rules, suppression
from coopoutreach.mail.outgoing.errors import WrongState
from coopoutreach.mail.outgoing.letters import MailDraft
from coopoutreach.mail.outgoing.models import (
    Category,
    HeldAddress,
    MessageState,
    MessageTemplate,
    OutgoingMessage,
    PauseCause,
    QueuePause,
)
from coopoutreach.mail.outgoing.wording import Wording
from coopoutreach.platform.audit import commands as audit
from coopoutreach.platform.core import addresses, batch, settings, waking
from coopoutreach.platform.core.db import insert_once

#: States of a message that may still be sent.
LIVE = (MessageState.QUEUED, MessageState.SENDING, MessageState.UNCERTAIN)
#: States of a message that lies still, and that a person may give up.
WAITS = frozenset({MessageState.QUEUED, MessageState.UNCERTAIN, MessageState.HELD})
#: States of a message that was given up, and that a person may try again.
OVER = frozenset({MessageState.FAILED, MessageState.EXPIRED, MessageState.DROPPED})
#: The job that delivers what is owed.
DELIVERY = "messaging.deliver_due"
#: How many messages are written at once: enough to be quick, few enough to be small.
_CHUNK = 100


def owe(session: Session, letter: MailDraft, *, now: datetime) -> bool:
    """Owe `letter`, in the caller's transaction; return whether it was not owed before.

    Outreach that its reader does not want is not owed. What no mail can be written to, a row of
    earlier versions, is owed like any other: delivering it fails, which is shown and holds it.

    :raises jinja2.UndefinedError: when its texts ask for what its context lacks
    """
    if _is_unwanted(session, letter):
        return False
    statement = insert_once(session, OutgoingMessage, ("key",), returning=OutgoingMessage.id)
    waking.wake(session, DELIVERY)
    return session.scalar(statement, _row(letter, now=now)) is not None


def owe_many(session: Session, letters: Iterable[MailDraft], *, now: datetime) -> int:
    """Owe all of `letters`, in the caller's transaction; return how many were not owed before."""
    count = 0
    statement = insert_once(session, OutgoingMessage, ("key",), returning=OutgoingMessage.id)
    for chunk in _chunks(letters):
        owed = _owed(session, chunk)
        rows = {
            letter.key: _row(letter, now=now)
            for letter in chunk
            if letter.key not in owed and not _is_unwanted(session, letter)
        }
        if rows:
            waking.wake(session, DELIVERY)
            count += len(session.scalars(statement, list(rows.values())).all())
    return count


def owe_apart(session: Session, letters: Sequence[MailDraft], *, now: datetime) -> int:
    """Owe `letters` to several people so that one who cannot be written to stops no other.

    What cannot be owed is undone alone, logged and counted as failed, and tried again by whoever
    asks again: it is not owed yet. Return how many were not owed before.
    """
    count = 0

    def _owe_these(session: Session, some: Sequence[MailDraft]) -> None:
        nonlocal count
        count += owe_many(session, some, now=now)

    batch.apart(session, letters, _owe_these)
    return count


def _chunks(letters: Iterable[MailDraft]) -> Iterator[list[MailDraft]]:
    remaining = iter(letters)
    while chunk := list(islice(remaining, _CHUNK)):
        yield chunk


def _owed(session: Session, letters: Sequence[MailDraft]) -> set[str]:
    # Asked first, so that a job that runs twice does not build every message again; what is
    # written in the meantime the insert leaves out.
    keys = [letter.key for letter in letters]
    return set(session.scalars(sa.select(OutgoingMessage.key).where(OutgoingMessage.key.in_(keys))))


def _is_unwanted(session: Session, letter: MailDraft) -> bool:
    return letter.category is Category.OUTREACH and suppression.is_suppressed(
        session, letter.to.address
    )


def _row(letter: MailDraft, *, now: datetime) -> dict[str, Any]:
    sender = settings.current().mail_from
    identity = mime.message_id(letter.key, sender)
    unsubscribe = None
    if letter.category is Category.OUTREACH:
        unsubscribe = suppression.unsubscribe_url(letter.to.address)
    recipient = addresses.for_the_wire(letter.to.address)
    text = rendering.render(letter.notice, {"unsubscribe_url": unsubscribe, **letter.context})
    if letter.about:
        text = replace(text, subject=f"{text.subject} ({letter.about})")
    not_before = max(letter.not_before or now, now)
    envelope = mime.Envelope(
        message_id=identity,
        sender=sender,
        name=letter.to.name,
        address=recipient if addresses.can_be_written(recipient) else None,
        date=not_before,
        reply_to=letter.reply_to,
        unsubscribe=unsubscribe,
        answers=letter.answers,
    )
    return {
        "key": letter.key,
        "message_id": identity,
        "notice": letter.notice,
        "category": letter.category,
        "priority": letter.priority,
        "recipient": recipient,
        "recipient_name": letter.to.name,
        "subject": text.subject,
        "raw": mime.write(envelope, text, letter.calendar),
        "person_id": letter.to.person_id,
        "event_id": letter.event_id,
        "invitee_id": letter.invitee_id,
        "state": MessageState.QUEUED,
        "created_at": now,
        "not_before": not_before,
        "not_after": letter.not_after or not_before + rules.HORIZON,
        "patient": letter.not_after is None,
        "due_at": not_before,
        "attempts": 0,
        "faults": 0,
    }


def hold_address(session: Session, address: str, *, reason: str, now: datetime) -> None:
    """Hold `address`: no outreach goes there until a person releases it."""
    held = session.get(HeldAddress, address)
    if held is None:
        held = HeldAddress(address=address, since=now, reason=reason)
        session.add(held)
    elif held.released_at is not None:
        held.since, held.released_at = now, None
    held.reason = reason


def release_address(session: Session, address: str, *, actor: str, now: datetime) -> None:
    """Let outreach go to `address` again: a person looked at it."""
    held = session.get(HeldAddress, address)
    if held is None or held.released_at is not None:
        return
    held.released_at = now
    # The trail holds nobody's address: the hash tells of which one it speaks.
    thing = ("address", suppression.address_hash(address))
    audit.record(session, thing, action="address.released", actor=actor, now=now)


def pause(session: Session, *, reason: str, actor: str, now: datetime) -> None:
    """Stop the queue by hand; it stands still until `resume`."""
    standing = session.scalars(sa.select(QueuePause)).one_or_none()
    if standing is None:
        standing = QueuePause(id=1, since=now, failures=0)
        session.add(standing)
    standing.until, standing.cause, standing.reason = now, PauseCause.BY_HAND, reason
    audit.record(session, ("queue", "mail"), action="queue.paused", actor=actor, now=now)


def resume(session: Session, *, actor: str, now: datetime) -> None:
    """Let the queue run again at once, whatever stopped it; the time it stood is not counted."""
    standing = session.scalars(sa.select(QueuePause)).one_or_none()
    if standing is None:
        return
    give_time(session, standing, now=now)
    session.delete(standing)
    audit.record(session, ("queue", "mail"), action="queue.resumed", actor=actor, now=now)


def give_time(session: Session, standing: QueuePause, *, now: datetime) -> None:
    """Give messages the time back in which the queue stood still: nobody tried to send them."""
    message = OutgoingMessage
    waiting = sa.select(message.id, message.not_after).where(
        message.state.in_(LIVE), message.patient, message.created_at <= now
    )
    stood = now - standing.since
    moved = [{"id": row.id, "not_after": row.not_after + stood} for row in session.execute(waiting)]
    if moved:
        session.execute(sa.update(message), moved)


def set_aside_live(session: Session, *, reason: str, actor: str, now: datetime) -> int:
    """Put everything that might still be sent aside, for a person to decide; return how many."""
    aside = {"state": MessageState.HELD, "lease_token": None, "last_error": reason}
    is_live = OutgoingMessage.state.in_(LIVE)
    result: Any = session.execute(sa.update(OutgoingMessage).where(is_live).values(aside))
    count: int = result.rowcount
    audit.record(
        session,
        ("queue", "mail"),
        action="queue.set-aside",
        actor=actor,
        now=now,
        after={"messages": count},
    )
    return count


def retry(session: Session, message: OutgoingMessage, *, actor: str, now: datetime) -> None:
    """Try a message again that was given up or put aside, with 72 hours from now.

    :raises WrongState: if it is on its way, was taken, or its text is erased
    """
    _refuse_unless(message, OVER | {MessageState.HELD}, "reintentar")
    if message.purged_at is not None:
        raise WrongState("El texto de este correo ya se borró: no puede enviarse de nuevo.")
    message.state, message.lease_token = MessageState.QUEUED, None
    message.attempts = message.faults = 0
    message.due_at, message.not_after, message.patient = now, now + rules.HORIZON, True
    audit.record(session, ("message", message.id), action="message.retried", actor=actor, now=now)


def hold(session: Session, message: OutgoingMessage, *, actor: str, now: datetime) -> None:
    """Put a message aside: nothing is tried until a person lets it go.

    A worker that has it in its hands may still have sent it: its word is not taken any more,
    so that a message in flight cannot be put aside.

    :raises WrongState: if it is not waiting
    """
    _refuse_unless(message, {MessageState.QUEUED, MessageState.UNCERTAIN}, "retener")
    message.state, message.lease_token = MessageState.HELD, None
    message.last_error = "Retenido a mano."
    audit.record(session, ("message", message.id), action="message.held", actor=actor, now=now)


def discard(session: Session, message: OutgoingMessage, *, actor: str, now: datetime) -> None:
    """Give a message up that waits, was put aside or failed: it will not be sent.

    :raises WrongState: if it is on its way, or over
    """
    _refuse_unless(message, WAITS | {MessageState.FAILED}, "descartar")
    message.state, message.lease_token = MessageState.DROPPED, None
    message.last_error = "Descartado a mano."
    audit.record(session, ("message", message.id), action="message.dropped", actor=actor, now=now)


def withdraw(session: Session, invitee_id: int, *, reason: str, actor: str, now: datetime) -> bool:
    """Drop what an invitee is still owed; return whether something may have left before.

    What a worker has in its hands is sent all the same.
    """
    of_invitee = OutgoingMessage.invitee_id == invitee_id
    dropped = {"state": MessageState.DROPPED, "lease_token": None, "last_error": reason}
    uncertain = of_invitee, OutgoingMessage.state == MessageState.UNCERTAIN
    maybe: Any = session.execute(sa.update(OutgoingMessage).where(*uncertain).values(dropped))
    waits = of_invitee, OutgoingMessage.state.in_((MessageState.QUEUED, MessageState.HELD))
    session.execute(sa.update(OutgoingMessage).where(*waits).values(dropped))
    audit.record(
        session, ("invitee", invitee_id), action="messages.withdrawn", actor=actor, now=now
    )
    left = OutgoingMessage.state.in_((MessageState.SENT, MessageState.SENDING))
    return (
        bool(maybe.rowcount)
        or session.scalar(sa.select(sa.exists().where(of_invitee, left))) is True
    )


def _refuse_unless(message: OutgoingMessage, states: Collection[MessageState], verb: str) -> None:
    if message.state not in states:
        raise WrongState(f"Este correo ya cambió de estado: no se puede {verb}.")


def word(
    session: Session,
    notice: str,
    wording: Wording,
    *,
    event_id: int | None,
    actor: str,
    now: datetime,
) -> None:
    """Keep new words for a notice, of one event or of all; without a body, go back to ours.

    Messages that are owed already keep the words that they were written with.
    """
    before = queries.newest_template(session, notice, event_id=event_id)
    version = before.version + 1 if before else 1
    session.add(
        MessageTemplate(
            notice=notice,
            event_id=event_id,
            version=version,
            subject=wording.subject,
            body=wording.body,
            created_at=now,
            created_by=actor,
        )
    )
    audit.record(
        session,
        ("wording", f"{notice}:{event_id or 'all'}"),
        action="wording.changed",
        actor=actor,
        now=now,
        before={"version": version - 1},
        after={"version": version},
    )
