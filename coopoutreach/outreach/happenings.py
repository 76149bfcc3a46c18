"""What happens to talks that higher features may want to follow; `wiring.py` lists who does."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class CapacityRaised:
    """A talk has more seats than before."""

    talk_id: int
