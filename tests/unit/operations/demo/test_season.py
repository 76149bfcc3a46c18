"""The season falls on good days, in its order, whatever day it is."""

from datetime import date, timedelta
from itertools import pairwise

import pytest

from coopoutreach.operations.demo import commands, season
from coopoutreach.platform.core import calendar

FIRST = date(2026, 1, 1)
PLACES = commands._places()  # noqa: SLF001 (the season that ships)


@pytest.mark.parametrize("year", range(2026, 2030))
def test_every_talk_has_a_good_day_on_its_side_of_today(year):
    for number in range(366):
        today = date(year, 1, 1) + timedelta(days=number)
        found = season.days(PLACES, today)
        for place, day in found.items():
            assert calendar.is_working_day(day, region=place.region), (today, place)
            assert not calendar.avoided_period(day), (today, place)
            assert day < today if place.week < 0 else day > today - timedelta(days=7)
        if today.weekday() < 5:
            assert all(day > today for place, day in found.items() if place.week > 0)


def test_the_order_stays_and_nothing_piles_up():
    for number in range(3 * 366):
        found = season.days(PLACES, FIRST + timedelta(days=number))
        in_order = sorted(found, key=lambda place: (place.week, place.weekday))
        for before, after in pairwise(in_order):
            same = (before.week, before.weekday) == (after.week, after.weekday)
            assert (found[before] == found[after]) is same or found[before] < found[after]


@pytest.mark.parametrize(
    ("day", "due"),
    [
        (date(2026, 12, 8), date(2026, 12, 7)),  # a holiday
        (date(2026, 12, 6), date(2026, 12, 4)),  # a Sunday
        (date(2027, 1, 1), date(2026, 12, 31)),
        (date(2026, 12, 9), date(2026, 12, 9)),
    ],
)
def test_what_is_owed_falls_due_on_a_working_day(day, due):
    assert season.due_by(day) == due


@pytest.mark.parametrize(
    ("today", "year"),
    [(date(2026, 12, 1), 2026), (date(2027, 2, 28), 2026), (date(2027, 3, 1), 2027)],
)
def test_the_plan_is_that_of_the_year_that_began_in_march(today, year):
    assert commands._plan_year(today) == year  # noqa: SLF001 (pure)
