from datetime import date

import pytest

from coopoutreach.pages.site import rules
from coopoutreach.pages.site.rules import Filters


@pytest.mark.parametrize(
    ("months", "start"),
    [
        (0, date(2026, 11, 1)),
        (2, date(2027, 1, 1)),
        (-11, date(2025, 12, 1)),
        (24, date(2028, 11, 1)),
    ],
)
def test_months_are_counted_across_years(months, start):
    assert rules.month_start(date(2026, 11, 24), months=months) == start


def test_each_filter_can_be_taken_off_alone_and_leads_to_the_first_page():
    both = Filters(region="05", text="garantías", past=True, page=4)
    left = both.narrowing()
    assert left == {
        "region": Filters(text="garantías", past=True),
        "text": Filters(region="05", past=True),
    }


@pytest.mark.parametrize(("total", "pages"), [(0, 1), (20, 1), (21, 2)])
def test_a_list_has_a_page_at_least(total, pages):
    assert rules.pages(total) == pages
