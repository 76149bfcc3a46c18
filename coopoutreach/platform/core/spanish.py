"""Dates, times and figures as people in Chile read them.

Babel's es_CL gives «3:05 p. m.» and `CLF`; Chilean practice is 24 hours with «h», and «UF».
"""

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

WEEKDAYS = ("lunes", "martes", "miércoles", "jueves", "viernes", "sábado", "domingo")
MONTHS = (
    "enero",
    "febrero",
    "marzo",
    "abril",
    "mayo",
    "junio",
    "julio",
    "agosto",
    "septiembre",
    "octubre",
    "noviembre",
    "diciembre",
)
#: The zone that the federation keeps its books in.
HOME_ZONE = "America/Santiago"

#: What a place whose clock differs from Santiago's is called.
ZONE_NAMES = {
    "America/Santiago": "hora de Chile continental",
    "America/Coyhaique": "hora de Aysén",
    "America/Punta_Arenas": "hora de Magallanes",
    "Pacific/Easter": "hora de Isla de Pascua",
}


def day(value: date) -> str:
    """Return «martes 15 de diciembre de 2026»."""
    return f"{WEEKDAYS[value.weekday()]} {value.day} de {MONTHS[value.month - 1]} de {value.year}"


def day_and_month(value: date) -> str:
    """Return «martes 15 de diciembre»."""
    return f"{WEEKDAYS[value.weekday()]} {value.day} de {MONTHS[value.month - 1]}"


def shortday(value: date) -> str:
    """Return «mar 15 dic»."""
    return f"{WEEKDAYS[value.weekday()][:3]} {value.day} {MONTHS[value.month - 1][:3]}"


def month(value: date) -> str:
    """Return «diciembre de 2026»."""
    return f"{MONTHS[value.month - 1]} de {value.year}"


def clock(value: datetime | time) -> str:
    """Return «10:00 h»."""
    return f"{value:%H:%M} h"


def daytime(value: datetime) -> str:
    """Return «martes 15 de diciembre de 2026, 10:00 h»."""
    return f"{day(value)}, {clock(value)}"


def span(start: datetime, end: datetime) -> str:
    """Return «10:00 a 12:00 h», or with the day when it ends on another one."""
    if start.date() == end.date():
        return f"{start:%H:%M} a {clock(end)}"
    return f"{start:%H:%M} h del {day_and_month(start)} a las {clock(end)} del {day_and_month(end)}"


def wall(moment: datetime, zone: str = HOME_ZONE) -> datetime:
    """Return what the clocks of `zone` show at `moment`: naive, for the functions above."""
    return moment.astimezone(ZoneInfo(zone)).replace(tzinfo=None)


def in_zone(moment: datetime, zone: str) -> str:
    """Return «12:00 h (hora de Magallanes)»."""
    return f"{clock(wall(moment, zone))} ({ZONE_NAMES.get(zone, zone)})"


def ago(moment: datetime, now: datetime) -> str:
    """Return «hace 5 minutos» or «en 3 días», of what is longest ago or ahead in whole units."""
    gap = now - moment
    amount = _amount(abs(gap))
    return f"hace {amount}" if gap >= timedelta() else f"en {amount}"


def _amount(gap: timedelta) -> str:
    for seconds, one, many in (
        (86400, "1 día", "días"),
        (3600, "1 hora", "horas"),
        (60, "1 minuto", "minutos"),
    ):
        number = int(gap.total_seconds() // seconds)
        if number >= 1:
            return one if number == 1 else f"{number} {many}"
    return "instantes"


def count(number: int, one: str, many: str) -> str:
    """Return «1 cupo» or «3 cupos»."""
    return f"{integer(number)} {one if number == 1 else many}"


def integer(value: int) -> str:
    """Return `1.234.567`."""
    return f"{value:,}".replace(",", ".")


def money(pesos: int) -> str:
    """Return `$1.234.567`."""
    sign = "-" if pesos < 0 else ""
    return f"{sign}${integer(abs(pesos))}"


def decimal(value: float, places: int = 2) -> str:
    """Return `38.456,78`."""
    return f"{value:,.{places}f}".translate(str.maketrans(",.", ".,"))


def uf(value: float) -> str:
    """Return `UF 38.456,78`."""
    return f"UF {decimal(value)}"


def percent(value: float) -> str:
    """Return `5,23 %`."""
    return f"{decimal(value)} %"


def rut(compact: str) -> str:
    """Return `12.345.678-5` of a compact RUT."""
    body, digit = compact[:-1], compact[-1]
    return f"{integer(int(body))}-{digit}"


def listed(items: list[str]) -> str:
    """Return «a, b y c», with «e» before the sound of i."""
    if len(items) < 2:  # noqa: PLR2004 (a list of one needs no word between)
        return "".join(items)
    last = items[-1]
    plain = last.lower()
    joint = "e" if plain.startswith(("i", "hi")) and not plain.startswith("hie") else "y"
    return f"{', '.join(items[:-1])} {joint} {last}"
