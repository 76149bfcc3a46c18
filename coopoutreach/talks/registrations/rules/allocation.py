"""Who gets the free seats at a moment, and what stands in the way of the rest.

Seats go down the published order to whoever they fit. A turn does not fit where its room has too
few seats for all of it; where what is left is held for prioritised cooperatives and it is of none;
or where its cooperative would have more seats than the talk allows one. Who does not fit is passed
over by those who do, keeps their place, and is told why.

Held seats: who is of a prioritised cooperative takes them first, and any other free seat once
they are used up. So of `held` seats as many are still held as prioritised people have no seat yet.
"""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from datetime import datetime
from enum import StrEnum
from typing import Any, Self

from coopoutreach.talks.registrations.rules.states import Room
from coopoutreach.talks.registrations.rules.waitlist import Turn, WaitlistEntry, free_seats, turns


class Obstacle(StrEnum):
    """What stands between somebody and a seat."""

    #: Every seat is taken.
    FULL = "full"
    #: What is left is held for prioritised cooperatives.
    HELD = "held"
    #: Their cooperative has as many seats as it may.
    LIMIT = "limit"
    #: There are seats, but not for all of their group.
    GROUP = "group"
    #: There is a seat, and only a person gives it: the talk is about to begin.
    HANDS = "hands"


def held_at(number: int, *, until: datetime | None, now: datetime) -> int:
    """Return how many of the seats that are held `until` a moment are held now: all or none."""
    return number if until is not None and now < until else 0


@dataclass(frozen=True, slots=True)
class RoomSeats:
    """The seats of one room: how many there are, are taken, and are held for whom it is for."""

    capacity: int
    seated: int = 0
    #: Held for prioritised cooperatives at that moment: 0 once they are released.
    held: int = 0
    #: How many of the seated are of prioritised cooperatives; asked only where seats are held.
    seated_prioritised: int = 0

    @property
    def free(self) -> int:
        """Return how many seats nobody has."""
        return free_seats(capacity=self.capacity, seated=self.seated)

    @property
    def held_left(self) -> int:
        """Return how many of the free seats are held for prioritised cooperatives."""
        return min(max(self.held - self.seated_prioritised, 0), self.free)

    @property
    def open_to_all(self) -> int:
        """Return how many of the free seats anybody may have."""
        return self.free - self.held_left

    @property
    def over(self) -> int:
        """Return how many people have a place beyond the capacity, which was cut after."""
        return max(self.seated - self.capacity, 0)


@dataclass(frozen=True, slots=True)
class SeatAllocation:
    """All that decides who gets a seat at a moment. It holds no names."""

    rooms: Mapping[Room, RoomSeats]
    waiting: Sequence[WaitlistEntry]
    #: How many seats each cooperative has already, in the room and online together.
    seats_of: Mapping[int, int] = field(default_factory=dict)
    #: How many seats one cooperative may have. None: any.
    limit: int | None = None

    def joined_by(self, entry: WaitlistEntry, *, leaves: Room | None = None) -> Self:
        """Return what would be if somebody joined the line; `leaves`: gives a seat up for it."""
        rooms, seats_of = dict(self.rooms), dict(self.seats_of)
        if leaves is not None:
            left = rooms[leaves]
            prioritised = left.seated_prioritised - entry.prioritised
            rooms[leaves] = replace(
                left, seated=left.seated - 1, seated_prioritised=max(prioritised, 0)
            )
            if entry.cooperative_id is not None:
                held = seats_of.get(entry.cooperative_id, 0)
                seats_of[entry.cooperative_id] = max(held - 1, 0)
        others = [it for it in self.waiting if it.registration_id != entry.registration_id]
        return replace(self, rooms=rooms, seats_of=seats_of, waiting=[*others, entry])

    def of_newcomers(self, *, now: datetime) -> Self:
        """Return what is left to give once only a person moves the line.

        Where somebody waited before, no seat is given; elsewhere who comes now gets a free one.
        """
        shut = {entry.room for entry in self.waiting if entry.requested_at < now}
        rooms = {room: seats for room, seats in self.rooms.items() if room not in shut}
        return replace(self, rooms=rooms)

    def kept(self) -> dict[str, Any]:
        """Return the situation as it is kept with a decision."""
        concerned = {entry.cooperative_id for entry in self.waiting}
        return {
            "rooms": {room.value: asdict(seats) for room, seats in self.rooms.items()},
            "limit_per_cooperative": self.limit,
            "waiting": [_kept_entry(entry) for entry in self.waiting],
            "seats_before": sorted(
                [key, number] for key, number in self.seats_of.items() if key in concerned
            ),
        }

    @classmethod
    def from_kept(
        cls,
        *,
        rooms: Mapping[str, Any],
        limit: int | None,
        waiting: Sequence[Sequence[Any]],
        seats_before: Sequence[Sequence[int]],
    ) -> Self:
        """Return the situation that was kept."""
        return cls(
            rooms={Room(room): RoomSeats(**seats) for room, seats in rooms.items()},
            waiting=[_entry(kept) for kept in waiting],
            seats_of={pair[0]: pair[1] for pair in seats_before},
            limit=limit,
        )


