"""When a commitment is spoken of: before its date, on it, and after it ever more rarely."""

from collections.abc import Callable, Iterator
from datetime import date, time, timedelta
from enum import StrEnum

#: Calendar days from the due date; after the last one, again every month.
BEFORE = (-7, -1)
AFTER = (1, 3, 7, 14, 30)
MONTH = 30
#: Nobody is written to about a commitment that is this old: the table speaks of it.
LAST = 720
#: Mails go out in these hours, on working days, by the clocks of Santiago.
OPENS, CLOSES = time(9), time(18)

IsWorkingDay = Callable[[date], bool]


class Notice(StrEnum):
    """What a reminder says; each has texts of its own."""

    DUE_SOON = "due_soon"
    DUE_TODAY = "due_today"
    OVERDUE = "overdue"
    ESCALATED = "escalated"


def offsets() -> Iterator[int]:
    """Yield the days from the due date on which whoever owes it is reminded, in order."""
    yield from BEFORE
    yield 0
    yield from AFTER
    yield from range(2 * MONTH, LAST + 1, MONTH)


def escalations(escalation_days: int) -> Iterator[int]:
    """Yield the days after the due date on which the head hears of it: once, then each month."""
    yield escalation_days
    yield from (days for days in range(MONTH, LAST + 1, MONTH) if days > escalation_days)


def falls_on(due_on: date, offset: int, is_working_day: IsWorkingDay) -> date:
    """Return the working day on which a reminder goes out: the day itself, or the next one."""
    found = due_on + timedelta(days=offset)
    while not is_working_day(found):
        found += timedelta(days=1)
    return found


def current(
    due_on: date,
    planned: Iterator[int],
    *,
    since: date,
    today: date,
    is_working_day: IsWorkingDay,
) -> int | None:
    """Return which of the planned reminders stands today, or None.

    It is the latest whose day has come. Those whose day was before `since`, when the date was set,
    never stood; one that nobody sent on its day may still go until the next one takes its place.
    """
    latest = None
    for offset in planned:
        day = falls_on(due_on, offset, is_working_day)
        if day > today:
            break
        if day > since:
            latest = offset
    return latest


def notice_of(due_on: date, today: date) -> Notice:
    """Return what a reminder says on the day that it goes out."""
    if today < due_on:
        return Notice.DUE_SOON
    return Notice.DUE_TODAY if today == due_on else Notice.OVERDUE


def is_open(at: time, today: date, is_working_day: IsWorkingDay) -> bool:
    """Return whether mails about commitments go out at an hour of a day."""
    return OPENS <= at < CLOSES and is_working_day(today)
