"""Zones that a message defines itself, under a name that no list has: Outlook's own, or Lotus'.

Only what such a definition needs is read: offsets, and a rule of the kind «second Saturday of
September». Nothing of it is kept for the next message.
"""

import calendar
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, timezone
from typing import Final

_OFFSET = re.compile(r"([+-])(\d{2})(\d{2})(\d{2})?")
_BY_DAY = re.compile(r"([+-]?[1-5])?(MO|TU|WE|TH|FR|SA|SU)")
_PLACE = re.compile(r"[+-]?[1-5]")
_DAYS: Final = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
_MONTHS: Final = 12
#: Offsets of real zones lie within this.
_FURTHEST = timedelta(hours=15)


@dataclass(slots=True)
class _Part:
    """A part of the year: since when it holds, the offset, and by which rule it comes again."""

    starts: datetime | None = None
    offset: timedelta | None = None
    month: int = 0
    nth: int = 0
    weekday: int = 0


@dataclass(frozen=True, slots=True)
class OwnZone:
    """A zone as a message defines it."""

    name: str
    #: The name of the same zone in the list that everybody has, if the message tells it.
    known_as: str
    parts: tuple[_Part, ...]

    def at(self, wall: datetime) -> datetime | None:
        """Return what stands on the clocks there as an aware moment; None if nothing tells."""
        known = [(part, part.offset) for part in self.parts if part.offset is not None]
        if not known:
            return None
        begun = [
            (onset, offset)
            for part, offset in known
            for onset in _onsets(part, wall)
            if onset <= wall
        ]
        offset = max(begun)[1] if begun else known[0][1]
        return wall.replace(tzinfo=timezone(offset))


def read(zones: Iterable[Sequence[str]]) -> dict[str, OwnZone]:
    """Return the zones that these lines define, by their names in lower case."""
    found = (_zone(lines) for lines in zones)
    return {zone.name: zone for zone in found if zone.name}


def _zone(lines: Sequence[str]) -> OwnZone:
    name = known_as = ""
    parts: list[_Part] = []
    part: _Part | None = None
    for line in lines:
        key, _, value = line.partition(":")
        key, value = key.partition(";")[0].strip().upper(), value.strip()
        if key == "BEGIN":
            part = _Part()
            parts.append(part)
        elif key == "TZID":
            name = name or value.strip('"').lower()
        elif key in ("X-LIC-LOCATION", "TZID-ALIAS-OF"):
            known_as = known_as or value
        elif part is not None:
            _read_line(part, key, value)
    return OwnZone(name, known_as, tuple(parts))


def _read_line(part: _Part, key: str, value: str) -> None:
    if key == "TZOFFSETTO":
        part.offset = _offset(value)
    elif key == "DTSTART":
        try:
            part.starts = datetime.strptime(value[:15].upper(), "%Y%m%dT%H%M%S")  # noqa: DTZ007 (on the clocks there)
        except ValueError:
            part.starts = None
    elif key == "RRULE":
        _read_rule(part, value.upper())


def _offset(value: str) -> timedelta | None:
    matched = _OFFSET.match(value)
    if matched is None:
        return None
    length = timedelta(hours=int(matched[2]), minutes=int(matched[3]))
    return (-length if matched[1] == "-" else length) if length <= _FURTHEST else None


def _read_rule(part: _Part, value: str) -> None:
    told = dict(one.partition("=")[::2] for one in value.split(";"))
    month, days = told.get("BYMONTH", ""), _BY_DAY.fullmatch(told.get("BYDAY", ""))
    yearly = told.get("FREQ") == "YEARLY" and month.isascii() and month.isdigit()
    if yearly and days and 1 <= int(month[:3]) <= _MONTHS:
        place = days[1] or told.get("BYSETPOS", "1")
        nth = int(place) if _PLACE.fullmatch(place) else 1
        part.month, part.nth, part.weekday = int(month[:3]), nth, _DAYS.index(days[2])


def _onsets(part: _Part, wall: datetime) -> list[datetime]:
    """Return when a part began that year and the year before, or once and for all."""
    since = part.starts
    if not part.month or not part.nth:
        return [since or datetime.min]  # noqa: DTZ901 (on the clocks there)
    at = since.time() if since else time()
    days = [_nth_day(year, part) for year in (wall.year, wall.year - 1) if year >= 1]
    found = [datetime.combine(day, at) for day in days if day is not None]
    return [one for one in found if since is None or one >= since]


def _nth_day(year: int, part: _Part) -> date | None:
    last = calendar.monthrange(year, part.month)[1]
    days = [
        day
        for day in (date(year, part.month, number) for number in range(1, last + 1))
        if day.weekday() == part.weekday
    ]
    # The fifth is the last where there are but four: programs write 5 for «last».
    place = part.nth - 1 if part.nth > 0 else part.nth
    return days[min(place, len(days) - 1)] if place >= -len(days) else None
