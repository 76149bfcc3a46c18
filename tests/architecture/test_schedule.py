"""What must hold of every scheduled job."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from coopoutreach.schedule import JOBS

SANTIAGO = ZoneInfo("America/Santiago")
#: Chile changes its clocks at midnight: one of these hours happens twice or not at all.
CHANGING = {23, 0}
SELDOM = 4


def fire_times(trigger, day):
    """Return when a trigger fires within a day, up to more often than seldom."""
    start = datetime(day.year, day.month, day.day, tzinfo=SANTIAGO)
    found, previous, now = [], None, start
    while len(found) <= SELDOM:
        previous = trigger.get_next_fire_time(previous, now)
        if previous is None or previous >= start + timedelta(days=1):
            break
        found.append(previous)
        now = previous + timedelta(microseconds=1)
    return found


def test_every_job_runs_a_plain_function_of_a_feature():
    for job in JOBS:
        assert ".jobs" in job.run.__module__, job.name
        assert job.run.__doc__, f"{job.name} must say what it is for"


def test_no_two_jobs_share_a_name():
    names = [job.name for job in JOBS]
    assert len(names) == len(set(names))


def test_no_job_is_set_inside_an_hour_that_a_clock_change_repeats_or_skips():
    for job in JOBS:
        # A day in summer and one in winter.
        for day in (datetime(2026, 3, 4), datetime(2026, 7, 1)):
            times = fire_times(job.trigger, day)
            if len(times) <= SELDOM:
                hours = {at.astimezone(SANTIAGO).hour for at in times}
                assert not hours & CHANGING, job.name