def seats_given(situation: SeatAllocation) -> list[WaitlistEntry]:
    """Return who gets a seat, in the order in which they get it."""
    left = _Left(situation)
    found = turns(situation.waiting, seats_of=situation.seats_of, takes=left.take)
    return [person for turn in found if turn in left.taken for person in turn.people]


def obstacles(situation: SeatAllocation) -> dict[int, Obstacle]:
    """Return what stands in the way of each who waits, by registration.

    Whom nothing stands in the way of waits for a person's hand.
    """
    left = _Left(situation)
    found: dict[int, Obstacle] = {}

    def note(turn: Turn) -> bool:
        obstacle = left.obstacle(turn)
        taken = left.take(turn)
        found.update(
            dict.fromkeys((it.registration_id for it in turn.people), obstacle or Obstacle.HANDS)
        )
        return taken

    for _ in turns(situation.waiting, seats_of=situation.seats_of, takes=note):
        pass
    return found


class _Left:
    """What is left while seats are given, turn by turn."""

    def __init__(self, situation: SeatAllocation) -> None:
        self.free = {room: seats.free for room, seats in situation.rooms.items()}
        self.held = {room: seats.held_left for room, seats in situation.rooms.items()}
        self.seats_of = dict(situation.seats_of)
        self.limit = situation.limit
        self.taken: set[Turn] = set()

    def take(self, turn: Turn) -> bool:
        """Give the turn its seats if it fits; return whether it does."""
        if self.obstacle(turn) is not None:
            return False
        for room, number in turn.wants().items():
            self.free[room] -= number
            if turn.first.prioritised:
                self.held[room] = max(self.held[room] - number, 0)
        cooperative = turn.first.cooperative_id
        if cooperative is not None:
            self.seats_of[cooperative] = self.seats_of.get(cooperative, 0) + len(turn.people)
        self.taken.add(turn)
        return True

    def obstacle(self, turn: Turn) -> Obstacle | None:
        """Return what stands in the turn's way, or None if it fits."""
        cooperative = turn.first.cooperative_id
        if self.limit is not None and cooperative is not None:
            held = self.seats_of.get(cooperative, 0)
            if held + len(turn.people) > self.limit:
                return Obstacle.LIMIT
        found: set[Obstacle] = set()
        for room, number in turn.wants().items():
            free = self.free.get(room, 0)
            open_to = free if turn.first.prioritised else free - self.held.get(room, 0)
            if free < number:
                found.add(Obstacle.GROUP if free else Obstacle.FULL)
            elif open_to < number:
                found.add(Obstacle.GROUP if open_to else Obstacle.HELD)
        if not found:
            return None
        # A group that finds seats in one room but not in the other waits for its own sake too.
        return found.pop() if len(found) == 1 else Obstacle.GROUP


def _kept_entry(entry: WaitlistEntry) -> list[Any]:
    # Without names of the parts: a line of two thousand is kept whole each time a seat is given.
    return [
        entry.registration_id,
        entry.cooperative_id,
        entry.prioritised,
        entry.attended,
        entry.requested_at.isoformat(),
        entry.room.value,
        entry.together,
    ]


def _entry(kept: Sequence[Any]) -> WaitlistEntry:
    number, cooperative, prioritised, attended, requested_at, room, together = kept
    moment = datetime.fromisoformat(requested_at)
    return WaitlistEntry(number, cooperative, prioritised, attended, moment, Room(room), together)
