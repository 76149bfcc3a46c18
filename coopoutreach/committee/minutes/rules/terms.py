"""How long institutions have to look at minutes: in working days."""

from datetime import date, timedelta

from coopoutreach.platform.core.calendar import is_working_day


def last_day(sent_on: date, working_days: int) -> date:
    """Return the last of so many working days after `sent_on`: 23-12-2026 and 5 is 31-12-2026."""
    return _stepped(sent_on, working_days, timedelta(days=1))


def days_before(day: date, working_days: int) -> date:
    """Return the working day that is so many before `day`."""
    return _stepped(day, working_days, timedelta(days=-1))


def _stepped(day: date, count: int, step: timedelta) -> date:
    for _ in range(count):
        day += step
        while not is_working_day(day):
            day += step
    return day
