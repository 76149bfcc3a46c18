"""What the ledger can be asked for."""

from dataclasses import dataclass
from enum import StrEnum

PAGE_LENGTH = 25


class Shown(StrEnum):
    """Which commitments are listed: by state, or by what their dates say."""

    OPEN = "abiertos"
    OVERDUE = "vencidos"
    RESCHEDULED = "reprogramados"
    DELIVERED = "entregados"
    FULFILLED = "cumplidos"
    DISMISSED = "desestimados"
    ALL = "todos"


SHOWN_NAMES = {
    Shown.OPEN: "Abiertos",
    Shown.OVERDUE: "Vencidos",
    Shown.RESCHEDULED: "Reprogramados",
    Shown.DELIVERED: "Entregados, por confirmar",
    Shown.FULFILLED: "Cumplidos",
    Shown.DISMISSED: "Desestimados",
    Shown.ALL: "Todos",
}


class Sort(StrEnum):
    """What the ledger is sorted by."""

    DUE = "plazo"
    NUMBER = "numero"
    PARTY = "debe"
    STATE = "estado"
    EXTENSIONS = "prorrogas"


@dataclass(frozen=True, slots=True)
class Filters:
    """What the ledger is narrowed to; public ids, as an address names them."""

    text: str = ""
    party: str = ""
    owed_to: str = ""
    shown: Shown = Shown.OPEN
    event: str = ""
    person: str = ""
    sort: Sort = Sort.DUE
    descending: bool = False
    page: int = 1


@dataclass(frozen=True, slots=True)
class Reader:
    """Who reads: the institutions where they hold a post, and whether they see all others' too.

    What is reserved for an institution is seen from there alone, whatever else they may see.
    """

    organisations: frozenset[int]
    sees_all: bool = False


@dataclass(frozen=True, slots=True)
class Record:
    """How an institution has kept what it owes, in numbers."""

    organisation_id: int
    name: str
    on_time: int = 0
    late: int = 0
    open: int = 0
    overdue: int = 0
    extensions: int = 0

    @property
    def kept(self) -> int:
        """Return how many it delivered."""
        return self.on_time + self.late

    @property
    def percent_on_time(self) -> int | None:
        """Return the share of what was due that came on time; None while nothing was due."""
        was_due = self.kept + self.overdue
        return round(100 * self.on_time / was_due) if was_due else None
