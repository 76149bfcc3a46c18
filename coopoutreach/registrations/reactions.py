"""How registrations answer what happens below them; `wiring.py` lists these."""

from datetime import datetime

from sqlalchemy.orm import Session

from coopoutreach.outreach.happenings import CapacityRaised
from coopoutreach.registrations import commands


def fill_raised_capacity(session: Session, raised: CapacityRaised, *, now: datetime) -> None:
    """Give the new seats to those next in line."""
    commands.follow_capacity(session, raised.talk_id, now=now)
