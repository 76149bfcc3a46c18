from datetime import UTC, date, datetime, timedelta

import pytest

from coopoutreach.platform.core import spanish

WALL = datetime(2026, 12, 15, 10, 0)


def test_dates_and_times_are_as_chile_writes_them():
    assert spanish.day(WALL) == "martes 15 de diciembre de 2026"
    assert spanish.daytime(WALL) == "martes 15 de diciembre de 2026, 10:00 h"
    assert spanish.shortday(date(2026, 12, 15)) == "mar 15 dic"
    assert spanish.month(WALL) == "diciembre de 2026"


def test_a_span_says_the_day_only_when_it_changes():
    assert spanish.span(WALL, WALL + timedelta(hours=2)) == "10:00 a 12:00 h"
    long = spanish.span(WALL, WALL + timedelta(hours=26))
    assert long == "10:00 h del martes 15 de diciembre a las 12:00 h del miércoles 16 de diciembre"


def test_figures_have_points_for_thousands_and_a_comma_for_decimals():
    assert spanish.money(1_234_567) == "$1.234.567"
    assert spanish.uf(38456.78) == "UF 38.456,78"
    assert spanish.percent(5.23) == "5,23 %"
    assert spanish.rut("123456785") == "12.345.678-5"


@pytest.mark.parametrize(
    ("gap", "words"),
    [
        (timedelta(seconds=5), "hace instantes"),
        (timedelta(minutes=1), "hace 1 minuto"),
        (timedelta(hours=3), "hace 3 horas"),
        (timedelta(days=-2), "en 2 días"),
    ],
)
def test_ago_is_in_whole_units(gap, words):
    now = datetime(2026, 11, 24, tzinfo=UTC)
    assert spanish.ago(now - gap, now) == words


@pytest.mark.parametrize(
    ("items", "words"),
    [([], ""), (["a"], "a"), (["Ana", "Luis"], "Ana y Luis"), (["Ana", "Inés"], "Ana e Inés")],
)
def test_lists_end_with_y_or_e(items, words):
    assert spanish.listed(items) == words


def test_another_zone_says_whose_clock_it_is():
    moment = datetime(2026, 7, 1, 14, 0, tzinfo=UTC)
    assert spanish.in_zone(moment, "Pacific/Easter") == "08:00 h (hora de Isla de Pascua)"
