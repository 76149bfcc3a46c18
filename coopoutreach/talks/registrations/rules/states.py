"""Where a registration stands, how somebody takes part, and what sets free seats in motion."""

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
    #: The limit per cooperative, the held seats or the levels that go first changed.
    RULES_CHANGED = "rules-changed"
    RELEASED = "released"
    CHANGED_ROOM = "changed-room"
    BY_HAND = "by-hand"
    #: The job that looks whether a free seat was overlooked.
    ROUND = "round"


#: Where a registration may go from where it stands. What is not here is refused.
MOVES: dict[State, frozenset[State]] = {
    State.WAITING: frozenset({State.CONFIRMED, State.CANCELLED}),
    # Who would rather take part the other way may give their seat up for a place in its line.
    State.CONFIRMED: frozenset({State.CANCELLED, State.WAITING}),
    State.CANCELLED: frozenset({State.WAITING}),
}

#: States in which somebody counts as registered.
LIVE = frozenset({State.WAITING, State.CONFIRMED})

#: In the last hours before a talk only a person moves the line: nobody travels on short notice.
HANDS_ONLY = timedelta(hours=12)


def moves_by_itself(*, starts_at: datetime, now: datetime) -> bool:
    """Return whether a free seat goes to the first in line without anybody's hand."""
    return starts_at - now > HANDS_ONLY
