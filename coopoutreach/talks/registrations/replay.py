"""The line of a talk as whoever asks may check it: as it stands, and each giving worked out again.

What is decided again is decided by `rules` alone, from what was kept with the decision.
"""

from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy.orm import Session

from coopoutreach.platform.audit import queries as audit
from coopoutreach.platform.audit.models import Entry
from coopoutreach.platform.core import spanish
from coopoutreach.talks.registrations import queries, rules
from coopoutreach.talks.registrations.models import SeatDecision
from coopoutreach.talks.registrations.rules import Cause, Room, RoomSeats, SeatAllocation
from coopoutreach.talks.talks.models import Talk

#: How many decisions a page shows, and how many changes it lists beside them.
PAGE_LENGTH = 20
_MOST_CHANGES = 100
#: What of a talk's columns decides who gets a seat.
_SEAT_COLUMNS = {
    "capacity_room": "cupos presenciales",
    "capacity_online": "cupos en línea",
    "held_room": "reservados en la sala",
    "held_online": "reservados en línea",
    "held_until": "reservados hasta",
    "limit_per_cooperative": "máximo por cooperativa",
    "prioritised_levels": "niveles que van primero",
}


class Verdict(StrEnum):
    """What comes out when a decision is worked out again."""

    AGREES = "agrees"
    #: Somebody of the coordination chose, and not the first in the order.
    BY_HAND = "by-hand"
    DIFFERS = "differs"


@dataclass(frozen=True, slots=True)
class Registrant:
    """Who stands behind a registration's number."""

    name: str
    organisation: str


@dataclass(frozen=True, slots=True)
class Standing:
    """Somebody in the line as it stands now, and why there."""

    who: Registrant
    reason: str
    obstacle: str
    requested_at: datetime


@dataclass(frozen=True, slots=True)
class Replayed:
    """A giving of seats: what was known, who got them, and whether the rules say the same."""

    decision: SeatDecision
    rooms: Mapping[Room, RoomSeats]
    waiting: int
    given: Sequence[Registrant]
    verdict: Verdict
    #: Whom the rules would have given them to, where that is not the same.
    expected: Sequence[Registrant]


@dataclass(frozen=True, slots=True)
class Change:
    """Something that moved, as the trail has it."""

    entry: Entry
    who: Sequence[Registrant]
    #: What of the talk's seats changed: what, from, to.
    columns: Sequence[tuple[str, str, str]]


def replayed(decision: SeatDecision, people: Mapping[int, Registrant]) -> Replayed:
    """Work a decision out again from what was kept with it."""
    known = SeatAllocation.from_kept(
        rooms=decision.rooms,
        limit=decision.limit_per_cooperative,
        waiting=decision.waiting,
        seats_before=decision.seats_before,
    )
    again = [entry.registration_id for entry in rules.seats_given(known)]
    verdict = Verdict.AGREES
    if again != decision.given:
        verdict = Verdict.BY_HAND if decision.cause is Cause.BY_HAND else Verdict.DIFFERS
    return Replayed(
        decision=decision,
        rooms=known.rooms,
        waiting=len(known.waiting),
        given=_named(decision.given, people),
        verdict=verdict,
        expected=[] if verdict is Verdict.AGREES else _named(again, people),
    )


def people_of(session: Session, talk: Talk) -> dict[int, Registrant]:
    """Return who stands behind each registration of the talk."""
    return {
        registration.id: Registrant(
            registration.person.name,
            registration.organisation.short_name
            if registration.organisation
            else registration.organisation_name,
        )
        for registration in queries.registrations_of(session, talk.id)
    }


def standing(
    talk: Talk, known: SeatAllocation, people: Mapping[int, Registrant]
) -> dict[Room, list[Standing]]:
    """Return the lines as they stand now, in the published order, each with its reasons."""
    lines: dict[Room, list[Standing]] = {}
    obstacles = rules.obstacles(known)
    for room in known.rooms:
        of_room = [entry for entry in known.waiting if entry.room is room]
        lines[room] = [
            Standing(
                who=_name(entry.registration_id, people),
                reason=rules.reasons(entry, seats=known.seats_of.get(entry.cooperative_id or 0, 0)),
                obstacle=queries.sentence_of(talk, known, entry, obstacles),
                requested_at=entry.requested_at,
            )
            for entry in rules.order_of_line(of_room, seats_of=known.seats_of)
        ]
    return {room: line for room, line in lines.items() if line}


def changes(session: Session, talk: Talk, people: Mapping[int, Registrant]) -> list[Change]:
    """Return what moved and when, the latest first: registrations, and the talk's seats."""
    things = [("event", [talk.id]), ("registration", list(people))]
    found = audit.entries_of(session, things, limit=_MOST_CHANGES)
    listed = [Change(entry, _who(entry, people), _columns(entry, talk.zone)) for entry in found]
    return [change for change in listed if change.columns or change.entry.action in ACTION_NAMES]


#: What of the trail is shown, in words.
ACTION_NAMES = {
    "registration.requested": "Inscripción",
    "registration.confirmed": "Recibe cupo",
    "registration.waiting": "Deja su cupo y espera",
    "registration.cancelled": "Anula",
    "registration.room-changed": "Cambia de modalidad",
    "talk.seats-released": "Se liberan los cupos reservados",
    "event.published": "Publicación",
    "event.cancelled": "Suspensión",
}


def _who(entry: Entry, people: Mapping[int, Registrant]) -> list[Registrant]:
    if entry.thing_kind == "registration":
        return _named([int(entry.thing_id)], people)
    return _named((entry.after or {}).get("registrations", []), people)


def _columns(entry: Entry, zone: str) -> list[tuple[str, str, str]]:
    if entry.action != "talk.edited" or not entry.after:
        return []
    return [
        (label, _shown(entry.after[name][0], zone), _shown(entry.after[name][1], zone))
        for name, label in _SEAT_COLUMNS.items()
        if name in entry.after
    ]


def _shown(value: str, zone: str) -> str:
    with suppress(ValueError):
        moment = datetime.fromisoformat(value)
        return spanish.daytime(spanish.wall(moment, zone)) if moment.tzinfo else value
    return value.strip("[]").replace("'", "").replace("_", " ").replace("None", "") or "–"


def _named(ids: Sequence[int], people: Mapping[int, Registrant]) -> list[Registrant]:
    return [_name(number, people) for number in ids]


def _name(number: int, people: Mapping[int, Registrant]) -> Registrant:
    return people.get(number, Registrant(f"Inscripción {number}", ""))
