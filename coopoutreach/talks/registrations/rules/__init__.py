"""Who gets a place, and who waits for one. Nothing here touches the database.

The order of the line is a published rule (`docs/decisions/0008` and `0013`).
"""

from coopoutreach.talks.registrations.rules.allocation import (
    Obstacle,
    RoomSeats,
    SeatAllocation,
    held_at,
    obstacles,
    seats_given,
)
from coopoutreach.talks.registrations.rules.sentences import reasons, why_waiting
from coopoutreach.talks.registrations.rules.states import (
    HANDS_ONLY,
    LIVE,
    MOVES,
    Cause,
    Room,
    State,
    moves_by_itself,
)
from coopoutreach.talks.registrations.rules.waitlist import (
    Turn,
    WaitlistEntry,
    free_seats,
    order_of_line,
    turns,
)

__all__ = [
    "HANDS_ONLY",
    "LIVE",
    "MOVES",
    "Cause",
    "Obstacle",
    "Room",
    "RoomSeats",
    "SeatAllocation",
    "State",
    "Turn",
    "WaitlistEntry",
    "free_seats",
    "held_at",
    "moves_by_itself",
    "obstacles",
    "order_of_line",
    "reasons",
    "seats_given",
    "turns",
    "why_waiting",
]
