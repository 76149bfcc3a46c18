"""What the public pages may be asked for, decided from values alone."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from typing import Any, Self
from urllib.parse import urlencode

#: How many talks a page of the list holds.
PAGE_LENGTH = 20
#: How many talks the home page shows.
HOME_LENGTH = 4
#: Months that the calendar goes back and ahead: beyond them there is nothing to see.
MONTHS_BACK = 24
MONTHS_AHEAD = 24


class View(StrEnum):
    """How the calendar is shown."""

    MONTH = "mes"
    AGENDA = "agenda"


@dataclass(frozen=True, slots=True)
class Filters:
    """What the list of talks is narrowed to; an empty value leaves that open."""

    region: str = ""
    format: str = ""
    modality: str = ""
    topic: int = 0
    month: date | None = None
    past: bool = False
    text: str = ""
    page: int = 1

    def parameters(self) -> dict[str, str]:
        """Return the parameters of the address that asks for this, in one order."""
        said = {
            "region": self.region,
            "formato": self.format,
            "modalidad": self.modality,
            "tema": str(self.topic or ""),
            "mes": f"{self.month:%Y-%m}" if self.month else "",
            "cuando": "pasadas" if self.past else "",
            "q": self.text,
            "pagina": str(self.page) if self.page > 1 else "",
        }
        return {name: value for name, value in said.items() if value}

    def on_page(self, page: int) -> Self:
        """Return the same filters on another page of the list."""
        return replace(self, page=page)

    def narrowing(self) -> Mapping[str, Self]:
        """Return what narrows the list, each with the filters that are left without it."""
        first = self.on_page(1)
        without = {
            "region": replace(first, region=""),
            "format": replace(first, format=""),
            "modality": replace(first, modality=""),
            "topic": replace(first, topic=0),
            "month": replace(first, month=None),
            "text": replace(first, text=""),
        }
        return {name: left for name, left in without.items() if getattr(self, name)}


def month_start(day: date, *, months: int = 0) -> date:
    """Return the first day of the month of `day`, `months` later or earlier."""
    number = day.year * 12 + day.month - 1 + months
    return date(number // 12, number % 12 + 1, 1)


def pages(total: int) -> int:
    """Return how many pages a list of `total` talks has: at least one."""
    return max(1, -(-total // PAGE_LENGTH))


@dataclass(frozen=True, slots=True)
class Shown:
    """What of the calendar is shown, and how."""

    view: View
    month: date
    region: str

    def url(self, **changes: Any) -> str:
        """Return the address of the calendar with some of it changed."""
        asked = {"vista": self.view.value, "mes": f"{self.month:%Y-%m}", "region": self.region}
        asked |= changes
        return "/calendario?" + urlencode({name: value for name, value in asked.items() if value})
