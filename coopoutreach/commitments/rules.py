"""What a commitment is and where it may go, decided from values alone."""

from enum import StrEnum


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


#: States in which something is still owed.
OPEN = frozenset({State.PENDING, State.IN_PROGRESS, State.DELIVERED})


class EntryKind(StrEnum):
    """What happened to a commitment."""

    MADE = "made"
    EDITED = "edited"
    PROGRESS = "progress"
    EXTENDED = "extended"
    DELIVERED = "delivered"
    FULFILLED = "fulfilled"
    #: The other side says that it is not done yet.
    RETURNED = "returned"
    DISMISSED = "dismissed"
    REOPENED = "reopened"
