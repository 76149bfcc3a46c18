from datetime import date, timedelta

import pytest

from coopoutreach.privacy import rules
from coopoutreach.privacy.rules import CaseState, Right

MONDAY = date(2026, 12, 7)


def test_scenario_12_a_block_asked_for_on_7_december_is_due_on_the_10th():
    # 8 December is a holiday: the two working days are the 9th and the 10th.
    assert rules.due_on(MONDAY, Right.BLOCK) == date(2026, 12, 10)


@pytest.mark.parametrize("right", sorted(set(Right) - {Right.BLOCK}))
def test_scenario_12_all_else_is_due_in_thirty_calendar_days(right):
    assert rules.due_on(MONDAY, right) == date(2027, 1, 6)


def test_a_block_asked_for_on_a_friday_is_due_on_tuesday():
    assert rules.due_on(date(2026, 12, 11), Right.BLOCK) == date(2026, 12, 15)


def test_a_refusal_may_be_claimed_against_for_thirty_working_days():
    # From Wednesday 6 January 2027: six weeks without a holiday in them.
    assert rules.claim_until(date(2027, 1, 6)) == date(2027, 2, 17)


@pytest.mark.parametrize(
    ("day", "alerted", "wanted"),
    [(0, 0, None), (19, 0, None), (20, 0, 20), (23, 20, None), (26, 20, None), (27, 20, 27)],
)
def test_the_coordination_is_alerted_on_days_20_and_27_once(day, alerted, wanted):
    today = MONDAY + timedelta(days=day)
    found = rules.alert_due(due=date(2027, 1, 6), today=today, alerted=alerted)
    assert found == wanted


def test_a_worker_that_was_down_alerts_of_the_later_day_alone():
    today = MONDAY + timedelta(days=29)
    assert rules.alert_due(due=date(2027, 1, 6), today=today, alerted=0) == 27


def test_what_was_answered_stays_answered():
    for state in (CaseState.GRANTED, CaseState.REFUSED, CaseState.WITHDRAWN):
        assert not rules.MOVES[state]


@pytest.mark.parametrize(
    ("left", "wanted"), [(-1, "over"), (0, "soon"), (10, "soon"), (11, "calm")]
)
def test_how_much_a_case_presses(left, wanted):
    assert rules.urgency(due=MONDAY + timedelta(days=left), today=MONDAY) == wanted
