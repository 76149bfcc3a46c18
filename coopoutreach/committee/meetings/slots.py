"""The slots of a series by the calendar of where it meets, and the words that explain them."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from coopoutreach.committee.meetings.fields import SeriesFields
from coopoutreach.committee.meetings.models import MeetingSeries
from coopoutreach.committee.meetings.rules import HolidayRule, Pattern, recurrence
from coopoutreach.committee.meetings.rules.recurrence import Recurrence, Slot
from coopoutreach.platform.core import calendar, spanish, time

#: How far ahead a series has its meetings: half a year.
HORIZON = timedelta(days=184)
#: A series as it is kept, or as its form gives it.
Given = MeetingSeries | SeriesFields


@dataclass(frozen=True, slots=True)
class Shown:
    """A date of a preview: when, and why it is on another day than the pattern says."""

    on: date
    when: str
    #: «lunes 8 de diciembre es feriado (…): pasa al miércoles 9 de diciembre», or nothing.
    why: str
    #: It needs a look: a holiday that could not be avoided, or days when few people come.
    warns: bool


def horizon_of(series: MeetingSeries, *, now: datetime) -> date:
    """Return the day until which a series has its meetings."""
    return time.wall_of(now, series.zone).date() + HORIZON


def recurrence_of(given: Given) -> Recurrence:
    """Return when a series meets."""
    return Recurrence(
        pattern=given.pattern,
        starts_on=given.starts_on,
        ends_on=given.ends_on,
        weekday=given.weekday or 0,
        ordinal=given.ordinal or 1,
        month_day=given.month_day or 1,
        interval=given.interval,
        picked=[date.fromisoformat(day) for day in given.picked],
        skipped=frozenset(date.fromisoformat(day) for day in given.skipped),
        holiday_rule=given.holiday_rule,
    )


def slots_of(given: Given, *, since: date, until: date) -> list[Slot]:
    """Return the slots of a series, moved from the holidays of the comuna where it meets."""
    region = given.comuna[:2] if given.comuna else None

    def works(day: date) -> bool:
        return calendar.is_working_day(day, region=region, comuna=given.comuna)

    found = recurrence_of(given)
    return recurrence.slots(found, since=since, until=until, is_working_day=works)


def shown(given: Given, *, since: date, until: date) -> list[Shown]:
    """Return the slots of a series in words."""
    return [_shown(given, slot) for slot in slots_of(given, since=since, until=until)]


def pattern_in_words(given: Given) -> str:
    """Return «Segundo martes de cada mes, a las 10:00 h»."""
    return f"{_days_in_words(given)}, a las {spanish.clock(given.wall_time)}"


def _shown(given: Given, slot: Slot) -> Shown:
    when = f"{spanish.day(slot.on)}, {spanish.clock(given.wall_time)}"
    reason = _not_working(given, slot.slot_on)
    was = f"{spanish.day_and_month(slot.slot_on)} {reason}"
    if slot.moved:
        return Shown(slot.on, when, f"{was}: pasa al {_short(slot.on, slot.slot_on)}", warns=False)
    if slot.taken is not None:
        taken = spanish.day_and_month(slot.taken)
        why = f"{was}, pero el {taken} ya hay otra reunión de la serie: queda en su fecha"
        return Shown(slot.on, when, why, warns=True)
    if reason:
        return Shown(slot.on, when, f"{was}, y la serie se mantiene en su fecha", warns=True)
    period = calendar.avoided_period(slot.on)
    return Shown(slot.on, when, f"cae en {period}" if period else "", warns=bool(period))


def _short(day: date, beside: date) -> str:
    """Return «miércoles 9», with the month where it is not the same as `beside`."""
    if day.month != beside.month:
        return spanish.day_and_month(day)
    return f"{spanish.WEEKDAYS[day.weekday()]} {day.day}"


def _not_working(given: Given, day: date) -> str:
    region = given.comuna[:2] if given.comuna else None
    name = calendar.holiday_name(day, region=region, comuna=given.comuna)
    if name:
        return f"es feriado ({name})"
    is_weekend = not calendar.is_working_day(day, region=region, comuna=given.comuna)
    return "es fin de semana" if is_weekend else ""


_ORDINALS = ("Primer", "Segundo", "Tercer", "Cuarto", "Último")


def _days_in_words(given: Given) -> str:
    weekday = spanish.WEEKDAYS[given.weekday or 0]
    match given.pattern:
        case Pattern.WEEKDAY_OF_MONTH:
            return f"{_ORDINALS[(given.ordinal or 1) - 1]} {weekday} de {_each_month(given)}"
        case Pattern.DAY_OF_MONTH:
            return f"El día {given.month_day} de {_each_month(given)}"
        case Pattern.EVERY_WEEKS:
            return f"Cada {weekday}" if given.interval == 1 else _every_weeks(given, weekday)
        case Pattern.PICKED:
            return spanish.count(len(given.picked), "fecha elegida", "fechas elegidas")


def _each_month(given: Given) -> str:
    return "cada mes" if given.interval == 1 else f"cada {given.interval} meses"


def _every_weeks(given: Given, weekday: str) -> str:
    return f"Cada {given.interval} semanas, el {weekday}"


#: What the interface calls each rule.
HOLIDAY_RULES = {
    HolidayRule.NEXT: "Pasa al día hábil siguiente",
    HolidayRule.PREVIOUS: "Pasa al día hábil anterior",
    HolidayRule.KEEP: "Se mantiene en su fecha",
}
