from datetime import UTC, datetime, timedelta

import pytest

from coopoutreach.platform.limits.errors import TooOften
from coopoutreach.platform.limits.pace import Pace

NOW = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
ALLOWED = (3, 3600)


def fill(pace, key="a", *, now=NOW):
    for _ in range(3):
        pace.count(key, ALLOWED, now=now)


def test_a08_one_too_many_is_refused_and_passes_after_the_wait():
    pace = Pace()
    fill(pace)
    with pytest.raises(TooOften) as refused:
        pace.count("a", ALLOWED, now=NOW)
    pace.count("a", ALLOWED, now=NOW + timedelta(seconds=refused.value.retry_after))


def test_what_was_refused_does_not_count():
    pace = Pace()
    fill(pace)
    waits = set()
    for _ in range(5):
        with pytest.raises(TooOften) as refused:
            pace.count("a", ALLOWED, now=NOW)
        waits.add(refused.value.retry_after)
    assert len(waits) == 1


def test_the_window_before_fades():
    pace = Pace()
    fill(pace, now=NOW + timedelta(minutes=59))
    with pytest.raises(TooOften):
        pace.count("a", ALLOWED, now=NOW + timedelta(minutes=61))
    pace.count("a", ALLOWED, now=NOW + timedelta(minutes=100))


def test_longer_ago_is_forgotten():
    pace = Pace()
    fill(pace)
    fill(pace, now=NOW + timedelta(hours=2))


def test_keys_do_not_use_up_each_others():
    pace = Pace()
    fill(pace, "a")
    fill(pace, "b")


def test_memory_is_bounded():
    pace = Pace(most_keys=2)
    fill(pace, "a")
    for key in ("b", "c"):
        pace.count(key, ALLOWED, now=NOW)
    fill(pace, "a")
