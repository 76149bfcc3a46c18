"""What a line of `schedule.py` is made of."""

from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Protocol
from zoneinfo import ZoneInfo

from coopoutreach.platform.core.db import Database

#: The zone in which a daily job has its hour.
HOME = ZoneInfo("America/Santiago")
#: Chile's clocks change at midnight: of these hours one may not exist, or come twice.
_UNSAFE_FROM, _UNSAFE_UNTIL = time(23, 0), time(1, 30)
#: How often a daily job looks whether its hour has come.
_LOOK = timedelta(seconds=60)


class Run(Protocol):
    """The work of a job: find what is to be done in the database, do it, say how much it was."""

    def __call__(self, database: Database, now: datetime, /) -> int:
        """Do the work, and return how many things were dealt with."""


@dataclass(frozen=True, slots=True)
class Every:
    """Again and again, so many seconds after the last start."""

    interval: timedelta


@dataclass(frozen=True, slots=True)
class Daily:
    """Once a day, at or after a wall time of the federation."""

    at: time

    @property
    def interval(self) -> timedelta:
        """How often to look whether the hour has come."""
        return _LOOK

    def day(self, now: datetime) -> str | None:
        """Return the day whose run is due at `now`, or None before its hour."""
        here = now.astimezone(HOME)
        return here.date().isoformat() if here.time() >= self.at else None


@dataclass(frozen=True, slots=True)
class Job:
    """A function, and when it runs. It may run twice, late or never, and must not mind."""

    #: What it is called wherever its runs are kept, `messaging.deliver_due`: it never changes.
    name: str
    run: Run
    when: Every | Daily


def every(*, seconds: float) -> Every:
    """Run a job again and again.

    :raises ValueError: when that is not at all
    """
    if seconds <= 0:
        raise ValueError("A job runs every so many seconds, more than none.")
    return Every(timedelta(seconds=seconds))


def daily(*, at: str) -> Daily:
    """Run a job once a day at `HH:MM` in Santiago, or as soon after as a worker is there.

    :raises ValueError: for an hour that a change of Chile's clocks may skip or repeat
    """
    hour = time.fromisoformat(at)
    if hour >= _UNSAFE_FROM or hour <= _UNSAFE_UNTIL:
        raise ValueError(f"{at} falls into a change of Chile's clocks: 01:31 to 22:59 is safe.")
    return Daily(hour)
