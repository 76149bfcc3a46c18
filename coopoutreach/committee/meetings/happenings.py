"""What meetings ask of those above them; `wiring.py` lists who answers."""

from collections.abc import Collection
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class MinutesAsked:
    """How the minutes of some meetings stand: a reaction answers `MinutesStand` by meeting.

    A meeting that has no minutes yet is not among the answers.
    """

    meeting_ids: Collection[int]


@dataclass(frozen=True, slots=True)
class MinutesStand:
    """How the last version of a meeting's minutes stands."""

    #: The state, as the badge of the pages knows it.
    badge: str
    approved: bool
