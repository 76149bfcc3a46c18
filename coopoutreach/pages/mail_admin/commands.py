"""Deal with what people write: answer it, or hand it to a colleague."""

from datetime import datetime

from sqlalchemy.orm import Session

from coopoutreach.mail.incoming import commands as inbound
from coopoutreach.mail.incoming.models import InboundMessage
from coopoutreach.pages.mail_admin import notices
from coopoutreach.pages.mail_admin.errors import CannotAnswer
from coopoutreach.people.accounts.models import User

_NOWHERE = (
    "A esta dirección no se puede escribir: responda por otro medio y márquelo como atendido."
)


def answer(
    session: Session, message: InboundMessage, *, text: str, actor: str, now: datetime
) -> None:
    """Answer whoever wrote, by mail: it waits no longer. The same answer twice is one.

    :raises CannotAnswer: if nobody is named as its sender, or no mail can go there
    """
    if not message.sender:
        raise CannotAnswer(_NOWHERE, field="text")
    try:
        is_new = notices.answer(session, message, text=text, now=now)
    except ValueError:
        raise CannotAnswer(_NOWHERE, field="text") from None
    if is_new:
        inbound.note_answered(session, message, actor=actor, now=now)


def forward(
    session: Session, message: InboundMessage, *, to: User, actor: str, now: datetime
) -> None:
    """Hand what somebody wrote to a colleague: it waits until they deal with it."""
    if notices.forward(session, message, to=to, now=now):
        inbound.note_forwarded(session, message, user_id=to.id, actor=actor, now=now)
