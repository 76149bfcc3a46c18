"""When the talks of the demonstration take place: on good days, whatever day it is loaded.

A good day is a working day outside the periods in which few people come. What is over moves back
to one and what is ahead moves forward, so that a talk that was held stays held and one that is next
week is never tomorrow's holiday; their order stays.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from coopoutreach.platform.core import calendar

_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True, order=True)
class Place:
    """Where a talk stands in the season: weeks from this one's Monday, weekday, and the region."""

    week: int
    #: 0 is Monday.
    weekday: int
    region: str | None


def days(places: Iterable[Place], today: date) -> dict[Place, date]:
    """Return the day of each place, for who loads the demonstration `today`.

    Places of an earlier week are before today, the others after it. Two places that were on
    different days stay on different days.
    """
    monday = today - timedelta(days=today.weekday())
    planned = {place: monday + timedelta(weeks=place.week, days=place.weekday) for place in places}
    over = sorted((p for p in planned if p.week < 0), key=planned.__getitem__, reverse=True)
    ahead = sorted((p for p in planned if p.week >= 0), key=planned.__getitem__)
    return {**_placed(over, planned, -_DAY), **_placed(ahead, planned, _DAY)}


def due_by(day: date) -> date:
    """Return the last working day until `day`: nothing falls due on a holiday."""
    while not calendar.is_working_day(day):
        day -= _DAY
    return day


def _placed(
    places: Iterable[Place], planned: dict[Place, date], step: timedelta
) -> dict[Place, date]:
    """Give each a good day, those nearest to today first, away from today."""
    found: dict[Place, date] = {}
    before: Place | None = None
    for place in places:
        day = planned[place]
        if before is not None and planned[before] == day:
            day = found[before]
        elif before is not None and (day - found[before]) * step.days <= timedelta():
            day = found[before] + step
        while not _is_good(day, place.region):
            day += step
        found[place], before = day, place
    return found


def _is_good(day: date, region: str | None) -> bool:
    return calendar.is_working_day(day, region=region) and not calendar.avoided_period(day)
