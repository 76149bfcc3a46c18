"""How the care for personal data answers what happens below it; `wiring.py` lists these."""

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from coopoutreach.core import spanish
from coopoutreach.directory.models import Person
from coopoutreach.messaging.happenings import DeliveryEnded, StillWanted
from coopoutreach.messaging.models import OutgoingMessage
from coopoutreach.privacy import notices, queries, rules
from coopoutreach.scheduler.happenings import AttentionAsked, Concern

_BLOCKED = (
    sa.select(Person.__table__.c.blocked_at)
    .where(Person.__table__.c.id == sa.bindparam("its_id"))
    .where(Person.__table__.c.blocked_at.is_not(None))
)
#: What somebody is told about their own request goes out all the same.
_ABOUT_A_REQUEST = "privacy/"


def reason_to_drop(session: Session, asked: StillWanted, *, now: datetime) -> str:  # noqa: ARG001 (reactions are told the time)
    """Return why a letter may not go out: its reader's data are blocked."""
    if asked.person_id is None or asked.notice.startswith(_ABOUT_A_REQUEST):
        return ""
    blocked = session.connection().execute(_BLOCKED, {"its_id": asked.person_id}).first()
    return "la persona pidió el bloqueo de sus datos" if blocked else ""


def forget_last_answer(session: Session, ended: DeliveryEnded, *, now: datetime) -> None:
    """Erase the answer that told somebody of their erasure, as soon as it is delivered."""
    if ended.person_id is None:
        return
    message = session.get(OutgoingMessage, ended.message_id)
    person = session.get(Person, ended.person_id)
    if message is None or message.notice != notices.LAST or person is None:
        return
    if queries.is_erased(person):
        message.raw, message.recipient, message.recipient_name = b"", "", ""
        message.subject, message.last_error, message.purged_at = "", None, now


def concerns(session: Session, _asked: AttentionAsked, *, now: datetime) -> list[Concern]:
    """Return the requests whose deadline comes near, for the coordination's board."""
    today = spanish.wall(now).date()
    soon = today + spanish.timedelta(days=rules.ALERTS[-1][0])
    return [_concern(case, today) for case in queries.cases_due_by(session, soon)]
