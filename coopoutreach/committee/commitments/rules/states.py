"""What a commitment is and where it may go, decided from values alone."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

#: Characters.
LONGEST_ACTION = 500
LONGEST_NOTE = 2000
LONGEST_VERIFICATION = 200
#: Of one commitment, and of one report.
MOST_FILES = 40
MOST_FILES_AT_ONCE = 3
MOST_BYTES = 20 * 1024 * 1024
#: From here on are counted the commitments that one side keeps to itself: the other sees no gap.
RESERVED_FROM = 501


class State(StrEnum):
    """Where a commitment stands. «Vencido» and «reprogramado» are read from its dates."""

    PENDING = "pendiente"
    IN_PROGRESS = "en_curso"
    #: Its responsible side says that it is done; the other side has not said so yet.
    DELIVERED = "entregado"
    #: «Cumplido», by the other side's word.
    FULFILLED = "cumplido"
    #: «Desestimado»: both sides let it go.
    DISMISSED = "desestimado"


STATE_NAMES = {
    State.PENDING: "Pendiente",
    State.IN_PROGRESS: "En curso",
    State.DELIVERED: "Entregado",
    State.FULFILLED: "Cumplido",
    State.DISMISSED: "Desestimado",
}
#: States in which something is still owed.
OPEN = frozenset({State.PENDING, State.IN_PROGRESS, State.DELIVERED})
#: States in which whoever owes it has to do something.
OWING = frozenset({State.PENDING, State.IN_PROGRESS})


class EntryKind(StrEnum):
    """What happened to a commitment."""

    MADE = "made"
    EDITED = "edited"
    PROGRESS = "progress"
    #: Whoever answers for it asks for another date; it moves once the other side grants it.
    ASKED = "asked"
    DECLINED = "declined"
    EXTENDED = "extended"
    DELIVERED = "delivered"
    FULFILLED = "fulfilled"
    #: The other side says that it is not done yet.
    RETURNED = "returned"
    DISMISSED = "dismissed"
    REOPENED = "reopened"


ENTRY_NAMES = {
    EntryKind.MADE: "Compromiso tomado",
    EntryKind.EDITED: "Corregido",
    EntryKind.PROGRESS: "Avance informado",
    EntryKind.ASKED: "Prórroga solicitada",
    EntryKind.DECLINED: "Prórroga no concedida",
    EntryKind.EXTENDED: "Plazo reprogramado",
    EntryKind.DELIVERED: "Entregado",
    EntryKind.FULFILLED: "Cumplido",
    EntryKind.RETURNED: "Devuelto: falta algo",
    EntryKind.DISMISSED: "Desestimado",
    EntryKind.REOPENED: "Reabierto",
}
#: What a request for another date is answered by, or overtaken by.
ANSWERS = frozenset(
    {
        EntryKind.DECLINED,
        EntryKind.EXTENDED,
        EntryKind.DELIVERED,
        EntryKind.FULFILLED,
        EntryKind.DISMISSED,
    }
)

#: From which states each thing may happen, and to which state it leads; None: it stays as it is.
MOVES: dict[EntryKind, tuple[frozenset[State], State | None]] = {
    EntryKind.EDITED: (OPEN, None),
    EntryKind.PROGRESS: (OWING, State.IN_PROGRESS),
    EntryKind.ASKED: (OWING, None),
    EntryKind.DECLINED: (OWING, None),
    EntryKind.EXTENDED: (OWING, None),
    EntryKind.DELIVERED: (OWING, State.DELIVERED),
    EntryKind.FULFILLED: (OPEN, State.FULFILLED),
    EntryKind.RETURNED: (frozenset({State.DELIVERED}), State.IN_PROGRESS),
    EntryKind.DISMISSED: (OPEN, State.DISMISSED),
    EntryKind.REOPENED: (frozenset({State.FULFILLED, State.DISMISSED}), State.IN_PROGRESS),
}


@dataclass(frozen=True, slots=True)
class Fields:
    """What a commitment says: what is owed, by whom to whom, by when, and what will show it."""

    action: str
    party_id: int
    owed_to_id: int
    person_id: int | None
    due_on: date
    verification: str = ""
    reserved_for_id: int | None = None


def may(state: State, kind: EntryKind) -> bool:
    """Return whether something may happen to a commitment in this state."""
    return kind in MOVES and state in MOVES[kind][0]


def after(state: State, kind: EntryKind) -> State:
    """Return the state that something leads to from a state in which it may happen."""
    return (MOVES[kind][1] if kind in MOVES else None) or state


def number_of(year: int, meeting: int, count: int, *, reserved: bool = False) -> str:
    """Return `C-2026-03-02`, or `C-2026-03-R01` of one that a side keeps to itself."""
    return f"C-{year}-{meeting:02}-{'R' if reserved else ''}{count:02}"


def is_overdue(state: State, due_on: date, today: date) -> bool:
    """Return whether a commitment is «vencido»: its date is past and it was not delivered."""
    return state in OWING and due_on < today


def is_rescheduled(state: State, extensions: int) -> bool:
    """Return whether an open commitment is «reprogramado»: its date was moved."""
    return state in OPEN and extensions > 0


def standing(state: State, *, due_on: date, extensions: int, today: date) -> str:
    """Return the one word that says how a commitment stands, the most pressing first."""
    if is_overdue(state, due_on, today):
        return "Vencido"
    if state in OWING and is_rescheduled(state, extensions):
        return "Reprogramado"
    return STATE_NAMES[state]
