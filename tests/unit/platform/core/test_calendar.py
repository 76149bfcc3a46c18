import json
from datetime import date
from pathlib import Path

import pytest

from coopoutreach.platform.core import calendar

VECTORS = json.loads((Path(__file__).parents[3] / "data" / "locale_vectors.json").read_text())
NATIONAL = [given for given in VECTORS["feriados"] if given["alcance"] == "nacional"]


@pytest.mark.parametrize("given", NATIONAL, ids=lambda given: given["fecha"])
def test_national_holidays_are_those_of_the_vectors(given):
    assert calendar.holiday_name(date.fromisoformat(given["fecha"])), given["nombre"]


def test_no_other_day_of_the_year_is_a_national_holiday():
    expected = {given["fecha"] for given in NATIONAL if given["fecha"].startswith("2026")}
    days = [date.fromordinal(date(2026, 1, 1).toordinal() + n) for n in range(365)]
    assert {day.isoformat() for day in days if calendar.holiday_name(day)} == expected


def test_the_day_of_ohiggins_counts_in_chillan_alone():
    day = date(2026, 8, 20)
    assert calendar.holiday_name(day, region="16", comuna="16101")
    assert not calendar.holiday_name(day, region="16", comuna="16201")


def test_the_assault_on_the_morro_counts_in_arica_alone():
    day = date(2026, 6, 7)
    assert calendar.holiday_name(day, region="15")
    assert not calendar.holiday_name(day, region="13")


def test_8_december_warns_and_offers_the_next_working_day():
    assert calendar.warning(date(2026, 12, 8)) == (
        "El martes 8 de diciembre de 2026 es feriado (La Inmaculada Concepción). "
        "El próximo día hábil recomendado es el miércoles 9 de diciembre de 2026."
    )


@pytest.mark.parametrize(
    ("day", "better"),
    [
        (date(2026, 12, 12), date(2026, 12, 14)),  # a Saturday
        (date(2026, 12, 24), date(2027, 1, 6)),  # the end of the year
        (date(2026, 9, 15), date(2026, 9, 21)),  # the week of Fiestas Patrias
        (date(2027, 2, 10), date(2027, 3, 1)),  # February
    ],
)
def test_poor_days_offer_the_first_good_one_after(day, better):
    assert calendar.warning(day)
    assert calendar.next_working_day(day) == better


def test_a_good_day_warns_of_nothing():
    assert calendar.warning(date(2026, 12, 10)) is None
