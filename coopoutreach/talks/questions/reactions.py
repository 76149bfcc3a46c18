"""How questions answer what happens below them; `wiring.py` lists these."""

from datetime import datetime

from sqlalchemy.orm import Session

from coopoutreach.talks.consents.happenings import ConsentWithdrawn
from coopoutreach.talks.questions import commands


def erase_what_needed_it(session: Session, withdrawn: ConsentWithdrawn, *, now: datetime) -> None:
    """Erase at once what was kept because somebody agreed, and no longer does."""
    commands.erase_needs_of_person(
        session, withdrawn.person_id, withdrawn.purpose, event_id=withdrawn.event_id, now=now
    )
