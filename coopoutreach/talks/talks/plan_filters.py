"""What the list of talks is narrowed to and sorted by, and the address that asks for it."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import StrEnum

from coopoutreach.events.rules import EventState
from coopoutreach.platform.core import text

#: The states that the list is narrowed to; a talk that was moved is published all the same.
STATES = (EventState.DRAFT, EventState.PUBLISHED, EventState.CANCELLED, EventState.HELD)
PAGE_LENGTH = 25
LONGEST_SEARCH = 80
#: Nobody turns so many pages; an address that asks for more asks for the last.
LAST_PAGE = 9999


class When(StrEnum):
    """Which talks by their time."""

    AHEAD = "proximas"
    PAST = "anteriores"


class PlanSort(StrEnum):
    """What the list is sorted by."""

    DATE = "fecha"
    TITLE = "titulo"
    STATE = "estado"


@dataclass(frozen=True, slots=True)
class PlanFilters:
    """What the list of talks is narrowed to; an empty value leaves that open."""

    text: str = ""
    #: The public id of a plan.
    plan: str = ""
    state: str = ""
    when: When = When.AHEAD
    sort: PlanSort = PlanSort.DATE
    #: None: as is usual, what is next first, and of past ones the last.
    descending: bool | None = None
    page: int = 1

    @property
    def backwards(self) -> bool:
        """Return whether the list is sorted downwards."""
        if self.descending is not None:
            return self.descending
        return self.when is When.PAST and self.sort is PlanSort.DATE

    def parameters(self) -> dict[str, str]:
        """Return the parameters of the address that asks for this, in one order."""
        said = {
            "q": self.text,
            "plan": self.plan,
            "estado": self.state,
            "cuando": self.when.value if self.when is not When.AHEAD else "",
            "orden": self.sort.value if self.sort is not PlanSort.DATE else "",
            "descendente": "" if self.descending is None else str(int(self.descending)),
            "pagina": str(self.page) if self.page > 1 else "",
        }
        return {name: value for name, value in said.items() if value}

    def narrowing(self) -> dict[str, "PlanFilters"]:
        """Return, by the name of each filter that is on, the filters without it."""
        found = {}
        if self.text:
            found["text"] = replace(self, text="", page=1)
        if self.state:
            found["state"] = replace(self, state="", page=1)
        return found


def filters_from(args: Mapping[str, str], *, plans: set[str]) -> PlanFilters:
    """Return what an address asks for; what is not ours is dropped."""
    page, downwards = args.get("pagina", ""), args.get("descendente")
    return PlanFilters(
        text=text.clean_line(args.get("q", "")[: LONGEST_SEARCH * 4])[:LONGEST_SEARCH],
        plan=_one_of(args.get("plan"), plans),
        state=_one_of(args.get("estado"), set(STATES)),
        when=When(_one_of(args.get("cuando"), set(When)) or When.AHEAD),
        sort=PlanSort(_one_of(args.get("orden"), set(PlanSort)) or PlanSort.DATE),
        descending=downwards == "1" if downwards in ("0", "1") else None,
        page=max(1, min(int(page), LAST_PAGE)) if page.isascii() and page.isdigit() else 1,
    )


def pages(total: int) -> int:
    """Return how many pages a list of `total` talks has: at least one."""
    return max(1, -(-total // PAGE_LENGTH))


def _one_of(given: str | None, known: set[str]) -> str:
    return given if given is not None and given in known else ""
