"""What the address of a public page asks for, as values from our own lists; the rest is dropped."""

import re
from collections.abc import Mapping
from datetime import date

from coopoutreach.events.rules import Modality
from coopoutreach.pages.site.rules import MONTHS_AHEAD, MONTHS_BACK, Filters, View, month_start
from coopoutreach.people.directory import places
from coopoutreach.platform.core.text import clean_line
from coopoutreach.talks.talks.rules import Format

LONGEST_SEARCH = 100
#: Nobody turns that many pages; more would be an address made up.
LAST_PAGE = 500
_MONTH = re.compile(r"(20\d\d)-(0[1-9]|1[0-2])")


def filters_from(args: Mapping[str, str], *, today: date) -> Filters:
    """Return what the list of talks is narrowed to."""
    return Filters(
        region=region_from(args),
        format=_one_of(args.get("formato"), {item.value for item in Format}),
        modality=_one_of(args.get("modalidad"), {item.value for item in Modality}),
        topic=_number(args.get("tema"), most=99_999),
        month=month_from(args, today=today),
        past=args.get("cuando") == "pasadas",
        text=clean_line(args.get("q", "")[: LONGEST_SEARCH * 4])[:LONGEST_SEARCH],
        page=_number(args.get("pagina"), most=LAST_PAGE) or 1,
    )


def region_from(args: Mapping[str, str]) -> str:
    """Return the code of the region that was asked for, or nothing."""
    found = places.region(args.get("region", ""))
    return found.cut if found else ""


def month_from(args: Mapping[str, str], *, today: date) -> date | None:
    """Return the first day of the month that was asked for, if the calendar reaches it."""
    said = _MONTH.fullmatch(args.get("mes", ""))
    if not said:
        return None
    month = date(int(said[1]), int(said[2]), 1)
    first, last = month_start(today, months=-MONTHS_BACK), month_start(today, months=MONTHS_AHEAD)
    return month if first <= month <= last else None


def view_from(args: Mapping[str, str]) -> View:
    """Return how the calendar is to be shown: by month unless an agenda was asked for."""
    return View.AGENDA if args.get("vista") == View.AGENDA else View.MONTH


def _one_of(said: str | None, allowed: set[str]) -> str:
    return said if said in allowed else ""


def _number(said: str | None, *, most: int) -> int:
    # `isdigit` alone would let superscripts through, which `int` refuses.
    if said and said.isascii() and said.isdigit() and len(said) <= len(str(most)):
        return min(int(said), most)
    return 0
