"""The dates of a series in words: when, and why on another day."""

from datetime import date, time

import pytest

from coopoutreach.committee.meetings import slots
from coopoutreach.committee.meetings.fields import SeriesFields
from coopoutreach.committee.meetings.rules import HolidayRule, Pattern
from coopoutreach.events.rules import Modality


def the_series(**changes):
    given = {
        "name": "Mesa",
        "pattern": Pattern.WEEKDAY_OF_MONTH,
        "weekday": 1,
        "ordinal": 2,
        "starts_on": date(2026, 12, 1),
        "wall_time": time(10),
        "zone": "America/Santiago",
        "modality": Modality.ONLINE,
        "parties": (),
        **changes,
    }
    return SeriesFields(**given)


def first(**changes):
    series = the_series(**changes)
    return slots.shown(series, since=series.starts_on, until=date(2027, 12, 31))[0]


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({}, "Segundo martes de cada mes, a las 10:00 h"),
        ({"ordinal": 5, "interval": 2}, "Último martes de cada 2 meses, a las 10:00 h"),
        (
            {"pattern": Pattern.DAY_OF_MONTH, "month_day": 15},
            "El día 15 de cada mes, a las 10:00 h",
        ),
        ({"pattern": Pattern.EVERY_WEEKS}, "Cada martes, a las 10:00 h"),
        (
            {"pattern": Pattern.EVERY_WEEKS, "interval": 2},
            "Cada 2 semanas, el martes, a las 10:00 h",
        ),
        (
            {"pattern": Pattern.PICKED, "picked": ["2027-01-05"]},
            "1 fecha elegida, a las 10:00 h",
        ),
    ],
)
def test_how_often(changes, words):
    assert slots.pattern_in_words(the_series(**changes)) == words


def test_a_moved_date_says_why():
    found = first()
    assert found.when == "miércoles 9 de diciembre de 2026, 10:00 h"
    assert found.why == (
        "martes 8 de diciembre es feriado (La Inmaculada Concepción): pasa al miércoles 9"
    )
    assert not found.warns


def test_across_a_month_the_month_is_named():
    found = first(
        pattern=Pattern.DAY_OF_MONTH, month_day=31, starts_on=date(2027, 1, 1)
    )  # a Sunday
    assert found.why == "domingo 31 de enero es fin de semana: pasa al lunes 1 de febrero"


def test_a_date_that_is_kept_warns():
    found = first(holiday_rule=HolidayRule.KEEP)
    assert found.warns
    assert found.why.endswith("y la serie se mantiene en su fecha")


def test_a_day_when_few_people_come_warns():
    found = first(starts_on=date(2027, 2, 1))
    assert (found.why, found.warns) == ("cae en febrero, mes de vacaciones", True)


def test_a_holiday_of_a_comuna_is_one_there_alone():
    on = {"pattern": Pattern.PICKED, "picked": ["2027-08-20"]}
    assert first(**on, comuna="16101").why.startswith("viernes 20 de agosto es feriado")
    assert first(**on, comuna="13101").why == ""
