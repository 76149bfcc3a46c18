"""Who gets a place, and who waits for one. Nothing here touches the database.

The order of the line is a published rule (`docs/decisions/0008`): people of cooperatives whose
level the talk prioritises; then cooperatives with fewer seats in this talk; then those that have
attended fewer talks of the plan; then who asked first.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class State(StrEnum):
    """Where a registration stands."""

    WAITING = "waiting"
    CONFIRMED = "confirmed"
    CANCELLED = "cancelled"


class Room(StrEnum):
    """How somebody takes part: each has seats and a line of its own."""

    IN_ROOM = "presencial"
    ONLINE = "online"


#: Where a registration may go from where it stands. What is not here is refused.
MOVES: dict[State, frozenset[State]] = {
    State.WAITING: frozenset({State.CONFIRMED, State.CANCELLED}),
    State.CONFIRMED: frozenset({State.CANCELLED}),
    State.CANCELLED: frozenset({State.WAITING}),
}

#: States in which somebody counts as registered.
LIVE = frozenset({State.WAITING, State.CONFIRMED})


@dataclass(frozen=True, slots=True)
class InLine:
    """What one waiting person's place depends on."""

    registration_id: int
    #: None: somebody of no cooperative, who counts as a cooperative of their own.
    cooperative_id: int | None
    prioritised: bool
    #: How many talks of the plan the cooperative has attended.
    attended: int
    requested_at: datetime


def free_seats(*, capacity: int, seated: int) -> int:
    """Return how many seats are left; a talk whose capacity was cut below its people has none."""
    return max(capacity - seated, 0)


def order_of_line(waiting: Iterable[InLine], *, seats_of: Mapping[int, int]) -> list[InLine]:
    """Return the line in the published order.

    `seats_of` says how many seats each cooperative has in this talk already. Each seat given
    counts before the next is: of two cooperatives that wait, the one with fewer seats is next.
    """
    seats: Counter[int] = Counter(dict(seats_of))
    left = list(waiting)
    line: list[InLine] = []
    while left:
        first = min(left, key=lambda entry: _rank(entry, seats))
        left.remove(first)
        line.append(first)
        if first.cooperative_id is not None:
            seats[first.cooperative_id] += 1
    return line


def _rank(entry: InLine, seats: Mapping[int, int]) -> tuple[bool, int, int, datetime, int]:
    held = seats.get(entry.cooperative_id, 0) if entry.cooperative_id is not None else 0
    return (
        not entry.prioritised,
        held,
        entry.attended,
        entry.requested_at,
        entry.registration_id,
    )
