"""What many people answered to a question, in figures."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from coopoutreach.platform.core import spanish
from coopoutreach.talks.questions import rules
from coopoutreach.talks.questions.rules import NO, YES, Asked, Kind, Value


@dataclass(frozen=True, slots=True)
class Summary:
    """How many answered, how many each thing, and the figures of numbers."""

    answered: int
    #: Each thing that was or could be answered, with how many did; empty for what is written.
    counts: tuple[tuple[str, int], ...] = ()
    #: Names and values: sum, average, least and most.
    figures: tuple[tuple[str, str], ...] = ()


def summarise(question: Asked, answers: Iterable[Value]) -> Summary:
    """Return what was answered to a question; an option that is offered no more still counts."""
    given = list(answers)
    if question.kind is Kind.NUMBER:
        numbers = [value for value in given if isinstance(value, int | float)]
        return Summary(len(given), figures=_figures(numbers))
    if question.kind in rules.WRITTEN:
        return Summary(len(given))
    found = Counter(part for value in given for part in _parts(value))
    offered = [value for value, _ in question.choices] if question.kind is not Kind.DATE else []
    order = [*offered, *sorted(found.keys() - set(offered))]
    return Summary(len(given), tuple((_label(question, value), found[value]) for value in order))


def _parts(value: Value) -> list[str]:
    if isinstance(value, bool):
        return [YES if value else NO]
    return value if isinstance(value, list) else [str(value)]


def _label(question: Asked, value: str) -> str:
    return dict(question.choices).get(value) or rules.words_of(question, value)


def _figures(numbers: list[int | float]) -> tuple[tuple[str, str], ...]:
    if not numbers:
        return ()
    average = round(sum(numbers) / len(numbers), 1)
    return (
        ("Suma", rules.words(sum(numbers))),
        ("Promedio", spanish.decimal(average, 1)),
        ("Menor", rules.words(min(numbers))),
        ("Mayor", rules.words(max(numbers))),
    )
