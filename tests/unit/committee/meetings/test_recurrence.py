"""The dates of a series: right, in order, never two on a day, and never more than are wanted."""

from calendar import monthrange
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coopoutreach.committee.meetings.rules.kinds import HolidayRule, Pattern
from coopoutreach.committee.meetings.rules.recurrence import (
    LAST,
    LONGEST,
    LONGEST_INTERVAL,
    MOST,
    Recurrence,
    Slot,
    dates,
    slots,
)
from coopoutreach.platform.core import calendar

FAR = date(2100, 1, 1)
SECOND_TUESDAY = Recurrence(
    Pattern.WEEKDAY_OF_MONTH, starts_on=date(2026, 12, 1), weekday=1, ordinal=2
)

days = st.dates(date(2026, 1, 1), date(2031, 12, 31))
recurrences = st.builds(
    Recurrence,
    pattern=st.sampled_from(Pattern),
    starts_on=days,
    ends_on=st.none() | days,
    weekday=st.integers(0, 6),
    ordinal=st.integers(1, LAST),
    month_day=st.integers(1, 31),
    interval=st.integers(1, LONGEST_INTERVAL),
    picked=st.lists(days, max_size=20),
    skipped=st.frozensets(days, max_size=5),
    holiday_rule=st.sampled_from(HolidayRule),
)


def found(recurrence, *, since=None, until=FAR):
    since = since or recurrence.starts_on
    return slots(recurrence, since=since, until=until, is_working_day=calendar.is_working_day)


class TestPatterns:
    def test_the_second_tuesday_of_each_month(self):
        assert dates(SECOND_TUESDAY, since=date(2026, 11, 24), until=date(2027, 4, 1)) == [
            date(2026, 12, 8),
            date(2027, 1, 12),
            date(2027, 2, 9),
            date(2027, 3, 9),
        ]

    def test_the_last_friday_is_the_fourth_or_the_fifth(self):
        last = Recurrence(
            Pattern.WEEKDAY_OF_MONTH, starts_on=date(2027, 1, 1), weekday=4, ordinal=LAST
        )
        assert dates(last, since=date(2027, 1, 1), until=date(2027, 3, 31)) == [
            date(2027, 1, 29),
            date(2027, 2, 26),
            date(2027, 3, 26),
        ]

    def test_the_31st_is_the_last_day_of_a_short_month(self):
        ends = Recurrence(Pattern.DAY_OF_MONTH, starts_on=date(2028, 1, 1), month_day=31)
        assert dates(ends, since=date(2028, 1, 1), until=date(2028, 4, 30)) == [
            date(2028, 1, 31),
            date(2028, 2, 29),
            date(2028, 3, 31),
            date(2028, 4, 30),
        ]

    def test_every_second_thursday_is_counted_from_the_start(self):
        fortnight = Recurrence(
            Pattern.EVERY_WEEKS, starts_on=date(2026, 12, 1), weekday=3, interval=2
        )
        assert dates(fortnight, since=date(2027, 1, 1), until=date(2027, 2, 1)) == [
            date(2027, 1, 14),
            date(2027, 1, 28),
        ]

    def test_every_third_month_is_counted_from_the_start(self):
        quarterly = Recurrence(
            Pattern.DAY_OF_MONTH, starts_on=date(2026, 12, 20), month_day=15, interval=3
        )
        assert dates(quarterly, since=date(2026, 12, 1), until=date(2027, 12, 31)) == [
            date(2027, 3, 15),
            date(2027, 6, 15),
            date(2027, 9, 15),
            date(2027, 12, 15),
        ]

    def test_picked_dates_come_in_order_and_once(self):
        picked = Recurrence(
            Pattern.PICKED,
            starts_on=date(2027, 1, 1),
            picked=[date(2027, 5, 4), date(2027, 3, 2), date(2027, 5, 4)],
        )
        assert dates(picked, since=date(2027, 1, 1), until=FAR) == [
            date(2027, 3, 2),
            date(2027, 5, 4),
        ]

    def test_a_date_that_was_left_out_is_not_met_on(self):
        without = Recurrence(
            Pattern.WEEKDAY_OF_MONTH,
            starts_on=date(2026, 12, 1),
            weekday=1,
            ordinal=2,
            skipped=frozenset({date(2027, 2, 9)}),
        )
        assert date(2027, 2, 9) not in dates(without, since=date(2027, 1, 1), until=FAR)


