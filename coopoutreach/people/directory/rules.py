"""What organisations and people are, decided from values alone."""

from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from typing import Self


class Kind(StrEnum):
    """What an organisation is."""

    COOPERATIVE = "cooperative"
    INSTITUTION = "institution"
    UNIT = "unit"


class Level(StrEnum):
    """The development level of a cooperative; `docs` and the interface say «nivel»."""

    INITIAL = "inicial"
    DEVELOPING = "en_desarrollo"
    CONSOLIDATED = "consolidada"


#: What the interface calls each level.
LEVEL_NAMES: dict[Level, str] = {
    Level.INITIAL: "Inicial",
    Level.DEVELOPING: "En desarrollo",
    Level.CONSOLIDATED: "Consolidada",
}


class Supervisor(StrEnum):
    """Who supervises a cooperative."""

    DAES = "DAES"
    CMF = "CMF"


class Access(StrEnum):
    """What a post lets a person do for the organisation."""

    NONE = "none"
    REGISTRAR = "registrar"
    MANAGER = "manager"
    COUNTERPART = "counterpart"


#: What the interface calls each kind of access.
ACCESS_NAMES: dict[Access, str] = {
    Access.NONE: "Sin acceso",
    Access.REGISTRAR: "Inscribe personas",
    Access.MANAGER: "Gestiona la cooperativa",
    Access.COUNTERPART: "Contraparte",
}

#: What a post may let a person do, by what the organisation is.
ACCESS_OF_KIND: dict[Kind, tuple[Access, ...]] = {
    Kind.COOPERATIVE: (Access.NONE, Access.REGISTRAR, Access.MANAGER),
    Kind.INSTITUTION: (Access.NONE, Access.COUNTERPART),
    Kind.UNIT: (Access.NONE, Access.COUNTERPART),
}


@dataclass(frozen=True, slots=True)
class Member:
    """A person and their post, as somebody writes them down."""

    name: str
    email: str
    phone: str
    post: str
    since: date | None


#: What the post is called of somebody who stands in for another.
DEPUTY = "Suplencia"


@dataclass(frozen=True, slots=True)
class Period:
    """From one day to another, both counted."""

    since: date
    until: date


#: How many organisations a page of a list holds.
PAGE_LENGTH = 50


class Sort(StrEnum):
    """What a list of cooperatives can be sorted by; the values are those of the address."""

    NAME = "nombre"
    REGION = "region"
    LEVEL = "nivel"
    SUPERVISOR = "fiscalizador"


@dataclass(frozen=True, slots=True)
class Filters:
    """What the list of cooperatives is narrowed to; an empty value leaves that open."""

    text: str = ""
    region: str = ""
    #: A `Level`, or `NO_LEVEL` for those that have none.
    level: str = ""
    supervisor: str = ""
    inactive: bool = False
    sort: Sort = Sort.NAME
    descending: bool = False
    page: int = 1

    def parameters(self) -> dict[str, str]:
        """Return the parameters of the address that asks for this, in one order."""
        said = {
            "q": self.text,
            "region": self.region,
            "nivel": self.level,
            "fiscalizador": self.supervisor,
            "inactivas": "1" if self.inactive else "",
            "orden": self.sort.value if self.sort is not Sort.NAME else "",
            "descendente": "1" if self.descending else "",
            "pagina": str(self.page) if self.page > 1 else "",
        }
        return {name: value for name, value in said.items() if value}

    def narrowing(self) -> dict[str, Self]:
        """Return what narrows the list, each with the filters that are left without it."""
        first = replace(self, page=1)
        without = {
            "text": replace(first, text=""),
            "region": replace(first, region=""),
            "level": replace(first, level=""),
            "supervisor": replace(first, supervisor=""),
            "inactive": replace(first, inactive=False),
        }
        return {name: left for name, left in without.items() if getattr(self, name)}


#: The value of the filter for cooperatives without a level.
NO_LEVEL = "sin_nivel"


def pages(total: int) -> int:
    """Return how many pages a list of `total` organisations has: at least one."""
    return max(1, -(-total // PAGE_LENGTH))


class Link(StrEnum):
    """What of a cooperative's chain the directory knows."""

    CREATED = "created"
    PEOPLE = "people"
    LEVEL = "level"


def chain(*, has_people: bool, has_level: bool) -> list[tuple[Link, str]]:
    """Return the links of the chain in order, each `done`, `current` (the next one) or `todo`."""
    done = {Link.CREATED: True, Link.PEOPLE: has_people, Link.LEVEL: has_level}
    missing = [link for link in Link if not done[link]]
    return [
        (link, "done" if done[link] else "current" if link is missing[0] else "todo")
        for link in Link
    ]
