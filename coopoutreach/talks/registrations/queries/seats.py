"""Count seats: taken, free, and held for prioritised cooperatives."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import bindparam, func, select
from sqlalchemy.orm import Session

from coopoutreach.people.directory.models import Organisation
from coopoutreach.people.directory.rules import Level
from coopoutreach.talks.registrations import rules
from coopoutreach.talks.registrations.models import Registration
from coopoutreach.talks.registrations.rules import LIVE, Room, RoomSeats, State
from coopoutreach.talks.talks.models import Talk


@dataclass(frozen=True, slots=True)
class Seats:
    """How many people have a place in a talk, and how many wait, by room."""

    confirmed_room: int = 0
    waiting_room: int = 0
    confirmed_online: int = 0
    waiting_online: int = 0
    #: How many of the free seats are held for prioritised cooperatives now.
    held_room: int = 0
    held_online: int = 0

    @property
    def confirmed(self) -> int:
        """Return how many have a place, anywhere."""
        return self.confirmed_room + self.confirmed_online

    @property
    def waiting(self) -> int:
        """Return how many wait, anywhere."""
        return self.waiting_room + self.waiting_online

    @property
    def held(self) -> int:
        """Return how many free seats are held, anywhere."""
        return self.held_room + self.held_online


_FIELD = {
    (State.CONFIRMED, Room.IN_ROOM): "confirmed_room",
    (State.WAITING, Room.IN_ROOM): "waiting_room",
    (State.CONFIRMED, Room.ONLINE): "confirmed_online",
    (State.WAITING, Room.ONLINE): "waiting_online",
}


# Statements that every registration asks are written once: putting one together costs more than
# answering it.
_COUNTS = (
    select(Registration.talk_id, Registration.state, Registration.room, func.count())
    .where(
        Registration.talk_id.in_(bindparam("talk_ids", expanding=True)),
        Registration.state.in_(LIVE),
    )
    .group_by(Registration.talk_id, Registration.state, Registration.room)
)
_SEATED = select(func.count()).where(
    Registration.talk_id == bindparam("talk_id"),
    Registration.room == bindparam("room"),
    Registration.state == State.CONFIRMED,
)
_BY_ORGANISATION = (
    select(
        Registration.talk_id,
        Registration.room,
        Registration.organisation_id,
        Organisation.level,
        func.count(),
    )
    .outerjoin(Organisation, Organisation.id == Registration.organisation_id)
    .where(
        Registration.talk_id.in_(bindparam("talk_ids", expanding=True)),
        Registration.state == State.CONFIRMED,
    )
    .group_by(
        Registration.talk_id, Registration.room, Registration.organisation_id, Organisation.level
    )
)


def seats(session: Session, talk_ids: Iterable[int]) -> dict[int, Seats]:
    """Return the counts of each talk, in one query; a talk without registrations has zeros.

    Held seats are not among them: see `seats_of_talks`.
    """
    wanted = list(talk_ids)
    rows = session.execute(_COUNTS, {"talk_ids": wanted})
    return counted(wanted, [(talk, state, room, number) for talk, state, room, number in rows])


def counted(
    talk_ids: Iterable[int], rows: Iterable[tuple[int, State, Room, int]]
) -> dict[int, Seats]:
    """Return the seats of each talk from counts of its registrations: talk, state, room, number."""
    counts: dict[int, Counter[str]] = {talk_id: Counter() for talk_id in talk_ids}
    for talk_id, state, room, number in rows:
        counts[talk_id][_FIELD[state, room]] += number
    return {talk_id: Seats(**fields) for talk_id, fields in counts.items()}


def seats_of_talks(session: Session, talks: Sequence[Talk], *, now: datetime) -> dict[int, Seats]:
    """Return the counts of each talk with its held seats: one query more if any talk holds some."""
    found = seats(session, [talk.id for talk in talks])
    holding = [talk for talk in talks if any(held_now(talk, now=now).values())]
    for talk_id, rooms in _held_rooms(session, holding, now=now).items():
        found[talk_id] = replace(
            found[talk_id],
            held_room=rooms[Room.IN_ROOM].held_left,
            held_online=rooms[Room.ONLINE].held_left,
        )
    return found


def count_seated(session: Session, talk_id: int, room: Room) -> int:
    """Return how many seats of the talk's room are taken."""
    return session.scalar(_SEATED, {"talk_id": talk_id, "room": room}) or 0


def capacities(talk: Talk) -> dict[Room, int]:
    """Return how many seats the talk has, by room."""
    return {Room.IN_ROOM: talk.capacity_room, Room.ONLINE: talk.capacity_online}


def held_now(talk: Talk, *, now: datetime) -> dict[Room, int]:
    """Return how many of the talk's seats are held now, by room, used or not."""
    until = talk.held_until
    return {
        Room.IN_ROOM: rules.held_at(talk.held_room, until=until, now=now),
        Room.ONLINE: rules.held_at(talk.held_online, until=until, now=now),
    }


def is_prioritised(talk: Talk, level: Level | None) -> bool:
    """Return whether cooperatives of the level go first in the talk."""
    return level is not None and level.value in talk.prioritised_levels


def room_seats(
    session: Session, talk: Talk, *, now: datetime
) -> tuple[dict[Room, RoomSeats], dict[int, int] | None]:
    """Return the seats of each room that the talk has, and how many each cooperative has.

    Who has them is only asked, and else None, where seats are held or limited.
    """
    held = held_now(talk, now=now)
    has = {room: number for room, number in capacities(talk).items() if number}
    if not any(held.values()) and talk.limit_per_cooperative is None:
        return {
            room: RoomSeats(capacity, count_seated(session, talk.id, room))
            for room, capacity in has.items()
        }, None
    rows = _taken(session, [talk])
    found = _rooms(talk, rows, held)
    seats_of: dict[int, int] = {}
    for row in rows:
        if row.organisation_id is not None:
            seats_of[row.organisation_id] = seats_of.get(row.organisation_id, 0) + row.number
    return {room: found[room] for room in has}, seats_of


@dataclass(frozen=True, slots=True)
class _Taken:
    talk_id: int
    room: Room
    organisation_id: int | None
    level: Level | None
    number: int


def _taken(session: Session, talks: Sequence[Talk]) -> list[_Taken]:
    rows = session.execute(_BY_ORGANISATION, {"talk_ids": [talk.id for talk in talks]})
    return [_Taken(*row) for row in rows]


def _held_rooms(
    session: Session, talks: Sequence[Talk], *, now: datetime
) -> dict[int, dict[Room, RoomSeats]]:
    if not talks:
        return {}
    rows = _taken(session, talks)
    return {
        talk.id: _rooms(
            talk, [row for row in rows if row.talk_id == talk.id], held_now(talk, now=now)
        )
        for talk in talks
    }


def _rooms(talk: Talk, rows: Sequence[_Taken], held: Mapping[Room, int]) -> dict[Room, RoomSeats]:
    return {
        room: RoomSeats(
            capacity=capacity,
            seated=sum(row.number for row in rows if row.room is room),
            held=held[room],
            seated_prioritised=sum(
                row.number for row in rows if row.room is room and is_prioritised(talk, row.level)
            ),
        )
        for room, capacity in capacities(talk).items()
    }
