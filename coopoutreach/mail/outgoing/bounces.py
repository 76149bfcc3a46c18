"""Take note that a mail came back: which of ours it was, and whether its address is any good."""

from collections.abc import Sequence
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from coopoutreach.mail.outgoing import commands, rules
from coopoutreach.mail.outgoing.models import MessageState, OutgoingMessage

#: Subject 1 of an enhanced status code speaks of the address (RFC 3463, 3.2).
_ADDRESS = 1


def message_among(session: Session, message_ids: Sequence[str]) -> OutgoingMessage | None:
    """Return the first of our messages that has one of these Message-IDs, or None."""
    wanted = sa.select(OutgoingMessage).where(OutgoingMessage.message_id.in_(message_ids[:50]))
    found = {message.message_id: message for message in session.scalars(wanted)}
    return next((found[one] for one in message_ids if one in found), None)


def note(
    session: Session, message: OutgoingMessage, *, status: str, reason: str, now: datetime
) -> None:
    """Keep that `message` came back; hold its address if it is said not to exist."""
    if message.state is MessageState.SENT:
        message.state = MessageState.FAILED
    message.last_error = reason
    hold_if_nobodys(session, message.recipient, status=status, reason=reason, now=now)


def hold_if_nobodys(
    session: Session, address: str, *, status: str, reason: str, now: datetime
) -> None:
    """Hold an address of which a report says for good that there is no such."""
    if status.startswith("5") and rules.enhanced(status)[:1] == (_ADDRESS,):
        commands.hold_address(session, address, reason=reason, now=now)
