"""Run tests at another day: `FAKE_NOW=2026-12-24T22:30 pytest` has it be then, in Santiago.

The clock goes on from there, here (time-machine) and in every process that a test starts
(libfaketime, told how far that is from the machine's own). Counts of seconds are left alone.
"""

import os
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
import time_machine

HOME = ZoneInfo("America/Santiago")
FAKETIME = sorted(Path("/usr/lib").glob("*/faketime/libfaketime.so.1"))
#: Moments at which a calendar or a clock does something of its own, by Santiago's wall.
MOMENTS = (
    "2026-12-24T10:00",
    "2026-12-24T22:30",  # in UTC it is Christmas already
    "2026-12-25T10:00",
    "2026-12-31T23:30",  # in UTC it is the next year already
    "2027-04-03T23:30",  # the hour that comes twice on the continent
    "2027-04-04T00:30",
    "2027-09-04T23:30",  # the hour before the one that never comes
    "2027-09-05T01:30",
    "2027-06-15T12:00",
    "2026-09-18T10:00",
    "2028-02-28T21:30",
    "2028-02-29T09:00",
    "2026-12-06T12:00",  # a Sunday
    "2036-02-29T12:00",
)
_ENVIRONMENT = ("LD_PRELOAD", "FAKETIME", "FAKETIME_DONT_FAKE_MONOTONIC")


def moment(wall: str) -> datetime:
    """Return the moment of `wall`, in ISO 8601: Santiago's unless it says otherwise."""
    given = datetime.fromisoformat(wall)
    return (given if given.tzinfo else given.replace(tzinfo=HOME)).astimezone(UTC)


@pytest.fixture(scope="session", autouse=True)
def _at_another_day() -> Iterator[None]:
    """Have it be what FAKE_NOW says for all tests, if it says something.

    :raises RuntimeError: without libfaketime, for half of it would be in two times at once
    """
    wall = os.environ.get("FAKE_NOW")
    if not wall:
        yield
        return
    if not FAKETIME:
        raise RuntimeError("FAKE_NOW needs libfaketime (Debian: apt install faketime).")
    ahead = moment(wall) - datetime.now(UTC)
    before = {name: os.environ.get(name) for name in _ENVIRONMENT}
    os.environ.update(_faked(ahead))
    try:
        with time_machine.travel(moment(wall), tick=True):
            yield
    finally:
        for name, value in before.items():
            if value is None:
                del os.environ[name]
            else:
                os.environ[name] = value


def _faked(ahead: timedelta) -> dict[str, str]:
    """Return the environment of a process whose clock is so far ahead of the machine's."""
    return {
        "LD_PRELOAD": str(FAKETIME[0]),
        "FAKETIME": f"{ahead.total_seconds():+.0f}",
        "FAKETIME_DONT_FAKE_MONOTONIC": "1",
    }


def own_offset(environment: dict[str, str]) -> int:
    """Return how many seconds the clock of who has `environment` is ahead of the machine's."""
    return int(environment.get("FAKETIME", "0"))
