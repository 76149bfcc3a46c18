"""What people are told who wrote to us, and the colleague whom their words are handed to."""

import hashlib
from datetime import datetime
from email.utils import parseaddr

from sqlalchemy.orm import Session

from coopoutreach.events.models import Invitee
from coopoutreach.mail.incoming.models import InboundMessage
from coopoutreach.mail.incoming.rules import reply_address
from coopoutreach.mail.outgoing import commands as messaging
from coopoutreach.mail.outgoing.letters import MailDraft, Recipient
from coopoutreach.pages.mail_admin import queries
from coopoutreach.people.accounts.models import User
from coopoutreach.platform.core import settings

ANSWER, FORWARD = "mailroom/answer", "mailroom/forward"
_AGAIN = ("re:", "rv:", "fw:", "fwd:")


def answer(session: Session, message: InboundMessage, *, text: str, now: datetime) -> bool:
    """Owe whoever wrote `text` as an answer; return whether the same was not owed before.

    :raises ValueError: if no mail can go to their address
    """
    invitee = session.get(Invitee, message.invitee_id) if message.invitee_id else None
    person = invitee.person if invitee else queries.only_person_of(session, message.sender)
    # Beside a token stands whoever was invited; who writes may be somebody else.
    is_theirs = person is not None and person.email_key == message.sender
    mark = hashlib.sha256(text.encode()).hexdigest()[:16]
    subject = message.subject or "Su mensaje"
    letter = MailDraft(
        key=f"{ANSWER}:{message.id}:{mark}",
        notice=ANSWER,
        to=Recipient(
            person.name if person is not None and is_theirs else "",
            message.sender,
            person.id if person is not None and is_theirs else None,
        ),
        context={
            "answered_subject": subject if subject.lower().startswith(_AGAIN) else f"Re: {subject}",
            "paragraphs": text.split("\n"),
        },
        event_id=message.event_id,
        invitee_id=invitee.id if invitee else None,
        reply_to=_reply_to(invitee),
        answers=tuple(message.thread.split()),
    )
    return messaging.owe(session, letter, now=now)


def forward(session: Session, message: InboundMessage, *, to: User, now: datetime) -> bool:
    """Tell a colleague that somebody wrote; the words stay here, where they can be erased."""
    url = settings.current().links.to(f"/mensajes/recibidos/{message.id}")
    letter = MailDraft(
        key=f"{FORWARD}:{message.id}:{to.id}",
        notice=FORWARD,
        to=Recipient(to.name, to.email),
        context={"name": to.name, "url": url},
    )
    return messaging.owe(session, letter, now=now)


def _reply_to(invitee: Invitee | None) -> str | None:
    """Return the address that says whose the next reply is; without one, our own."""
    if invitee is None or not invitee.reply_token:
        return None
    name, mailbox = parseaddr(settings.current().mail_from)
    address = reply_address(mailbox, invitee.reply_token)
    return f"{name} <{address}>" if name else address
