"""What people are told about their requests, and the coordination about its deadlines."""

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy.orm import Session

from coopoutreach.mail.outgoing import commands as messaging
from coopoutreach.mail.outgoing.letters import MailDraft, Recipient
from coopoutreach.mail.outgoing.models import Category
from coopoutreach.platform.core import settings, spanish
from coopoutreach.privacy import queries, rules
from coopoutreach.privacy.models import DataCase
from coopoutreach.privacy.rules import RIGHT_NAMES, CaseState, Right

#: The answer that tells somebody that they were erased: it goes out, then its text goes too.
LAST = "privacy/answered"


def link_of(case: DataCase) -> str:
    """Return the address of a case's own page."""
    links = settings.current().links
    token = links.token(queries.LINK, case.public_id, case.nonce)
    return links.to(f"/privacidad/solicitudes/{token}")


def confirm(session: Session, case: DataCase, *, now: datetime) -> None:
    """Owe whoever asked by the public form the link that shows that the address is theirs."""
    _owe(session, case, "privacy/confirm", "1", {"days": rules.CONFIRM_DAYS}, now=now)


def received(session: Session, case: DataCase, *, now: datetime) -> None:
    """Acknowledge a request, with the day by which it is answered."""
    _owe(session, case, "privacy/received", "1", {}, now=now)


def extended(session: Session, case: DataCase, *, now: datetime) -> None:
    """Tell that the answer is put off, until when and why."""
    _owe(session, case, "privacy/extended", "1", {"reason": case.extension_reason}, now=now)


def answered(session: Session, case: DataCase, *, now: datetime) -> None:
    """Send the answer; of a refusal, with how to claim against it."""
    refused = case.state is CaseState.REFUSED
    until = rules.claim_until(spanish.wall(now).date())
    context = {
        "answer": case.answer,
        "refused": refused,
        "claim_days": rules.CLAIM_WORKING_DAYS,
        "claim_until": spanish.day(until),
    }
    _owe(session, case, LAST, "1", context, now=now)


def alert(session: Session, case: DataCase, *, version: str, now: datetime) -> None:
    """Tell the coordination of a new request, or that a deadline comes near."""
    today = spanish.wall(now).date()
    letters = [
        MailDraft(
            key=f"privacy/alert:{case.id}:{version}:{user.id}",
            notice="privacy/alert",
            to=Recipient(user.name, user.email),
            context={
                "name": user.name,
                "right": RIGHT_NAMES[case.right].lower(),
                "new": version == "new",
                "due": spanish.day(case.due_on),
                "left": (case.due_on - today).days,
                "url": settings.current().links.to(f"/datos-personales/casos/{case.public_id}"),
            },
            priority=5,
        )
        for user in queries.coordination(session)
    ]
    messaging.owe_apart(session, letters, now=now)


def _owe(
    session: Session,
    case: DataCase,
    notice: str,
    version: str,
    context: Mapping[str, object],
    *,
    now: datetime,
) -> None:
    is_block = case.right is Right.BLOCK
    letter = MailDraft(
        key=f"{notice}:{case.id}:{version}",
        notice=notice,
        to=Recipient(case.name, case.email, case.person_id),
        context={
            "name": case.name,
            "right": RIGHT_NAMES[case.right].lower(),
            "received": spanish.day(spanish.wall(case.received_at)),
            "due": spanish.day(case.due_on),
            "is_block": is_block,
            "url": link_of(case),
            **context,
        },
        category=Category.SERVICE,
        priority=5,
    )
    messaging.owe(session, letter, now=now)
