"""Where somebody stands in the line, and why, as their own page tells it."""

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy.orm import Session

from coopoutreach.talks.registrations import offers, queries, rules
from coopoutreach.talks.registrations.models import Registration
from coopoutreach.talks.registrations.offers import Offer
from coopoutreach.talks.registrations.rules import Room, State
from coopoutreach.talks.talks.models import Talk


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
    found = places(session, talk, {registration.id}, now=now)[registration.id]
    return replace(found, instead=offers.on_topic(session, talk, now=now))


def places(
    session: Session, talk: Talk, wanted: Collection[int], *, now: datetime
) -> dict[int, Place]:
    """Return where those of the registrations stand that wait for a talk, without what is instead.

    However many they are, the line is read once.
    """
    known = queries.situation(session, talk, now=now)
    found: dict[int, Place] = {}
    for room in Room:
        of_room = [entry for entry in known.waiting if entry.room is room]
        line = list(rules.order_of_line(of_room, seats_of=known.seats_of))
        for number, entry in enumerate(line, start=1):
            if entry.registration_id in wanted:
                seats = known.seats_of.get(entry.cooperative_id or 0, 0)
                found[entry.registration_id] = Place(
                    number=number,
                    total=len(line),
                    obstacle=queries.why_waiting(talk, known, entry.registration_id),
                    reason=rules.reasons(entry, seats=seats),
                    instead=None,
                )
    return found
