"""How the care for personal data answers what happens below it; `wiring.py` lists these."""

from datetime import date, datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Session

from coopoutreach.mail.outgoing.happenings import StillWanted
from coopoutreach.people.directory.models import Person
from coopoutreach.platform.core import spanish
from coopoutreach.platform.scheduler.happenings import AttentionAsked, Concern
from coopoutreach.privacy import queries, rules
from coopoutreach.privacy.models import DataCase

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


def concerns(session: Session, _asked: AttentionAsked, *, now: datetime) -> list[Concern]:
    """Return the requests whose deadline comes near, for the coordination's board."""
    today = spanish.wall(now).date()
    soon = today + timedelta(days=rules.ALERTS[-1][0])
    return [_concern(case, today) for case in queries.cases_due_by(session, soon)]


def _concern(case: DataCase, today: date) -> Concern:
    days = (case.due_on - today).days
    over = f"Venció el {spanish.day(case.due_on)}."
    left = "Vence hoy." if days == 0 else f"Vence el {spanish.day(case.due_on)}."
    name = rules.RIGHT_NAMES[case.right].lower()
    return Concern(
        f"Solicitud de {name} sobre datos personales sin responder",
        over if days < 0 else left,
        f"/datos-personales/casos/{case.public_id}",
        "Responder",
        serious=days <= rules.ALERTS[0][0],
    )
