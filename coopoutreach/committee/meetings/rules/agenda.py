"""The agenda («tabla») of a meeting: its order, its length, what is amiss before it goes out."""

import hashlib
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from coopoutreach.committee.meetings.rules.kinds import ItemKind

LONGEST_TITLE = 200
LONGEST_DETAIL = 4000
LONGEST_REASON = 500
#: A whole day.
MOST_MINUTES = 480
MOST_ITEMS = 40
MOST_FILES = 10
MOST_BYTES_OF_A_MEETING = 100 * 1024 * 1024

KIND_NAMES = {
    ItemKind.INFORMATIVE: "Informativo",
    ItemKind.TO_DECIDE: "Para decidir",
    ItemKind.FOLLOW_UP: "Seguimiento",
}


@dataclass(frozen=True, slots=True)
class Line:
    """What of an item people are told: they know the agenda if they know all its lines."""

    number: str
    title: str
    kind: ItemKind
    minutes: int
    presenter: str = ""
    detail: str = ""
    #: Names of its documents, and the digests of their bytes.
    files: tuple[tuple[str, str], ...] = ()


class Problem(StrEnum):
    """What is amiss with an agenda. It warns, and stops nobody."""

    EMPTY = "empty"
    TOO_LONG = "too-long"
    NOBODY = "nobody"
    NO_DOCUMENT = "no-document"


@dataclass(frozen=True, slots=True)
class Amiss:
    """A sentence about the agenda, and the item that it is about; "" of the whole."""

    problem: Problem
    sentence: str
    item: str = ""


def total(lines: Iterable[Line]) -> int:
    """Return how many minutes the items take together."""
    return sum(line.minutes for line in lines)


def warnings(lines: Sequence[Line], *, length: int) -> list[Amiss]:
    """Return what is amiss with an agenda of a meeting that lasts `length` minutes."""
    if not lines:
        return [Amiss(Problem.EMPTY, "La tabla no tiene puntos.")]
    found = []
    if total(lines) > length:
        found.append(
            Amiss(
                Problem.TOO_LONG,
                f"La tabla suma {total(lines)} minutos y la reunión dura {length}.",
            )
        )
    for line in lines:
        if not line.presenter:
            sentence = f"«{line.title}» no tiene quién lo presente."
            found.append(Amiss(Problem.NOBODY, sentence, line.number))
        if line.kind is ItemKind.TO_DECIDE and not line.files:
            sentence = f"«{line.title}» es para decidir y no tiene ningún documento."
            found.append(Amiss(Problem.NO_DOCUMENT, sentence, line.number))
    return found


def digest(lines: Sequence[Line]) -> str:
    """Return what tells two agendas apart: equal when all that people are told is equal."""
    said = [
        [line.title, line.kind.value, line.minutes, line.presenter, line.detail, line.files]
        for line in lines
    ]
    return hashlib.sha256(json.dumps(said, ensure_ascii=False).encode()).hexdigest()


def moved(order: Sequence[int], item: int, *, seen: frozenset[int], to: int) -> list[int]:
    """Return an order in which `item` stands at place `to`, from 0, of those that are `seen`.

    Items that whoever moves it may not see keep their places.
    """
    shown = [number for number in order if number in seen and number != item]
    at = max(0, min(to, len(shown)))
    shown.insert(at, item)
    rest = iter(shown)
    return [next(rest) if number in seen else number for number in order]
