"""What happens to talks that higher features may want to follow; `wiring.py` lists who does."""

from dataclasses import dataclass

from coopoutreach.talks.talks.models import Talk


@dataclass(frozen=True, slots=True)
class CapacityRaised:
    """A talk has more seats than before."""

    talk_id: int
    actor: str


@dataclass(frozen=True, slots=True)
class SeatRulesChanged:
    """Who may have a talk's seats has changed: limit, held seats, or the levels that go first."""

    talk_id: int
    actor: str


@dataclass(frozen=True, slots=True)
class SeatsAsked:
    """Somebody wants to know how many seats of a talk are taken, held and too many, by room."""

    talk: Talk
