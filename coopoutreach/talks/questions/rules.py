"""Kinds of question, which of them are asked of whom, and whether an answer is one."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from enum import StrEnum

from coopoutreach.platform.core import spanish, text
from coopoutreach.talks.consents import rules as consents
from coopoutreach.talks.consents.rules import Purpose, Source, Wording

#: What an answer is: text, a number, a date as text, true or false, or a list of what was chosen.
Value = str | bool | int | float | list[str]

LONGEST_QUESTION = 140
LONGEST_OPTION = 80
LONGEST_LINE = 200
LONGEST_PARAGRAPH = 1000
MOST_OPTIONS = 20
MOST_QUESTIONS = 20
YES, NO = "yes", "no"
#: Answers about needs are kept so long after the talk: its last bills are paid by then.
NEEDS_LAST = timedelta(days=30)


class Kind(StrEnum):
    """How a question is answered."""

    TEXT = "text"
    PARAGRAPH = "paragraph"
    ONE = "one"
    SEVERAL = "several"
    YES_NO = "yes-no"
    NUMBER = "number"
    DATE = "date"


class Audience(StrEnum):
    """Who sees the answers besides who gave them: the coordination always does."""

    COORDINATION = "coordination"
    #: And the person's own cooperative.
    COOPERATIVE = "cooperative"


class Need(StrEnum):
    """Questions whose answers tell of somebody's health or beliefs: asked and kept with care."""

    NONE = "none"
    DIETARY = "dietary"
    ACCESS = "access"


KIND_NAMES = {
    Kind.TEXT: "Texto corto",
    Kind.PARAGRAPH: "Párrafo",
    Kind.ONE: "Una opción",
    Kind.SEVERAL: "Varias opciones",
    Kind.YES_NO: "Sí o no",
    Kind.NUMBER: "Número",
    Kind.DATE: "Fecha",
}
#: Kinds whose answer is among options that the coordination writes.
OF_OPTIONS = frozenset({Kind.ONE, Kind.SEVERAL})
#: Kinds on whose answer another question may depend.
DECIDING = OF_OPTIONS | {Kind.YES_NO}
#: Kinds whose answers are read one by one.
WRITTEN = frozenset({Kind.TEXT, Kind.PARAGRAPH})
#: What somebody must agree to before an answer about a need is kept.
PURPOSE_OF = {Need.DIETARY: Purpose.DIETARY, Need.ACCESS: Purpose.ACCESS}
NEED_OF = {purpose: need for need, purpose in PURPOSE_OF.items()}
#: The questions about needs, ready to be asked: their name, and their hint.
PRESETS = {
    Need.DIETARY: ("Alimentación", "Alergias o lo que no come. Solo si quiere contarlo."),
    Need.ACCESS: (
        "Accesibilidad",
        "Lo que necesita para participar: rampa, intérprete de señas, letra grande.",
    ),
}


@dataclass(frozen=True, slots=True)
class Condition:
    """Asked only of who answered that question so; a choice is its text, yes and no their words."""

    question: str
    value: str


@dataclass(frozen=True, slots=True)
class Asked:
    """A question as a form asks it."""

    id: str
    key: int
    kind: Kind
    text: str
    hint: str = ""
    options: tuple[str, ...] = ()
    required: bool = False
    need: Need = Need.NONE
    condition: Condition | None = None
    #: Their own cooperative sees the answer as well: who answers reads so.
    is_shared: bool = False

    @property
    def field(self) -> str:
        """What the question's input is called, within one person's part of the form."""
        return f"q-{self.id}"

    @property
    def choices(self) -> list[tuple[str, str]]:
        """What can be chosen, as (value, words)."""
        if self.kind is Kind.YES_NO:
            return [(YES, "Sí"), (NO, "No")]
        return [(option, option) for option in self.options]


@dataclass(frozen=True, slots=True)
class Asking:
    """All that a talk asks of each person who registers."""

    questions: tuple[Asked, ...] = ()
    photos: bool = False

    def __bool__(self) -> bool:
        """Return whether it asks anything."""
        return bool(self.questions) or self.photos

    def says_when(self, question: Asked) -> str:
        """Return of whom a question is asked, in a sentence; nothing if of everybody."""
        condition = question.condition
        on = next((q for q in self.questions if condition and q.id == condition.question), None)
        if condition is None or on is None:
            return ""
        said = dict(on.choices).get(condition.value, condition.value)
        return f"Solo si en «{on.text}» responde «{said}»."

    @staticmethod
    def wording(purpose: str) -> Wording:
        """Return the words in which a consent is asked for."""
        return consents.in_force(Purpose(purpose))


