from datetime import date

import pytest

from coopoutreach.pages.site import forms
from coopoutreach.pages.site.rules import Filters, View

TODAY = date(2026, 11, 24)
EVERYTHING = Filters(
    region="05",
    format="taller",
    modality="online",
    topic=7,
    month=date(2026, 12, 1),
    past=True,
    text="garantías",
    page=3,
)


def filters(**args):
    return forms.filters_from(args, today=TODAY)


def test_what_is_asked_for_in_spanish_is_understood():
    assert (
        filters(
            region="05",
            formato="taller",
            modalidad="online",
            tema="7",
            mes="2026-12",
            cuando="pasadas",
            q="  garantías  ",
            pagina="3",
        )
        == EVERYTHING
    )


@pytest.mark.parametrize(
    "args",
    [
        {},
        {"region": "99"},
        {"region": "05'--"},
        {"formato": "fiesta"},
        {"modalidad": "x"},
        {"tema": "siete"},
        {"tema": "-1"},
        {"tema": "²"},
        {"mes": "2026-13"},
        {"mes": "9999-12"},
        {"mes": "2026-12-01"},
        {"cuando": "nunca"},
        {"pagina": "0"},
        {"pagina": "9" * 5000},
        {"utm_source": "correo"},
        {"q": "\x00 \u200b"},
    ],
)
def test_what_is_not_on_a_list_of_ours_is_dropped(args):
    assert filters(**args) == Filters()


def test_a_long_search_is_cut_and_a_far_page_is_the_last():
    found = filters(q="a" * 10_000, pagina="999")
    assert len(found.text) == forms.LONGEST_SEARCH
    assert found.page == forms.LAST_PAGE


def test_the_address_of_filters_gives_the_same_filters():
    assert filters(**EVERYTHING.parameters()) == EVERYTHING
    assert Filters().parameters() == {}


@pytest.mark.parametrize(("said", "view"), [("agenda", View.AGENDA), ("x", View.MONTH)])
def test_the_calendar_is_a_month_unless_an_agenda_is_asked_for(said, view):
    assert forms.view_from({"vista": said}) is view
    assert forms.view_from({}) is View.MONTH


@pytest.mark.parametrize("month", ["2024-10", "2028-12"])
def test_the_calendar_ends_two_years_away(month):
    assert forms.month_from({"mes": month}, today=TODAY) is None
