"""The dates of a series: what its pattern gives, and where a holiday moves them.

Nothing here runs away: at most `MOST` dates, at most `LONGEST` ahead, whatever was asked for.
"""

from calendar import monthrange
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import islice

from coopoutreach.committee.meetings.rules.kinds import HolidayRule, Pattern

#: Two years of weekly meetings.
MOST = 104
LONGEST = timedelta(days=731)
#: The ordinal of the last weekday of a month.
LAST = 5
#: The most weeks, or months, from one meeting to the next.
LONGEST_INTERVAL = 12
#: A date that no working day is near stays where it is; no holidays in Chile last so long.
_FARTHEST = 14
_WEEK = timedelta(days=7)
_DAY = timedelta(days=1)

IsWorkingDay = Callable[[date], bool]


@dataclass(frozen=True, slots=True)
class Recurrence:
    """When a series meets. `weekday`, `ordinal`, `month_day` count where the pattern needs them."""

    pattern: Pattern
    starts_on: date
    ends_on: date | None = None
    weekday: int = 0
    ordinal: int = 1
    month_day: int = 1
    interval: int = 1
    picked: Sequence[date] = ()
    skipped: frozenset[date] = frozenset()
    holiday_rule: HolidayRule = HolidayRule.NEXT


@dataclass(frozen=True, slots=True)
class Slot:
    """A date of the pattern, and the day on which the table meets for it."""

    slot_on: date
    on: date
    #: The day that the rule would have moved it to, where another date of the series stands.
    taken: date | None = None

    @property
    def moved(self) -> bool:
        """Return whether it meets on another day than the pattern says."""
        return self.on != self.slot_on


def dates(recurrence: Recurrence, *, since: date, until: date) -> list[date]:
    """Return what the pattern gives from `since` to `until`, both included, in order."""
    last = min(until, since + LONGEST, recurrence.ends_on or date.max)
    first = max(since, recurrence.starts_on)
    wanted = (day for day in _pattern(recurrence, first, last) if day not in recurrence.skipped)
    return list(islice(wanted, MOST))


def slots(
    recurrence: Recurrence, *, since: date, until: date, is_working_day: IsWorkingDay
) -> list[Slot]:
    """Return the slots of the pattern's dates from `since` to `until`, each on its day.

    No two are ever on one day, and they keep the order of their dates: one that would be moved to,
    or past, another date of the series stays on its own, and says which day was `taken`.
    """
    margin = timedelta(days=_FARTHEST)
    until = min(until, since + LONGEST)
    around = dates(recurrence, since=since - margin, until=until + margin)
    found = []
    for place, day in enumerate(around):
        before = around[place - 1] if place else date.min
        after = around[place + 1] if place + 1 < len(around) else date.max
        slot = _placed(day, before, after, recurrence.holiday_rule, is_working_day)
        if since <= day <= until:
            found.append(slot)
    return found[:MOST]


def _placed(
    day: date, before: date, after: date, rule: HolidayRule, is_working_day: IsWorkingDay
) -> Slot:
    step = {HolidayRule.NEXT: _DAY, HolidayRule.PREVIOUS: -_DAY}.get(rule)
    if step is None or is_working_day(day):
        return Slot(day, day)
    days = (day + step * count for count in range(1, _FARTHEST + 1))
    better = next((found for found in days if is_working_day(found)), day)
    if before < better < after:
        return Slot(day, better)
    return Slot(day, day, taken=better)


def _pattern(recurrence: Recurrence, first: date, last: date) -> Iterable[date]:
    if recurrence.pattern is Pattern.PICKED:
        return (day for day in sorted(set(recurrence.picked)) if first <= day <= last)
    if recurrence.pattern is Pattern.EVERY_WEEKS:
        return _weeks(recurrence, first, last)
    return _months(recurrence, first, last)


def _weeks(recurrence: Recurrence, first: date, last: date) -> Iterator[date]:
    ahead = (recurrence.weekday - recurrence.starts_on.weekday()) % 7
    anchor = recurrence.starts_on + timedelta(days=ahead)
    step = _WEEK * recurrence.interval
    # Straight to the first one that counts, however long ago the series began.
    day = anchor + step * max(-((anchor - first) // step), 0)
    while day <= last:
        yield day
        day += step


def _months(recurrence: Recurrence, first: date, last: date) -> Iterator[date]:
    begins = _month_number(recurrence.starts_on)
    month = begins + max(_month_number(first) - begins, 0) // recurrence.interval * (
        recurrence.interval
    )
    while month <= _month_number(last):
        day = _of_month(recurrence, *divmod(month, 12))
        if first <= day <= last:
            yield day
        month += recurrence.interval


def _month_number(day: date) -> int:
    return day.year * 12 + day.month - 1


def _of_month(recurrence: Recurrence, year: int, month_from_zero: int) -> date:
    weekday, length = monthrange(year, month_from_zero + 1)
    if recurrence.pattern is Pattern.DAY_OF_MONTH:
        # A month that has no such day has its last instead.
        return date(year, month_from_zero + 1, min(recurrence.month_day, length))
    first = 1 + (recurrence.weekday - weekday) % 7
    last = first + (length - first) // 7 * 7
    number = first + (recurrence.ordinal - 1) * 7 if recurrence.ordinal != LAST else last
    return date(year, month_from_zero + 1, number)
