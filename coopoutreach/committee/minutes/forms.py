"""What people type about minutes, beside their text."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date

from coopoutreach.committee.minutes.values import Owed
from coopoutreach.platform.core.moments import read_day
from coopoutreach.platform.core.text import clean_line, clean_text

_BAD_DAY = "Escriba una fecha que exista, como 15-12-2026."


@dataclass(slots=True)
class OwedForm:
    """A commitment as it was typed, on one line: what, who, by when, how it will show."""

    action: str = ""
    who: str = ""
    due_on: str = ""
    verification: str = ""
    owed_to: str = ""
    errors: dict[str, str] = field(default_factory=dict)

    @classmethod
    def read(cls, given: Mapping[str, str]) -> "OwedForm":
        """Return what was typed."""
        return cls(
            action=clean_line(given.get("action", "")),
            who=given.get("who", ""),
            due_on=given.get("due_on", "").strip(),
            verification=clean_line(given.get("verification", "")),
            owed_to=given.get("owed_to", ""),
        )

    def owed(
        self,
        people: Mapping[str, tuple[int, int | None]],
        parties: Mapping[str, int],
        *,
        today: date,
    ) -> Owed | None:
        """Return what it means; None, with a sentence for each error, if it cannot be read.

        `people` says of each choice which institution and which person it is; where a table has
        two institutions, what one owes it owes the other.
        """
        party_id, person_id = people.get(self.who, (0, None))
        others = [number for number in parties.values() if number != party_id]
        owed_to = others[0] if len(others) == 1 else parties.get(self.owed_to)
        due_on = read_day(self.due_on)
        if not any(char.isalnum() for char in self.action):
            self.errors["action"] = "Escriba a qué se compromete."
        if not party_id:
            self.errors["who"] = "Elija quién responde."
        if due_on is None:
            self.errors["due_on"] = _BAD_DAY
        elif due_on < today:
            self.errors["due_on"] = "El plazo no puede haber pasado."
        if owed_to is None and party_id:
            self.errors["owed_to"] = "Elija a quién se le debe."
        if self.errors or due_on is None or owed_to is None:
            return None
        return Owed(self.action, party_id, owed_to, person_id, due_on, self.verification)


@dataclass(slots=True)
class WordsForm:
    """Some words that may not be missing."""

    text: str = ""
    errors: dict[str, str] = field(default_factory=dict)

    @classmethod
    def read(cls, given: Mapping[str, str], name: str = "text") -> "WordsForm":
        """Return what was typed."""
        return cls(text=clean_text(given.get(name, "")))


def read_term(given: str) -> tuple[date | None, str]:
    """Return the last day of a review as typed, and what is wrong with it; empty: the usual one."""
    given = given.strip()
    if not given:
        return None, ""
    day = read_day(given)
    return day, "" if day is not None else _BAD_DAY


def choice_of(given: str, choices: Iterable[tuple[str, int]]) -> int | None:
    """Return the number that a choice stands for; None for the empty one."""
    return dict(choices).get(given)
