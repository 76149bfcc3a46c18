"""Take messages from the outbox and write down what became of them.

One claim for both engines: PostgreSQL steps over what another worker holds; SQLite's writers
come one after the other. A result is written only by whoever holds the message's lease.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta
from functools import cache
from typing import Any
from uuid import uuid4

import sqlalchemy as sa
from sqlalchemy.orm import Session

from coopoutreach.mail.outgoing import commands, rules, suppression
from coopoutreach.mail.outgoing.happenings import DeliveryEnded, StillWanted
from coopoutreach.mail.outgoing.models import Category, HeldAddress, MessageState, OutgoingMessage
from coopoutreach.mail.outgoing.rules import Verdict
from coopoutreach.mail.outgoing.tries import Claimed, Outcome
from coopoutreach.platform.core import reactions

#: Written out, so that both engines see that the index of due messages serves.
_LIVE = sa.text("state IN ('queued', 'sending', 'uncertain')")
_EXPIRED = "Venció antes de poder entregarse."


_COLUMNS = (
    OutgoingMessage.id,
    OutgoingMessage.lease_token.label("token"),
    OutgoingMessage.priority,
    OutgoingMessage.message_id,
    OutgoingMessage.notice,
    OutgoingMessage.category,
    OutgoingMessage.recipient,
    OutgoingMessage.raw,
    OutgoingMessage.person_id,
    OutgoingMessage.event_id,
    OutgoingMessage.invitee_id,
    OutgoingMessage.attempts,
    OutgoingMessage.faults,
    OutgoingMessage.last_phase,
    OutgoingMessage.not_after,
    OutgoingMessage.patient,
)


def anything_due(session: Session, *, now: datetime) -> bool:
    """Return whether there is something to claim: an idle tick writes nothing."""
    due = sa.select(OutgoingMessage.id).where(_LIVE, _may_be_taken(now)).limit(1)
    return session.scalar(due) is not None


def claim(session: Session, *, now: datetime, count: int) -> list[Claimed]:
    """Take up to `count` messages whose time has come, the most urgent first, for one lease."""
    message = OutgoingMessage
    due = (
        sa.select(message.id)
        .where(_LIVE, _may_be_taken(now))
        .order_by(message.priority, message.due_at, message.id)
        .limit(count)
        .with_for_update(skip_locked=True)
        .cte("due")
    )
    taken = (
        sa.update(message)
        .where(message.id.in_(sa.select(due.c.id)))
        .values(state=MessageState.SENDING, due_at=now + rules.LEASE, lease_token=uuid4().hex)
        .returning(*_COLUMNS)
        .execution_options(synchronize_session=False)
    )
    claimed = [Claimed(**row._asdict()) for row in session.execute(taken)]
    # What was begun before goes last: if it is what kills workers, the others go out first.
    return sorted(claimed, key=lambda one: (one.priority, one.attempts, one.id))


def _may_be_taken(now: datetime) -> sa.ColumnElement[bool]:
    message = OutgoingMessage
    # A lease that ends later than any lease can: the clock was set back under it.
    astray = sa.and_(message.state == MessageState.SENDING, message.due_at > now + 2 * rules.LEASE)
    return sa.or_(message.due_at <= now, astray)


def take_up(session: Session, claimed: Claimed, *, now: datetime, grace: timedelta) -> bool:
    """Renew the lease of a message and count the try; return whether it is to be sent now.

    It is not when somebody else holds it by now, when it is too late, or when nobody wants it.

    :param grace: how long the queue stood still, which a message that is only patient gets back
    """
    held = _write(session, claimed, **_begun(claimed, now=now))
    return held and _is_to_be_sent(session, claimed, now=now, grace=grace)


def record_and_take_up(
    session: Session,
    outcome: Outcome,
    following: Claimed,
    *,
    now: datetime,
    grace: timedelta,
    chance: float,
) -> bool:
    """Record a try and take up the next message of its claim, as those that do one of the two.

    Most are taken: then one statement writes both.
    """
    if outcome.verdict is not Verdict.TAKEN:
        record(session, outcome, now=now, chance=chance)
        return take_up(session, following, now=now, grace=grace)
    values = {
        **_said(outcome),
        **_taken(now),
        **_begun(following, now=now),
        "taken_id": outcome.claimed.id,
        "next_id": following.id,
        "its_token": following.token,
    }
    held = set(session.connection().execute(_taken_and_next(), values).scalars())
    if outcome.claimed.id in held:
        _tell(session, outcome.claimed, "", now=now)
    return following.id in held and _is_to_be_sent(session, following, now=now, grace=grace)


def _begun(claimed: Claimed, *, now: datetime) -> dict[str, Any]:
    # Before it is sent, not after: a message that kills its worker counts as tried.
    return {"due_at": now + rules.LEASE, "attempts": claimed.attempts + 1}


def _taken(now: datetime) -> dict[str, Any]:
    return {"state": MessageState.SENT, "sent_at": now, "lease_token": None}


def _is_to_be_sent(session: Session, claimed: Claimed, *, now: datetime, grace: timedelta) -> bool:
    if now > claimed.not_after + (grace if claimed.patient else timedelta()):
        _end(session, claimed, MessageState.EXPIRED, _EXPIRED)
        _tell(session, claimed, _EXPIRED, now=now)
        return False
    unwanted = _unwanted(session, claimed, now=now)
    if unwanted:
        _end(session, claimed, MessageState.DROPPED, unwanted)
    return not unwanted


def _unwanted(session: Session, claimed: Claimed, *, now: datetime) -> str:
    if claimed.category is Category.OUTREACH:
        held = session.get(HeldAddress, claimed.recipient)
        if held is not None and held.released_at is None:
            return "La dirección está retenida."
        if suppression.is_suppressed(session, claimed.recipient):
            return "La persona no quiere recibir estos correos."
    question = StillWanted(
        message_id=claimed.id,
        notice=claimed.notice,
        event_id=claimed.event_id,
        invitee_id=claimed.invitee_id,
        person_id=claimed.person_id,
    )
    answers = reactions.react(session, question, now=now)
    return next((answer for answer in answers if isinstance(answer, str) and answer), "")


def record(
    session: Session, outcome: Outcome, *, now: datetime, chance: float, telling: bool = True
) -> None:
    """Write down what a try came to, unless somebody else holds the message by now."""
    claimed, verdict = outcome.claimed, outcome.verdict
    values = _said(outcome)
    match verdict:
        case Verdict.TAKEN:
            values |= _taken(now)
        case Verdict.FAILED | Verdict.NO_SUCH_ADDRESS:
            values |= {"state": MessageState.FAILED, "lease_token": None}
        case Verdict.REFUSES_US | Verdict.UNREACHABLE:
            values |= _given_back(now, claimed, verdict)
        case Verdict.RETRY | Verdict.UNCERTAIN:
            uncertain = verdict is Verdict.UNCERTAIN
            values |= {
                "state": MessageState.UNCERTAIN if uncertain else MessageState.QUEUED,
                "due_at": now + rules.wait(claimed.attempts + 1, chance=chance),
                "lease_token": None,
            }
    if not _write(session, claimed, **values):
        return
    if verdict is Verdict.NO_SUCH_ADDRESS:
        reason = str(values["last_error"])
        commands.hold_address(session, claimed.recipient, reason=reason, now=now)
    if telling and verdict in _FINAL:
        _tell(session, claimed, "" if verdict is Verdict.TAKEN else values["last_error"], now=now)


_FINAL = frozenset({Verdict.TAKEN, Verdict.FAILED, Verdict.NO_SUCH_ADDRESS})


def _said(outcome: Outcome) -> dict[str, Any]:
    answer = outcome.answer
    if answer is None:
        return {
            "last_code": None,
            "last_phase": None,
            "last_error": outcome.fault[:500],
            "faults": outcome.claimed.faults + 1,
        }
    taken = outcome.verdict is Verdict.TAKEN
    return {
        "last_code": answer.code,
        "last_phase": answer.phase.value,
        "last_error": None if taken else f"{answer.code or ''} {answer.text}".strip(),
    }


def _given_back(now: datetime, claimed: Claimed, verdict: Verdict) -> dict[str, Any]:
    """Return the values of a message that was not really tried: no try is counted."""
    # Refused itself, it goes behind the others: if the server takes those, it is this one.
    later = rules.pause(1, refused=True) * 2 if verdict is Verdict.REFUSES_US else timedelta()
    return {
        "state": claimed.waiting,
        "due_at": now + later,
        "attempts": claimed.attempts,
        "lease_token": None,
    }


def release(session: Session, claimed: Iterable[Claimed], *, now: datetime) -> None:
    """Give back messages that were claimed and not tried."""
    for one in claimed:
        _write(session, one, state=one.waiting, due_at=now, lease_token=None)


def _write(session: Session, claimed: Claimed, **values: Any) -> bool:
    """Write to a message if this worker holds it; return whether it does."""
    whose = {"its_id": claimed.id, "its_token": claimed.token}
    result = session.connection().execute(_update(tuple(values)), {**values, **whose})
    return bool(result.rowcount)


@cache
def _update(columns: tuple[str, ...]) -> sa.Update:
    # Kept, as the next one: to build the statement takes longer than to run it.
    table = _table()
    return (
        sa.update(table)
        .where(
            table.c.id == sa.bindparam("its_id"), table.c.lease_token == sa.bindparam("its_token")
        )
        .values({column: sa.bindparam(column) for column in columns})
    )


@cache
def _taken_and_next() -> sa.UpdateBase:
    """Return what ends one message and begins another of the same claim, where they are held."""
    columns = _table().c
    is_taken = columns.id == sa.bindparam("taken_id")
    given = {column.name: sa.bindparam(column.name, type_=column.type) for column in columns}
    of_taken = ("state", "sent_at", "lease_token", "last_code", "last_phase", "last_error")
    of_next = ("due_at", "attempts")
    return (
        sa.update(_table())
        .where(
            columns.id.in_((sa.bindparam("taken_id"), sa.bindparam("next_id"))),
            columns.lease_token == sa.bindparam("its_token"),
        )
        .values({name: sa.case((is_taken, given[name]), else_=columns[name]) for name in of_taken})
        .values({name: sa.case((is_taken, columns[name]), else_=given[name]) for name in of_next})
        .returning(columns.id)
    )


def _table() -> sa.Table:
    table = OutgoingMessage.__table__
    assert isinstance(table, sa.Table)  # noqa: S101 (what a mapped class has)
    return table


def _end(session: Session, claimed: Claimed, state: MessageState, reason: str) -> None:
    _write(session, claimed, state=state, last_error=reason, lease_token=None)


def _tell(session: Session, claimed: Claimed, failure: str, *, now: datetime) -> None:
    ended = DeliveryEnded(
        message_id=claimed.id,
        invitee_id=claimed.invitee_id,
        person_id=claimed.person_id,
        delivered=not failure,
        reason=failure,
    )
    reactions.react(session, ended, now=now)
