from datetime import UTC, datetime, timedelta

import pytest

from coopoutreach.platform.scheduler.job import daily, every


@pytest.mark.parametrize("at", ["23:00", "23:30", "00:00", "00:30", "01:30"])
def test_no_hour_that_a_change_of_the_clocks_skips_or_repeats(at):
    with pytest.raises(ValueError, match="clocks"):
        daily(at=at)


@pytest.mark.parametrize(
    ("moment", "day"),
    [
        # Winter: UTC-4. Summer: UTC-3.
        (datetime(2026, 7, 1, 7, 9, tzinfo=UTC), None),
        (datetime(2026, 7, 1, 7, 10, tzinfo=UTC), "2026-07-01"),
        (datetime(2026, 12, 1, 6, 9, tzinfo=UTC), None),
        (datetime(2026, 12, 1, 6, 10, tzinfo=UTC), "2026-12-01"),
        (datetime(2026, 12, 2, 2, 59, tzinfo=UTC), "2026-12-01"),
    ],
)
def test_a_day_is_due_from_its_hour_in_santiago_on(moment, day):
    assert daily(at="03:10").day(moment) == day


@pytest.mark.parametrize(
    "night", [datetime(2026, 4, 4, tzinfo=UTC), datetime(2026, 9, 5, tzinfo=UTC)]
)
def test_over_a_change_of_the_clocks_each_day_is_due_once(night):
    when = daily(at="03:10")
    seen = [when.day(night + timedelta(minutes=minute)) for minute in range(0, 3 * 1440, 10)]
    days = list(dict.fromkeys(day for day in seen if day))
    assert days == sorted(days)
    assert len(days) in (3, 4)
    for day in days[1:-1]:
        first = seen.index(day)
        last = len(seen) - 1 - seen[::-1].index(day)
        assert set(seen[first : last + 1]) == {day}


def test_never_is_no_interval():
    with pytest.raises(ValueError, match="more than none"):
        every(seconds=0)
