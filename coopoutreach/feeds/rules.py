"""What a feed carries, decided from values alone."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

#: Days back and ahead that a feed reaches, counted from the federation's day.
DAYS_BACK = 90
DAYS_AHEAD = 400
#: A cancelled talk stays, crossed out, until so many days after its date: a reader that finds it
#: gone at once could not tell that it was cancelled.
DAYS_CANCELLED = 30
#: More events than any reader should be made to hold.
MOST_EVENTS = 2000


@dataclass(frozen=True, slots=True)
class Span:
    """The time that a feed covers; its edges are midnights, so that they move once a day."""

    first: datetime
    end: datetime
    cancelled_from: datetime


class Scope(StrEnum):
    """Whose talks a private calendar carries."""

    #: Those where one person has a place.
    PERSON = "person"
    #: Those where people of one cooperative have places.
    COOPERATIVE = "cooperative"
    #: Public ones of regions and formats that the subscriber chose.
    SELECTION = "selection"
