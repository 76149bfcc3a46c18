"""What the coordination's board calls urgent, decided from values alone."""

from dataclasses import dataclass
from datetime import timedelta

#: What is next: two weeks.
NEXT = timedelta(days=14)
#: How far ahead the board looks for talks that fill, or that nobody comes to.
AHEAD = timedelta(days=60)
#: A talk fills from this share of its seats on.
FILLING = 0.8
#: A talk that closes within this time with fewer than this share of its seats taken needs a call.
CLOSING = timedelta(days=4)
FEW = 0.4
#: Talks that are over and whose attendance nobody marked are asked about for so long.
UNMARKED = timedelta(days=45)
#: Prioritised cooperatives with nobody registered are named this long before a talk.
MISSING = timedelta(days=30)
#: A worker that did nothing for this long, or a message that waits this long, is a fault.
SILENT = timedelta(minutes=10)
#: How many lines of one kind the board shows.
MOST_LINES = 5


@dataclass(frozen=True, slots=True)
class Attention:
    """One line that somebody must deal with, and the page on which that is done."""

    text: str
    detail: str
    url: str
    action: str
    serious: bool = False


def is_filling(*, capacity: int, confirmed: int, waiting: int) -> bool:
    """Return whether a talk fills: most seats are taken, or somebody waits for one."""
    return waiting > 0 or (capacity > 0 and confirmed >= FILLING * capacity)


def has_few(*, capacity: int, confirmed: int) -> bool:
    """Return whether a talk has few people for its seats."""
    return capacity > 0 and confirmed < FEW * capacity
