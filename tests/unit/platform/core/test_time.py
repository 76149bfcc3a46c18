import json
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from coopoutreach.platform.core import time as civil
from coopoutreach.platform.core.time import Existence

VECTORS = json.loads((Path(__file__).parents[3] / "data" / "locale_vectors.json").read_text())


@pytest.mark.parametrize(
    ("wall", "zone", "existence"),
    [
        (datetime(2026, 12, 15, 10, 0), "America/Santiago", Existence.ONCE),
        (datetime(2026, 9, 6, 0, 30), "America/Santiago", Existence.NEVER),
        (datetime(2026, 9, 5, 22, 30), "Pacific/Easter", Existence.NEVER),
        (datetime(2026, 4, 4, 23, 30), "America/Santiago", Existence.TWICE),
        (datetime(2026, 9, 6, 0, 30), "America/Punta_Arenas", Existence.ONCE),
        (datetime(2026, 9, 6, 0, 30), "America/Coyhaique", Existence.ONCE),
    ],
)
def test_ti_01_a_wall_time_occurs_once_never_or_twice(wall, zone, existence):
    assert civil.existence(wall, zone) is existence


def test_of_two_equal_wall_times_the_fold_says_which():
    wall = datetime(2026, 4, 4, 23, 30)
    assert civil.moment(wall, "America/Santiago") == datetime(2026, 4, 5, 2, 30, tzinfo=UTC)
    assert civil.moment(wall, "America/Santiago", fold=1) == datetime(2026, 4, 5, 3, 30, tzinfo=UTC)


def test_seven_days_before_is_the_same_wall_time_across_a_change_of_clocks():
    # The talk is at 10:00 on -03, the reminder at 10:00 on -04.
    due = civil.days_before(datetime(2026, 9, 10, 10, 0), "America/Santiago", 7)
    assert due == datetime(2026, 9, 3, 14, 0, tzinfo=UTC)


def test_a_reminder_in_the_hour_that_does_not_exist_is_due_when_the_clock_jumps():
    due = civil.days_before(datetime(2026, 9, 7, 0, 30), "America/Santiago", 1)
    assert due == datetime(2026, 9, 6, 4, 30, tzinfo=UTC)


def test_coyhaique_is_three_hours_behind_all_year():
    winter = civil.moment(datetime(2026, 7, 1, 10, 0), "America/Coyhaique")
    assert winter == datetime(2026, 7, 1, 13, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("day", "good"),
    [
        (date(2026, 12, 15), True),
        (date(2031, 11, 1), True),
        (date(9999, 1, 1), False),
        (date(2020, 1, 1), False),
    ],
)
def test_ti_02_events_are_planned_within_reach(day, good):
    assert civil.in_range(day, today=date(2026, 11, 24)) is good
