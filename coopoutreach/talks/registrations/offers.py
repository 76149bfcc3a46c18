"""What somebody may take instead of a talk that is full: the next on its topic, another session."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from coopoutreach.platform.core import spanish
from coopoutreach.talks.registrations import queries
from coopoutreach.talks.registrations.queries import Seats
from coopoutreach.talks.registrations.rules import Room, free_seats
from coopoutreach.talks.talks import queries as talks
from coopoutreach.talks.talks.models import Talk

#: How many of the next talks are looked at for one with a free seat.
_LOOKED_AT = 5


@dataclass(frozen=True, slots=True)
class Offer:
    """A talk that somebody may go to instead, in words."""

    talk: Talk
    sentence: str
    title: str
    path: str
    when: str
    seats: str


def on_topic(session: Session, talk: Talk, *, now: datetime) -> Offer | None:
    """Return the next talk on the same topic, one with free seats rather than a full one."""
    found = talks.next_on_topic(session, talk, now=now, limit=_LOOKED_AT)
    if not found:
        return None
    counts = queries.seats_of_talks(session, found, now=now)
    other = next((it for it in found if _open_seats(it, counts[it.id])), found[0])
    is_session = talks.are_sessions(talk, other)
    return Offer(
        talk=other,
        sentence=(
            "Hay otra sesión de esta misma charla:"
            if is_session
            else "La próxima sobre el mismo tema:"
        ),
        title=other.title,
        path=other.path,
        when=f"{spanish.day_and_month(other.wall_start)}, {spanish.clock(other.wall_start)}",
        seats=_seats_line(_open_seats(other, counts[other.id])),
    )


@dataclass(frozen=True, slots=True)
class SessionOffer:
    """Another session of the same talk, in one room, and whether seats are free there."""

    public_id: str
    room: Room
    when: str
    place: str
    seats: str


def sessions(session: Session, talk: Talk, *, now: datetime) -> list[SessionOffer]:
    """Return the other sessions that somebody may move to, by room."""
    found = talks.sessions_of(session, talk, now=now)
    counts = queries.seats_of_talks(session, found, now=now) if found else {}
    return [
        SessionOffer(
            public_id=other.public_id,
            room=room,
            when=f"{spanish.day_and_month(other.wall_start)}, {spanish.clock(other.wall_start)}",
            place="en línea" if room is Room.ONLINE else other.place or "en la sala",
            seats=_seats_line(_open_by_room(other, counts[other.id])[room]),
        )
        for other in found
        for room, capacity in queries.capacities(other).items()
        if capacity
    ]


def room_seats_line(session: Session, talk: Talk, room: Room, *, now: datetime) -> str:
    """Return how many seats of a room anybody may have, in words."""
    counts = queries.seats_of_talks(session, [talk], now=now)[talk.id]
    return _seats_line(_open_by_room(talk, counts)[room])


def rooms(talk: Talk) -> Sequence[Room]:
    """Return the rooms that a talk has."""
    return [room for room, capacity in queries.capacities(talk).items() if capacity]


def _open_by_room(talk: Talk, seats: Seats) -> dict[Room, int]:
    in_room = free_seats(capacity=talk.capacity_room, seated=seats.confirmed_room)
    online = free_seats(capacity=talk.capacity_online, seated=seats.confirmed_online)
    return {Room.IN_ROOM: in_room - seats.held_room, Room.ONLINE: online - seats.held_online}


def _open_seats(talk: Talk, seats: Seats) -> int:
    return sum(_open_by_room(talk, seats).values())


def _seats_line(number: int) -> str:
    if not number:
        return "Con lista de espera"
    return f"{'Queda' if number == 1 else 'Quedan'} {spanish.count(number, 'cupo', 'cupos')}"
