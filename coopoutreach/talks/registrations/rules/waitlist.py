"""The published order of the line.

People of cooperatives whose level the talk prioritises; then cooperatives with fewer seats in this
talk; then those that have attended fewer talks of the plan; then who asked first. A group that
wants all or none has one turn, its first member's, and all its members that wait are in it.
"""

import heapq
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from coopoutreach.talks.registrations.rules.states import Room


@dataclass(frozen=True, slots=True)
class WaitlistEntry:
    """What one waiting person's place depends on."""

    registration_id: int
    #: None: somebody of no cooperative, who counts as a cooperative of their own.
    cooperative_id: int | None
    prioritised: bool
    #: How many talks of the plan the cooperative has attended. None: nobody needed to ask.
    attended: int | None
    requested_at: datetime
    room: Room = Room.IN_ROOM
    #: The group with which they want a seat together, or none.
    together: int | None = None


@dataclass(frozen=True, slots=True)
class Turn:
    """Who get their seats at once: one person, or the people of a group that wants all or none."""

    people: tuple[WaitlistEntry, ...]

    @property
    def first(self) -> WaitlistEntry:
        """Return the one whose place in the line is the turn's: who asked first."""
        return self.people[0]

    def wants(self) -> dict[Room, int]:
        """Return how many seats the turn takes of each room."""
        wanted: dict[Room, int] = {}
        for person in self.people:
            wanted[person.room] = wanted.get(person.room, 0) + 1
        return wanted


def free_seats(*, capacity: int, seated: int) -> int:
    """Return how many seats are left; a talk whose capacity was cut below its people has none."""
    return max(capacity - seated, 0)


def order_of_line(
    waiting: Iterable[WaitlistEntry], *, seats_of: Mapping[int, int]
) -> Iterator[WaitlistEntry]:
    """Yield the line in the published order.

    `seats_of` says how many seats each cooperative has in this talk already. Each seat given
    counts before the next is: of two cooperatives that wait, the one with fewer seats is next.
    """
    for turn in turns(waiting, seats_of=seats_of, takes=lambda _: True):
        yield from turn.people


def turns(
    waiting: Iterable[WaitlistEntry], *, seats_of: Mapping[int, int], takes: Callable[[Turn], bool]
) -> Iterator[Turn]:
    """Yield the turns in the published order, asking of each whether it `takes` its seats.

    Who does not is passed over, and what they would have got does not count for those behind.
    """
    queues: dict[object, list[Turn]] = {}
    for turn in _grouped(waiting):
        # Somebody of no cooperative shares a queue with nobody.
        alone = ("alone", turn.first.registration_id)
        queues.setdefault(turn.first.cooperative_id or alone, []).append(turn)
    seats = {key: seats_of.get(key, 0) if isinstance(key, int) else 0 for key in queues}
    heap = [(*_rank(queue[0], seats[key]), 0, key) for key, queue in queues.items()]
    heapq.heapify(heap)
    while heap:
        *_, place, key = heapq.heappop(heap)
        turn = queues[key][place]
        if takes(turn):
            seats[key] += len(turn.people)
        yield turn
        if place + 1 < len(queues[key]):
            following = queues[key][place + 1]
            heapq.heappush(heap, (*_rank(following, seats[key]), place + 1, key))


def _grouped(waiting: Iterable[WaitlistEntry]) -> list[Turn]:
    """Return the turns, who asked first in front."""
    by_turn: dict[object, list[WaitlistEntry]] = {}
    for entry in sorted(waiting, key=lambda entry: (entry.requested_at, entry.registration_id)):
        alone = ("alone", entry.registration_id)
        by_turn.setdefault(entry.together or alone, []).append(entry)
    return [Turn(tuple(people)) for people in by_turn.values()]


def _rank(turn: Turn, seats: int) -> tuple[bool, int, int, datetime, int]:
    entry = turn.first
    return (
        not entry.prioritised,
        seats,
        entry.attended or 0,
        entry.requested_at,
        entry.registration_id,
    )
