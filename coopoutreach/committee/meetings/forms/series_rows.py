"""The rows of the series editor, institutions and picked dates: to draw them, and to read them."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from coopoutreach.platform.core.moments import read_day
from coopoutreach.platform.web.rows import row, row_numbers

MOST_PARTIES = 6
MOST_PICKED = 24
PARTY_PARTS = ("institution", "quorum", "head")
MOST_QUORUM = 50


@dataclass(frozen=True, slots=True)
class PartyRow:
    """An institution as it was chosen; the head by their public id."""

    organisation_id: int
    quorum: int
    head: str


def party_rows(values: Mapping[str, str]) -> list[dict[str, str]]:
    """Return the rows of institutions to draw: those typed, two at least, and one to spare."""
    numbers = row_numbers(values, "parties", most=MOST_PARTIES)
    typed = [row(values, "parties", number, PARTY_PARTS) for number in numbers]
    empty = {"institution": "", "quorum": "1", "head": ""}
    rows = [given for given in typed if given != empty and any(given.values())]
    return [*rows, *[empty] * max(2 - len(rows), 1)][:MOST_PARTIES]


def read_parties(data: Mapping[str, str], institutions: Mapping[str, int]) -> list[PartyRow]:
    """Return the institutions that were chosen; `institutions`: ids by public id."""
    found = []
    for number in row_numbers(data, "parties", most=MOST_PARTIES):
        typed = row(data, "parties", number, PARTY_PARTS)
        if typed["institution"] in institutions:
            quorum = typed["quorum"].strip()
            seats = int(quorum) if quorum.isdecimal() and len(quorum) <= 3 else 0  # noqa: PLR2004 (digits)
            found.append(
                PartyRow(institutions[typed["institution"]], min(seats, MOST_QUORUM), typed["head"])
            )
    return found


def picked_rows(values: Mapping[str, str]) -> list[dict[str, str]]:
    """Return the rows of picked dates to draw: those typed, and some to spare."""
    numbers = row_numbers(values, "picked", most=MOST_PICKED)
    typed = [row(values, "picked", number, ("day",)) for number in numbers]
    rows = [given for given in typed if given["day"]]
    return [*rows, *[{"day": ""}] * max(4 - len(rows), 1)][:MOST_PICKED]


def read_picked(data: Mapping[str, str]) -> list[date]:
    """Return the dates that were picked, in order, each once."""
    return sorted({day for typed in _picked(data) if (day := read_day(typed)) is not None})


def has_bad_day(data: Mapping[str, str]) -> bool:
    """Return whether a date was typed that does not exist."""
    return any(read_day(typed) is None for typed in _picked(data))


def _picked(data: Mapping[str, str]) -> list[str]:
    numbers = row_numbers(data, "picked", most=MOST_PICKED)
    typed = (data.get(f"picked-{number}-day", "").strip() for number in numbers)
    return [day for day in typed if day]