@dataclass(frozen=True, slots=True)
class Given:
    """What one person answered, by question's key, and agreed to, by the words that they read."""

    answers: Mapping[int, Value] = field(default_factory=dict)
    agreed: Mapping[Purpose, str] = field(default_factory=dict)
    source: Source | None = None


def is_asked(question: Asked, answers: Mapping[str, Value]) -> bool:
    """Return whether a question is asked of who gave these answers, by question's id, before it."""
    condition = question.condition
    if condition is None:
        return True
    answer = answers.get(condition.question)
    if isinstance(answer, bool):
        return condition.value == (YES if answer else NO)
    return condition.value in answer if isinstance(answer, list) else condition.value == answer


def read(question: Asked, typed: Sequence[str]) -> Value | None:
    """Return what was answered, or None if nothing was.

    :raises ValueError: with a sentence for the reader, if that is no answer to this question
    """
    given = [part for part in typed if part.strip()]
    if not given:
        if question.required:
            raise ValueError(_MISSING.get(question.kind, "Responda esta pregunta."))
        return None
    return _READERS[question.kind](question, given)


_MISSING = {Kind.ONE: "Elija una opción.", Kind.SEVERAL: "Elija al menos una opción."}


def _chosen(question: Asked, given: Sequence[str]) -> list[str]:
    if any(option not in question.options for option in given):
        raise ValueError("Esa opción ya no está. Elija otra.")
    return [option for option in question.options if option in given]


def _short_enough(answer: str, longest: int) -> str:
    if not answer:
        raise ValueError("Escriba su respuesta con letras o números.")
    if len(answer) > longest:
        raise ValueError(f"Es muy largo: use a lo más {spanish.integer(longest)} caracteres.")
    return answer


_GROUPED = re.compile(r"-?\d{1,3}(?:\.\d{3}){1,3}(?:,\d{1,6})?")
_PLAIN = re.compile(r"-?\d{1,12}(?:[.,]\d{1,6})?")


def _number(given: str) -> int | float:
    """Read a number as it is written here: 1.234,5; a lone point before decimals will do too."""
    written = given.strip().replace(" ", "").replace("−", "-")
    if _GROUPED.fullmatch(written):
        written = written.replace(".", "")
    elif not _PLAIN.fullmatch(written):
        raise ValueError("Escriba un número, como 12 o 3,5.")
    number = float(written.replace(",", "."))
    return int(number) if number.is_integer() else number


def _date(given: str) -> date:
    for pattern in ("%Y-%m-%d", "%d-%m-%Y", "%d/%m/%Y"):
        try:
            found = datetime.strptime(given.strip(), pattern).date()  # noqa: DTZ007 (a civil date)
        except ValueError:
            continue
        if 1900 <= found.year <= 2200:  # noqa: PLR2004 (nobody means a day outside of these)
            return found
    raise ValueError("Escriba una fecha que exista, como 15-12-2026.")


def _yes_or_no(given: str) -> bool:
    if given not in {YES, NO}:
        raise ValueError("Elija Sí o No.")
    return given == YES


_READERS: dict[Kind, Callable[[Asked, Sequence[str]], Value]] = {
    Kind.TEXT: lambda _, given: _short_enough(text.clean_line(given[0]), LONGEST_LINE),
    Kind.PARAGRAPH: lambda _, given: _short_enough(text.clean_text(given[0]), LONGEST_PARAGRAPH),
    Kind.ONE: lambda question, given: _chosen(question, given[:1])[0],
    Kind.SEVERAL: _chosen,
    Kind.YES_NO: lambda _, given: _yes_or_no(given[0]),
    Kind.NUMBER: lambda _, given: _number(given[0]),
    Kind.DATE: lambda _, given: _date(given[0]).isoformat(),
}


def words(value: Value | None) -> str:
    """Return an answer as people read it."""
    if isinstance(value, bool):
        return "Sí" if value else "No"
    if isinstance(value, int):
        return spanish.integer(value)
    if isinstance(value, float):
        return spanish.decimal(value, 6).rstrip("0").rstrip(",")
    return ", ".join(value) if isinstance(value, list) else value or ""


def words_of(question: Asked, value: Value | None) -> str:
    """Return an answer to a question as people read it: a date in its usual order."""
    if question.kind is Kind.DATE and isinstance(value, str):
        return f"{date.fromisoformat(value):%d-%m-%Y}"
    return words(value)


def as_typed(value: Value) -> list[str]:
    """Return an answer as the inputs of a form hold it."""
    if isinstance(value, bool):
        return [YES if value else NO]
    if isinstance(value, list):
        return value
    return [value if isinstance(value, str) else words(value)]


def erase_needs_after(ends_at: datetime) -> datetime:
    """Return from when on a talk's answers about needs must be gone."""
    return ends_at + NEEDS_LAST