class TestHolidays:
    @pytest.mark.parametrize(
        ("rule", "on"),
        [
            (HolidayRule.KEEP, date(2026, 12, 8)),
            (HolidayRule.NEXT, date(2026, 12, 9)),
            (HolidayRule.PREVIOUS, date(2026, 12, 7)),
        ],
    )
    def test_the_immaculate_conception_moves_the_meeting_as_the_rule_says(self, rule, on):
        series = Recurrence(
            Pattern.WEEKDAY_OF_MONTH,
            starts_on=date(2026, 12, 1),
            weekday=1,
            ordinal=2,
            holiday_rule=rule,
        )
        assert found(series)[0] == Slot(date(2026, 12, 8), on)

    def test_one_that_would_land_on_another_stays_and_says_so(self):
        picked = Recurrence(
            Pattern.PICKED,
            starts_on=date(2026, 12, 1),
            picked=[date(2026, 12, 8), date(2026, 12, 9)],
        )
        assert found(picked) == [
            Slot(date(2026, 12, 8), date(2026, 12, 8), taken=date(2026, 12, 9)),
            Slot(date(2026, 12, 9), date(2026, 12, 9)),
        ]

    def test_the_neighbour_counts_though_it_is_outside_of_what_is_asked(self):
        picked = Recurrence(
            Pattern.PICKED,
            starts_on=date(2026, 12, 1),
            picked=[date(2026, 12, 8), date(2026, 12, 9)],
        )
        assert found(picked, until=date(2026, 12, 8))[0].taken == date(2026, 12, 9)


class TestWhatAlwaysHolds:
    @given(recurrences, days, days)
    def test_no_two_are_on_one_day_and_they_keep_their_order(self, recurrence, since, until):
        got = found(recurrence, since=since, until=until)
        on = [slot.on for slot in got]
        assert on == sorted(set(on))
        assert [slot.slot_on for slot in got] == sorted({slot.slot_on for slot in got})

    @given(recurrences, days, st.dates(date(2026, 1, 1), date(9000, 1, 1)))
    def test_ti_03_there_is_an_end_to_it(self, recurrence, since, until):
        got = found(recurrence, since=since, until=until)
        assert len(got) <= MOST
        assert all(since <= slot.slot_on <= since + LONGEST for slot in got)

    @given(recurrences, days, days)
    def test_all_are_within_what_was_asked_and_what_the_series_lasts(
        self, recurrence, since, until
    ):
        for slot in found(recurrence, since=since, until=until):
            assert max(since, recurrence.starts_on) <= slot.slot_on <= until
            assert recurrence.ends_on is None or slot.slot_on <= recurrence.ends_on
            assert slot.slot_on not in recurrence.skipped

    @given(recurrences, days, st.integers(0, 200))
    def test_a_window_shows_the_same_dates_as_a_longer_one(self, recurrence, since, length):
        until = since + timedelta(days=length)
        longer = found(recurrence, since=since, until=until + timedelta(days=60))
        short = found(recurrence, since=since, until=until)
        assert short == [slot for slot in longer if slot.slot_on <= until]

    @given(recurrences, days)
    def test_a_moved_one_is_on_the_nearest_working_day_of_its_side(self, recurrence, since):
        for slot in found(recurrence, since=since, until=since + timedelta(days=365)):
            if not slot.moved:
                continue
            low, high = sorted((slot.slot_on, slot.on))
            between = [low + timedelta(days=n) for n in range(1, (high - low).days)]
            assert calendar.is_working_day(slot.on)
            assert not calendar.is_working_day(slot.slot_on)
            assert not any(calendar.is_working_day(day) for day in between)
            ahead = recurrence.holiday_rule is HolidayRule.NEXT
            assert (slot.on > slot.slot_on) is ahead

    @given(recurrences, days)
    def test_each_is_what_the_pattern_says(self, recurrence, since):
        for day in dates(recurrence, since=since, until=since + LONGEST):
            last = monthrange(day.year, day.month)[1]
            match recurrence.pattern:
                case Pattern.PICKED:
                    assert day in recurrence.picked
                case Pattern.EVERY_WEEKS:
                    assert day.weekday() == recurrence.weekday
                case Pattern.DAY_OF_MONTH:
                    assert day.day == min(recurrence.month_day, last)
                case Pattern.WEEKDAY_OF_MONTH:
                    assert day.weekday() == recurrence.weekday
                    nth = (day.day - 1) // 7 + 1
                    is_last = day.day + 7 > last
                    assert is_last if recurrence.ordinal == LAST else nth == recurrence.ordinal
