"""Count a poll for a date."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from coopoutreach.committee.meetings.rules.kinds import Suits


@dataclass(frozen=True, slots=True)
class Count:
    """How many a date suits, and whether none suits more people."""

    yes: int
    if_needed: int
    no: int
    best: bool


def is_open(*, closed_at: datetime | None, closes_at: datetime, now: datetime) -> bool:
    """Return whether a poll takes answers."""
    return closed_at is None and now < closes_at


def tally(options: Sequence[int], answers: Sequence[Mapping[int, str]]) -> dict[int, Count]:
    """Return how many said what of each date; the best suits most, then troubles fewest.

    Whoever could come if there is no other date counts as coming, after those whom it suits.
    """
    counted = {
        option: tuple(
            sum(answer.get(option) == suits.value for answer in answers)
            for suits in (Suits.YES, Suits.IF_NEEDED, Suits.NO)
        )
        for option in options
    }
    worth = {option: (yes + maybe, yes) for option, (yes, maybe, _no) in counted.items()}
    best = max(worth.values(), default=(0, 0))
    return {
        option: Count(yes, maybe, no, best=worth[option] == best != (0, 0))
        for option, (yes, maybe, no) in counted.items()
    }
