from datetime import date, time, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coopoutreach.committee.commitments import rules
from coopoutreach.committee.commitments.rules import MOVES, EntryKind, Notice, State
from coopoutreach.platform.core.calendar import is_working_day

DAYS = st.dates(date(2026, 1, 1), date(2028, 12, 31))
#: One due date, and the day on which each reminder of it goes out.
DUE = date(2027, 4, 15)


def reminders_of(due_on, *, since, until, planned=rules.offsets):
    """Every reminder that goes out, with its day, when somebody looks each working day."""
    sent = {}
    day = since
    while day <= until:
        if is_working_day(day):
            offset = rules.current(
                due_on, planned(), since=since, today=day, is_working_day=is_working_day
            )
            if offset is not None:
                sent.setdefault(offset, day)
        day += timedelta(days=1)
    return sent


def test_a_commitment_is_reminded_of_before_on_and_after_its_date_ever_more_rarely():
    sent = reminders_of(DUE, since=date(2027, 3, 9), until=date(2027, 7, 31))
    assert sent == {
        -7: date(2027, 4, 8),
        -1: date(2027, 4, 14),
        0: date(2027, 4, 15),
        1: date(2027, 4, 16),
        # A Sunday.
        3: date(2027, 4, 19),
        7: date(2027, 4, 22),
        14: date(2027, 4, 29),
        # A Saturday.
        30: date(2027, 5, 17),
        60: date(2027, 6, 14),
        90: date(2027, 7, 14),
    }


def test_nothing_is_said_of_days_that_were_past_when_the_date_was_set():
    sent = reminders_of(DUE, since=date(2027, 4, 13), until=date(2027, 4, 15))
    assert sent == {-1: date(2027, 4, 14), 0: DUE}


def test_of_two_that_fall_on_one_day_the_later_is_sent_alone():
    friday = date(2027, 4, 16)
    sent = reminders_of(friday, since=date(2027, 4, 15), until=date(2027, 4, 30))
    assert 1 not in sent
    assert sent[3] == date(2027, 4, 19)


def test_one_that_nobody_sent_on_its_day_goes_later_until_the_next():
    def at(day):
        return rules.current(
            DUE,
            rules.offsets(),
            since=date(2027, 3, 1),
            today=day,
            is_working_day=is_working_day,
        )

    assert at(date(2027, 4, 12)) == -7
    assert at(date(2027, 4, 14)) == -1


def test_the_head_hears_once_and_then_each_month():
    sent = reminders_of(
        DUE,
        since=date(2027, 3, 9),
        until=date(2027, 7, 31),
        planned=lambda: rules.escalations(10),
    )
    assert list(sent) == [10, 30, 60, 90]
    assert sent[10] == date(2027, 4, 26)


@given(DAYS, st.integers(0, 40))
def test_reminders_fall_on_working_days_and_never_before_their_own(due_on, back):
    since = due_on - timedelta(days=back)
    for offset, day in reminders_of(
        due_on, since=since, until=due_on + timedelta(days=100)
    ).items():
        assert is_working_day(day)
        assert day >= due_on + timedelta(days=offset)
        assert day > since


@given(DAYS)
def test_after_the_date_the_waits_grow(due_on):
    offsets = list(rules.offsets())
    after = [offset for offset in offsets if offset >= 0]
    gaps = [later - sooner for sooner, later in pairwise(after)]
    assert gaps == sorted(gaps)
    assert offsets == sorted(set(offsets))
    assert max(gaps) == 30
    assert rules.falls_on(due_on, 0, is_working_day) >= due_on


def test_what_a_reminder_says_depends_on_the_day_it_goes_out():
    assert rules.notice_of(DUE, DUE - timedelta(days=1)) is Notice.DUE_SOON
    assert rules.notice_of(DUE, DUE) is Notice.DUE_TODAY
    assert rules.notice_of(DUE, DUE + timedelta(days=2)) is Notice.OVERDUE


@pytest.mark.parametrize(
    ("at", "day", "sends"),
    [
        (time(9), date(2027, 4, 15), True),
        (time(17, 59), date(2027, 4, 15), True),
        (time(18), date(2027, 4, 15), False),
        (time(8, 59), date(2027, 4, 15), False),
        (time(11), date(2027, 4, 17), False),
        (time(11), date(2026, 12, 8), False),
    ],
)
def test_mails_go_out_in_working_hours_only(at, day, sends):
    assert rules.is_open(at, day, is_working_day) is sends


def test_overdue_and_rescheduled_are_read_from_the_dates():
    after = DUE + timedelta(days=1)
    assert rules.standing(State.PENDING, due_on=DUE, extensions=0, today=DUE) == "Pendiente"
    assert rules.standing(State.PENDING, due_on=DUE, extensions=0, today=after) == "Vencido"
    assert rules.standing(State.IN_PROGRESS, due_on=DUE, extensions=1, today=DUE) == "Reprogramado"
    assert rules.standing(State.DELIVERED, due_on=DUE, extensions=1, today=after) == "Entregado"
    assert rules.standing(State.FULFILLED, due_on=DUE, extensions=1, today=after) == "Cumplido"


@given(st.sampled_from(State), st.sampled_from(EntryKind))
def test_what_may_not_happen_leads_nowhere(state, kind):
    if kind not in MOVES:
        assert not rules.may(state, kind)
        return
    come_from, _ = MOVES[kind]
    assert rules.may(state, kind) is (state in come_from)


def test_only_what_was_delivered_can_be_returned_and_only_what_is_over_reopened():
    assert {s for s in State if rules.may(s, EntryKind.RETURNED)} == {State.DELIVERED}
    over = {State.FULFILLED, State.DISMISSED}
    assert {s for s in State if rules.may(s, EntryKind.REOPENED)} == over
    assert not any(rules.may(s, kind) for s in over for kind in MOVES if kind != EntryKind.REOPENED)


def test_every_state_can_be_reached_and_left():
    leads_to = {State.PENDING} | {to for _, to in MOVES.values() if to}
    assert leads_to == set(State)
    assert all(any(rules.may(state, kind) for kind in MOVES) for state in State)


def test_the_share_on_time_counts_what_is_overdue_and_is_none_before_anything_was_due():
    record = rules.Record(1, "CORFO", on_time=3, late=1, open=5, overdue=2)
    assert (record.kept, record.percent_on_time) == (4, 50)
    assert rules.Record(1, "CORFO", open=3).percent_on_time is None
