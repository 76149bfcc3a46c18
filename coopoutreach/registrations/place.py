"""Where somebody stands in the line, and why, as their own page tells it."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from coopoutreach.registrations import offers, queries, rules
from coopoutreach.registrations.models import Registration
from coopoutreach.registrations.offers import Offer
from coopoutreach.registrations.rules import State


@dataclass(frozen=True, slots=True)
class Place:
    """A place in the line: which, of how many, the reasons, and what there is instead."""

    number: int
    total: int
    #: What they wait for, where it is more than a seat that gets free.
    obstacle: str
    reason: str
    instead: Offer | None


def place_of(session: Session, registration: Registration, *, now: datetime) -> Place | None:
    """Return where somebody stands who waits; None of anybody else."""
    if registration.state is not State.WAITING:
        return None
    talk = registration.talk
    known = queries.situation(session, talk, now=now)
    of_room = [entry for entry in known.waiting if entry.room is registration.room]
    line = list(rules.order_of_line(of_room, seats_of=known.seats_of))
    number, entry = next(
        (number, entry)
        for number, entry in enumerate(line, start=1)
        if entry.registration_id == registration.id
    )
    return Place(
        number=number,
        total=len(line),
        obstacle=queries.why_waiting(talk, known, registration.id),
        reason=rules.reasons(entry, seats=known.seats_of.get(entry.cooperative_id or 0, 0)),
        instead=offers.on_topic(session, talk, now=now),
    )
