"""Civil time: what a wall time means in a zone, whether it exists, and when it is elsewhere.

The wall time and its zone are the truth of an event; moments are derived by the rules of tzdata.
"""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum
from importlib.metadata import version
from zoneinfo import ZoneInfo

#: Events are planned from a year ago to five years ahead; beyond is a slip of the keyboard.
EARLIEST = timedelta(days=366)
LATEST = timedelta(days=5 * 366)


class Existence(StrEnum):
    """How often a wall time occurs in a zone."""

    ONCE = "once"
    #: The clock jumps over it.
    NEVER = "never"
    #: The clock goes back over it.
    TWICE = "twice"


@dataclass(frozen=True, slots=True)
class Resolved:
    """A wall time as a moment, and which of two equal ones is meant."""

    moment: datetime
    fold: int


def tzdata_version() -> str:
    """Return the version of the rules of time that moments are derived by."""
    return version("tzdata")


def existence(wall: datetime, zone: str) -> Existence:
    """Return whether `wall` occurs once, never or twice in `zone`."""
    tz = ZoneInfo(zone)
    early, late = wall.replace(tzinfo=tz, fold=0), wall.replace(tzinfo=tz, fold=1)
    if early.utcoffset() == late.utcoffset():
        return Existence.ONCE
    survives = early.astimezone(UTC).astimezone(tz).replace(tzinfo=None) == wall
    return Existence.TWICE if survives else Existence.NEVER


def moment(wall: datetime, zone: str, *, fold: int = 0) -> datetime:
    """Return the moment, in UTC, at which the clocks of `zone` show `wall`."""
    return wall.replace(tzinfo=ZoneInfo(zone), fold=fold).astimezone(UTC)


def wall_of(at: datetime, zone: str) -> datetime:
    """Return what the clocks of `zone` show at the moment `at`: a naive wall time."""
    return at.astimezone(ZoneInfo(zone)).replace(tzinfo=None)


def days_before(wall: datetime, zone: str, days: int) -> datetime:
    """Return the moment `days` calendar days before `wall`, at the same wall time.

    Where that wall time does not exist, the moment that the clocks jump to it is meant.
    """
    return moment(wall - timedelta(days=days), zone)


def in_range(day: date, *, today: date) -> bool:
    """Return whether an event may be planned for `day`."""
    return today - EARLIEST <= day <= today + LATEST
