import pytest

from coopoutreach.pages.dashboards import rules


@pytest.mark.parametrize(
    ("capacity", "confirmed", "waiting", "fills"),
    [(10, 7, 0, False), (10, 8, 0, True), (10, 0, 1, True), (0, 0, 0, False)],
)
def test_a_talk_fills_when_most_seats_are_taken_or_somebody_waits(
    capacity, confirmed, waiting, fills
):
    assert rules.is_filling(capacity=capacity, confirmed=confirmed, waiting=waiting) is fills


@pytest.mark.parametrize(
    ("capacity", "confirmed", "few"), [(10, 3, True), (10, 4, False), (0, 0, False)]
)
def test_a_talk_has_few_people_below_two_fifths_of_its_seats(capacity, confirmed, few):
    assert rules.has_few(capacity=capacity, confirmed=confirmed) is few
