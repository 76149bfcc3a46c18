"""Who gets a place, and who waits for one. Nothing here touches the database.

The order of the line is a published rule (`docs/decisions/0008`): people of cooperatives whose
level the talk prioritises; then cooperatives with fewer seats in this talk; then those that have
attended fewer talks of the plan; then who asked first.
"""

import heapq
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
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


class Cause(StrEnum):
    """Why free seats were given at a moment."""

    REGISTERED = "registered"
    CANCELLED = "cancelled"
    DECLINED = "declined"
    CAPACITY_RAISED = "capacity-raised"
    RELEASED = "released"
    CHANGED_ROOM = "changed-room"
    BY_HAND = "by-hand"
    #: The job that looks whether a free seat was overlooked.
    ROUND = "round"


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


def order_of_line(waiting: Iterable[InLine], *, seats_of: Mapping[int, int]) -> Iterator[InLine]:
    """Yield the line in the published order.

    `seats_of` says how many seats each cooperative has in this talk already. Each seat given
    counts before the next is: of two cooperatives that wait, the one with fewer seats is next.
    """
    queues: dict[object, list[InLine]] = {}
    for entry in sorted(waiting, key=lambda entry: (entry.requested_at, entry.registration_id)):
        # Somebody of no cooperative shares a queue with nobody.
        alone = ("alone", entry.registration_id)
        queues.setdefault(entry.cooperative_id or alone, []).append(entry)
    heap = [
        (*_rank(queue[0], seats_of.get(queue[0].cooperative_id or 0, 0)), 0, key)
        for key, queue in queues.items()
    ]
    heapq.heapify(heap)
    while heap:
        _, seats, _, _, _, place, key = heapq.heappop(heap)
        queue = queues[key]
        yield queue[place]
        if place + 1 < len(queue):
            heapq.heappush(heap, (*_rank(queue[place + 1], seats + 1), place + 1, key))


def _rank(entry: InLine, seats: int) -> tuple[bool, int, int, datetime, int]:
    return (
        not entry.prioritised,
        seats,
        entry.attended,
        entry.requested_at,
        entry.registration_id,
    )


def reasons(entry: InLine, *, seats: int) -> str:
    """Return, as a sentence for the person, what their place in the line follows from."""
    parts = []
    if entry.prioritised:
        parts.append("su cooperativa tiene un nivel que esta charla prioriza")
    if entry.cooperative_id is not None:
        parts.append(
            "su cooperativa aún no tiene cupos en esta charla"
            if not seats
            else f"su cooperativa ya tiene {seats} {'cupo' if seats == 1 else 'cupos'}"
        )
        talks = "charla" if entry.attended == 1 else "charlas"
        parts.append(f"ha asistido a {entry.attended} {talks} del plan")
    parts.append("luego cuenta el orden de llegada")
    return (", ".join(parts[:-1]) + ("; " if len(parts) > 1 else "") + parts[-1]).capitalize() + "."


#: In the last hours before a talk only a person moves the line: nobody travels on short notice.
HANDS_ONLY = timedelta(hours=12)


def moves_by_itself(*, starts_at: datetime, now: datetime) -> bool:
    """Return whether a free seat goes to the first in line without anybody's hand."""
    return starts_at - now > HANDS_ONLY
