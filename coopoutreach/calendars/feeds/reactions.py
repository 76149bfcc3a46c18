"""How calendars answer what happens below them; `wiring.py` lists these."""

from datetime import datetime

from sqlalchemy.orm import Session

from coopoutreach.calendars.feeds import commands, queries
from coopoutreach.talks.registrations.happenings import AddressCorrected


def revoke_of_wrong_address(
    session: Session, corrected: AddressCorrected, *, now: datetime
) -> None:
    """Take back the calendars that were made by links which went to a wrong address."""
    for address in queries.addresses_of(session, person_id=corrected.person_id):
        commands.revoke(session, address, actor=corrected.actor, now=now)
