"""Read the outbox: what waits, what failed, what somebody was told."""

from collections.abc import Sequence
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Session

from coopoutreach.mail.outgoing.models import (
    HeldAddress,
    MessageState,
    MessageTemplate,
    OutgoingMessage,
    PauseCause,
    QueuePause,
)
from coopoutreach.mail.outgoing.wording import Wording

_LIVE = (MessageState.QUEUED, MessageState.SENDING, MessageState.UNCERTAIN)
#: An unreachable server is worth a word only after this long: most come back before.
_PATIENCE = timedelta(minutes=2)


def counts(session: Session) -> dict[MessageState, int]:
    """Return how many messages stand in each state."""
    state = OutgoingMessage.state
    rows = session.execute(sa.select(state, sa.func.count()).group_by(state)).all()
    found = {row[0]: row[1] for row in rows}
    return {state: found.get(state, 0) for state in MessageState}


def oldest_due_age(session: Session, *, now: datetime) -> timedelta:
    """Return how long the oldest message that could be sent has been waiting for a worker."""
    return _age(session.scalar(_oldest_due(now)), now)


def health_of_queue(session: Session, *, now: datetime) -> tuple[QueuePause | None, timedelta]:
    """Return what `alarming_pause` and `oldest_due_age` do, in one query."""
    oldest = _oldest_due(now).subquery()
    since, pause = session.execute(
        sa.select(oldest.c.since, QueuePause).select_from(oldest).outerjoin(QueuePause, sa.true())
    ).one()
    return _alarming(pause, now), _age(since, now)


def _oldest_due(now: datetime) -> sa.Select[datetime | None]:
    message = OutgoingMessage
    return sa.select(sa.func.min(message.due_at).label("since")).where(
        message.state.in_(_LIVE), message.due_at <= now, message.not_after > now
    )


def _age(since: datetime | None, now: datetime) -> timedelta:
    return max(now - since, timedelta()) if since is not None else timedelta()


def standing_pause(session: Session) -> QueuePause | None:
    """Return why the queue stands still, or None while it runs."""
    return session.scalars(sa.select(QueuePause)).one_or_none()


def alarming_pause(session: Session, *, now: datetime) -> QueuePause | None:
    """Return a pause that somebody should know of: not a server that blinked."""
    return _alarming(standing_pause(session), now)


def _alarming(pause: QueuePause | None, now: datetime) -> QueuePause | None:
    if pause is None:
        return None
    blinked = pause.cause is PauseCause.UNREACHABLE and now - pause.since < _PATIENCE
    return None if blinked else pause


def failures(session: Session, *, limit: int = 50) -> Sequence[OutgoingMessage]:
    """Return the messages that were given up, newest first: somebody was not told."""
    message = OutgoingMessage
    given_up = message.state.in_((MessageState.FAILED, MessageState.EXPIRED))
    return session.scalars(
        sa.select(message).where(given_up).order_by(message.id.desc()).limit(limit)
    ).all()


def held_addresses(session: Session) -> Sequence[HeldAddress]:
    """Return the addresses that a person should look at, newest first."""
    return session.scalars(
        sa.select(HeldAddress)
        .where(HeldAddress.released_at.is_(None))
        .order_by(HeldAddress.since.desc())
    ).all()


def messages_of_event(session: Session, event_id: int) -> Sequence[OutgoingMessage]:
    """Return what was told about one event, newest first."""
    message = OutgoingMessage
    return session.scalars(
        sa.select(message).where(message.event_id == event_id).order_by(message.id.desc())
    ).all()


def messages_of_invitee(session: Session, invitee_id: int) -> Sequence[OutgoingMessage]:
    """Return what one invitee was told, newest first."""
    message = OutgoingMessage
    return session.scalars(
        sa.select(message).where(message.invitee_id == invitee_id).order_by(message.id.desc())
    ).all()


def message_by_id(session: Session, message_id: int) -> OutgoingMessage | None:
    """Return one message, or None."""
    return session.get(OutgoingMessage, message_id)


def newest_template(
    session: Session, notice: str, *, event_id: int | None
) -> MessageTemplate | None:
    """Return the newest version of the words of a notice, of one event or of all."""
    template = MessageTemplate
    return session.scalars(
        sa.select(template)
        .where(template.notice == notice, template.event_id == event_id)
        .order_by(template.version.desc())
        .limit(1)
    ).one_or_none()


def wording(session: Session, notice: str, *, event_id: int) -> Wording | None:
    """Return the words that the coordination wrote for a notice: of the event, or else of all.

    None: those that come with the program. A version without a body goes back to them.
    """
    template = MessageTemplate
    rows = session.scalars(
        sa.select(template)
        .where(
            template.notice == notice,
            sa.or_(template.event_id == event_id, template.event_id.is_(None)),
        )
        .order_by(template.version)
    )
    newest = {row.event_id: row for row in rows}
    for key in (event_id, None):
        found = newest.get(key)
        if found is not None and found.body:
            return Wording(found.subject, found.body)
    return None
