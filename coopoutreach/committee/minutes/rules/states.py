"""What minutes are and where they may go, decided from values alone."""

from collections.abc import Collection, Mapping
from enum import StrEnum


class State(StrEnum):
    """Where minutes («acta») stand (`DOMAIN.md` 3.2)."""

    DRAFT = "borrador"
    IN_REVIEW = "en_revision"
    OBSERVED = "observada"
    SIGNED_OFF = "visada"
    APPROVED = "aprobada"
    PUBLISHED = "publicada"


#: Where minutes may go from where they stand. What is not here is refused.
MOVES: dict[State, frozenset[State]] = {
    State.DRAFT: frozenset({State.IN_REVIEW}),
    State.IN_REVIEW: frozenset({State.OBSERVED, State.SIGNED_OFF, State.DRAFT}),
    State.OBSERVED: frozenset({State.IN_REVIEW}),
    State.SIGNED_OFF: frozenset({State.APPROVED, State.OBSERVED}),
    State.APPROVED: frozenset({State.PUBLISHED}),
    State.PUBLISHED: frozenset(),
}

#: States in which institutions look at one frozen text.
REVIEWED = frozenset({State.IN_REVIEW, State.SIGNED_OFF})
#: States in which the words may still change.
OPEN = frozenset({State.DRAFT, State.OBSERVED})
#: States in which nothing of it changes any more, by anybody.
LOCKED = frozenset({State.APPROVED, State.PUBLISHED})


def reached(
    state: State,
    parties: Collection[int],
    content: str,
    *,
    signed_off: Mapping[int, str],
    approved: Mapping[int, str],
) -> State:
    """Return where minutes stand once everybody's word is counted.

    Each mapping is of a party to the hash of the text that it meant: a word about another text
    than `content` counts for nothing, and without parties nothing is ever approved.
    """
    if state is State.IN_REVIEW and _all(parties, content, signed_off):
        state = State.SIGNED_OFF
    if state is State.SIGNED_OFF and _all(parties, content, approved):
        state = State.APPROVED
    return state


def _all(parties: Collection[int], content: str, given: Mapping[int, str]) -> bool:
    if not parties or not content:
        return False
    return all(given.get(party) == content for party in parties)


class PartKind(StrEnum):
    """What a part of the minutes is about (`DOMAIN.md` 3.1)."""

    PREVIOUS = "acta-anterior"
    FOLLOW_UP = "seguimiento"
    ITEM = "punto"
    OTHER = "varios"


class ApprovalKind(StrEnum):
    """What somebody did for their institution."""

    #: «Visación»: a preliminary sign-off, before approval.
    SIGN_OFF = "visacion"
    APPROVAL = "aprobacion"


class Method(StrEnum):
    """How somebody showed who they are when they signed."""

    SESSION = "session"
    LINK = "link"
    #: The PDF was signed elsewhere, and uploaded.
    UPLOAD = "upload"
    #: The table agreed that silence approves, and the period ended.
    SILENCE = "silence"
