"""Which date suits most: those whom it suits, then those who could come."""

from hypothesis import given
from hypothesis import strategies as st

from coopoutreach.committee.meetings.rules import Suits
from coopoutreach.committee.meetings.rules.polls import tally

answers = st.lists(
    st.dictionaries(st.integers(1, 4), st.sampled_from([s.value for s in Suits])), max_size=12
)


def best(*said):
    return [option for option, count in tally([1, 2, 3], said).items() if count.best]


def test_the_date_on_which_most_can_come():
    assert best({1: "yes", 2: "no"}, {1: "no", 2: "yes"}, {2: "if-needed"}) == [2]


def test_of_two_the_one_that_suits_more():
    assert best({1: "yes", 2: "if-needed"}, {1: "yes", 2: "yes"}) == [1]


def test_two_that_suit_alike_are_both_the_best():
    assert best({1: "yes", 2: "yes", 3: "no"}) == [1, 2]


def test_before_anybody_answered_none_is():
    assert best() == []
    assert best({1: "no", 2: "no"}) == []


@given(answers)
def test_everybody_is_counted_once(said):
    for option, count in tally([1, 2, 3, 4], said).items():
        assert count.yes + count.if_needed + count.no == sum(option in one for one in said)
