"""The regions and comunas of Chile, and what time it is there.

The data come from `data/regions.json`, read when somebody first asks.
"""

import json
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files

from coopoutreach.platform.core.text import search_key

#: Every zone that Chile keeps, and what the interface calls it.
ZONES = (
    ("America/Santiago", "Santiago (Chile continental)"),
    ("America/Coyhaique", "Coyhaique (Aysén)"),
    ("America/Punta_Arenas", "Punta Arenas (Magallanes)"),
    ("Pacific/Easter", "Isla de Pascua"),
)


@dataclass(frozen=True, slots=True)
class Region:
    """A region: its code, its official and its everyday name, and the zone of most of it."""

    cut: str
    name: str
    short_name: str
    #: 1 is the northernmost.
    order: int
    zone: str
    #: The subdivision that the `holidays` package knows it by.
    holidays: str


@dataclass(frozen=True, slots=True)
class Comuna:
    """A comuna: its code, whose first two digits are its region's, its name and its zone."""

    cut: str
    name: str
    zone: str

    @property
    def region_cut(self) -> str:
        """Return the code of the region that it belongs to."""
        return self.cut[:2]


@dataclass(frozen=True, slots=True)
class _Chile:
    regions: dict[str, Region]
    comunas: dict[str, Comuna]
    comunas_by_region: dict[str, tuple[Comuna, ...]]


def regions() -> tuple[Region, ...]:
    """Return the regions from north to south."""
    return tuple(_chile().regions.values())


def region(cut: str) -> Region | None:
    """Return the region of a code, or None if there is none."""
    return _chile().regions.get(cut)


def comunas(region_cut: str) -> tuple[Comuna, ...]:
    """Return the comunas of a region by name; none if there is no such region."""
    return _chile().comunas_by_region.get(region_cut, ())


def comuna(cut: str) -> Comuna | None:
    """Return the comuna of a code, or None if there is none."""
    return _chile().comunas.get(cut)


def zone_of(comuna_cut: str) -> str:
    """Return the IANA zone that a comuna's clocks keep.

    :raises LookupError: if there is no such comuna
    """
    return _chile().comunas[comuna_cut].zone


def zones() -> list[tuple[str, str]]:
    """Return each zone with its name in the interface, the usual one first."""
    return list(ZONES)


@lru_cache(maxsize=1)
def _chile() -> _Chile:
    source = files("coopoutreach.people.directory") / "data" / "regions.json"
    given = json.loads(source.read_text("utf-8"))
    found = {row["cut"]: Region(**row) for row in given["regions"]}
    towns = [
        Comuna(row["cut"], row["name"], row.get("zone", found[row["cut"][:2]].zone))
        for row in given["comunas"]
    ]
    by_region = {
        cut: tuple(
            sorted(
                (town for town in towns if town.region_cut == cut),
                key=lambda town: search_key(town.name),
            )
        )
        for cut in found
    }
    return _Chile(found, {town.cut: town for town in towns}, by_region)
