"""Days and hours as people type them, each with its own sentence when it cannot be read."""

import re
from dataclasses import dataclass, field
from datetime import date, datetime, time

from coopoutreach.platform.core import time as civil


@dataclass(slots=True)
class Moment:
    """A day and an hour as they were typed, and what they mean."""

    day: date | None = None
    hour: time | None = None
    errors: dict[str, str] = field(default_factory=dict)

    @property
    def wall(self) -> datetime | None:
        """Return the wall time, if both parts could be read."""
        return datetime.combine(self.day, self.hour) if self.day and self.hour else None


def read_moment(given_day: str, given_hour: str, *, today: date, required: bool = True) -> Moment:
    """Read a day (2026-12-15 or 15-12-2026) and an hour (10:00), with a sentence for each error."""
    found = Moment()
    given_day, given_hour = given_day.strip(), given_hour.strip()
    if not given_day and not given_hour and not required:
        return found
    found.day = read_day(given_day)
    if found.day is None:
        found.errors["date"] = "Escriba una fecha que exista, como 15-12-2026."
    elif not civil.in_range(found.day, today=today):
        found.day = None
        found.errors["date"] = "La fecha debe estar entre un año atrás y cinco años adelante."
    found.hour = read_hour(given_hour)
    if found.hour is None:
        found.errors["time"] = "Escriba la hora en formato de 24 horas, como 10:00."
    return found


def read_day(given: str) -> date | None:
    """Return the day that was typed, as 2026-12-15 or 15-12-2026, or None."""
    for pattern in ("%Y-%m-%d", "%d-%m-%Y", "%d/%m/%Y"):
        try:
            return datetime.strptime(given, pattern).date()  # noqa: DTZ007 (a civil date has no zone)
        except ValueError:
            continue
    return None


def read_hour(given: str) -> time | None:
    """Return the hour that was typed, as 10:00 or 10.00, or None."""
    found = re.fullmatch(r"(\d{1,2})[:.](\d{2})(?::00)?(?: ?h)?", given)
    if not found or int(found[1]) > 23 or int(found[2]) > 59:  # noqa: PLR2004 (of a clock)
        return None
    return time(int(found[1]), int(found[2]))
