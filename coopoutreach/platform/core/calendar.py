"""Working days: Monday to Friday without national holidays, and days that are better avoided.

Source: the `holidays` library, category public, with the corrections of the federation: 20 August
(Ley 20.678) applies in the comunas of Chillán and Chillán Viejo alone, not in the whole of Ñuble.
"""

from datetime import date, timedelta
from functools import lru_cache
from importlib import import_module

from coopoutreach.platform.core import spanish

#: The library's subdivision for each region that has a holiday of its own, by CUT.
_REGIONAL = {"15": "AP"}
#: Chillán and Chillán Viejo: the day of Bernardo O'Higgins' birth.
_CHILLAN = frozenset({"16101", "16103"})
_OHIGGINS = (8, 20)


def holiday_name(day: date, *, region: str | None = None, comuna: str | None = None) -> str | None:
    """Return the name of the holiday that `day` is, in Chile or in that region, or None."""
    if comuna in _CHILLAN and (day.month, day.day) == _OHIGGINS:
        return "Nacimiento del Prócer de la Independencia"
    return _year(day.year, _REGIONAL.get(region or "")).get(day)


def is_working_day(day: date, *, region: str | None = None, comuna: str | None = None) -> bool:
    """Return whether `day` is a Monday to Friday that is no holiday."""
    return day.weekday() < 5 and holiday_name(day, region=region, comuna=comuna) is None  # noqa: PLR2004


def next_working_day(day: date, *, region: str | None = None, comuna: str | None = None) -> date:
    """Return the first working day after `day` outside the periods that are avoided."""
    found = day + timedelta(days=1)
    while not is_working_day(found, region=region, comuna=comuna) or avoided_period(found):
        found += timedelta(days=1)
    return found


def avoided_period(day: date) -> str | None:
    """Return the period in which few people come that `day` falls into, or None.

    The week of Fiestas Patrias, 20 December to 5 January, and February: background knowledge of
    the sector, so it warns and never refuses.
    """
    if (day.month, day.day) >= (12, 20) or (day.month, day.day) <= (1, 5):
        return "fin de año (20 de diciembre al 5 de enero)"
    if day.month == 2:  # noqa: PLR2004 (February)
        return "febrero, mes de vacaciones"
    independence = date(day.year, 9, 18)
    monday = independence - timedelta(days=independence.weekday())
    if monday <= day < monday + timedelta(days=7):
        return "la semana de Fiestas Patrias"
    return None


def warning(day: date, *, region: str | None = None, comuna: str | None = None) -> str | None:
    """Return the sentence that warns about `day` and offers the next free working day, or None."""
    name = holiday_name(day, region=region, comuna=comuna)
    if name:
        reason = f"es feriado ({name})"
    elif day.weekday() >= 5:  # noqa: PLR2004 (Saturday)
        reason = f"es {spanish.WEEKDAYS[day.weekday()]}"
    elif period := avoided_period(day):
        reason = f"cae en {period}"
    else:
        return None
    better = next_working_day(day, region=region, comuna=comuna)
    return (
        f"El {spanish.day(day)} {reason}. "
        f"El próximo día hábil recomendado es el {spanish.day(better)}."
    )


@lru_cache(maxsize=64)
def _year(year: int, subdivision: str | None) -> dict[date, str]:
    # Loaded late: it takes a tenth of a second, and most pages never ask.
    holidays = import_module("holidays")
    found = holidays.country_holidays("CL", subdiv=subdivision, years=year, language="es")
    return dict(found.items())
