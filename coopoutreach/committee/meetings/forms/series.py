"""What the coordination may type about a series."""

import hashlib
from collections.abc import Mapping
from datetime import date, time, timedelta
from typing import Any

from wtforms import BooleanField, IntegerField, StringField, TextAreaField
from wtforms.validators import AnyOf, DataRequired, Length, NumberRange, Optional

from coopoutreach.committee.meetings import slots
from coopoutreach.committee.meetings.fields import PartyFields, SeriesFields
from coopoutreach.committee.meetings.forms import series_rows
from coopoutreach.committee.meetings.forms.place import PlaceFields, line, place_data, wrong
from coopoutreach.committee.meetings.models import MeetingSeries
from coopoutreach.committee.meetings.rules import HolidayRule, Pattern
from coopoutreach.committee.meetings.rules.recurrence import LAST, LONGEST, LONGEST_INTERVAL
from coopoutreach.platform.core import text
from coopoutreach.platform.core.moments import read_day, read_hour
from coopoutreach.platform.core.time import in_range

#: How many dates a preview shows.
SHOWN = 8
#: Clocks change around midnight: no meeting is there, so every hour exists once.
EARLIEST, LATEST = time(6), time(21)
_BAD_DATE = "Escriba una fecha que exista, como 15-12-2026."
_FAR_DATE = "La fecha debe estar entre un año atrás y cinco años adelante."


def _number(label: str, least: int, most: int, *, default: int, hint: str = "") -> IntegerField:
    sentence = f"Un número entre {least} y {most}."
    return IntegerField(
        label,
        [Optional(), NumberRange(least, most, sentence)],
        default=default,
        description=hint,
    )


def _choice(label: str, values: list[str], default: str) -> StringField:
    return StringField(label, [AnyOf(values, message="Elija una opción.")], default=default)


class SeriesForm(PlaceFields):
    """The series editor. Days and hours are read by hand, each with its own sentence."""

    name = line("Nombre de la mesa", 120, DataRequired("Escriba el nombre de la mesa."))
    purpose = TextAreaField(
        "Objetivo",
        [Optional(), Length(max=1000, message="Use a lo más 1000 caracteres.")],
        filters=[lambda value: text.clean_text(value or "")],
    )
    pattern = _choice(
        "Con qué frecuencia", [item.value for item in Pattern], Pattern.WEEKDAY_OF_MONTH.value
    )
    ordinal = _choice("Cuál del mes", [str(n) for n in range(1, LAST + 1)], "2")
    weekday = _choice("Día de la semana", [str(n) for n in range(7)], "1")
    month_day = _number("Día del mes", 1, 31, default=15, hint="En un mes más corto, el último.")
    interval = _number(
        "Cada cuántos meses o semanas", 1, LONGEST_INTERVAL, default=1, hint="1: cada mes o semana."
    )
    holiday_rule = _choice(
        "Si cae en feriado o fin de semana",
        [item.value for item in HolidayRule],
        HolidayRule.NEXT.value,
    )
    minutes = _number("Duración en minutos", 15, 480, default=90)
    reminders = line("Recordatorios", 40, hint="Días antes, separados por comas: 7, 1.")
    review_days = _number(
        "Días hábiles para revisar el acta", 1, 60, default=5, hint="Los tiene cada institución."
    )
    silence_approves = BooleanField("Se entiende aprobada si no hay observaciones en plazo")
    escalation_days = _number(
        "Días de atraso para avisar a la jefatura",
        1,
        90,
        default=10,
        hint="Días corridos desde el plazo del compromiso.",
    )

    def read(
        self, data: Mapping[str, str], institutions: Mapping[str, int], *, today: date
    ) -> bool:
        """Check everything; return whether it can be saved. `institutions`: ids by public id."""
        self.given, self.today = data, today
        self.found = self.clashes_elsewhere
        good = bool(self.validate())
        self.starts_on = self._day("starts_on", required=True)
        self.ends_on = self._day("ends_on", required=False)
        self.wall_time = self._hour()
        self.picked = series_rows.read_picked(data)
        self.parties = series_rows.read_parties(data, institutions)
        if len({party.organisation_id for party in self.parties}) < 2:  # noqa: PLR2004 (two sides)
            self.found["parties"] = "Elija al menos dos instituciones, cada una una vez."
        self.check_place()
        self._check_reminders()
        self._check_dates()
        return good and not self.all_errors

    @property
    def all_errors(self) -> dict[str, str]:
        """Return each field's first sentence, for the summary above the form."""
        return {**{name: errors[0] for name, errors in self.errors.items() if errors}, **self.found}

    def refuse(self, field: str, sentence: str) -> None:
        """Put a sentence that a command said beside its field."""
        self.found[field] = sentence

    def fields(self, *, skipped: list[str], heads: Mapping[str, int]) -> SeriesFields:
        """Return what was read, typed; `heads`: ids of the people who may be chosen."""
        if self.starts_on is None or self.wall_time is None:
            raise ValueError("The form was not read, or cannot be saved.")
        pattern = Pattern(self.pattern.data)
        by_weekday = pattern in {Pattern.WEEKDAY_OF_MONTH, Pattern.EVERY_WEEKS}
        return SeriesFields(
            name=self.name.data,
            purpose=self.purpose.data or "",
            pattern=pattern,
            weekday=int(self.weekday.data) if by_weekday else None,
            ordinal=int(self.ordinal.data) if pattern is Pattern.WEEKDAY_OF_MONTH else None,
            month_day=self.month_day.data if pattern is Pattern.DAY_OF_MONTH else None,
            interval=1 if pattern is Pattern.PICKED else self.interval.data or 1,
            picked=[day.isoformat() for day in self.picked] if pattern is Pattern.PICKED else [],
            skipped=skipped,
            holiday_rule=HolidayRule(self.holiday_rule.data),
            starts_on=self.starts_on,
            ends_on=self.ends_on,
            wall_time=self.wall_time,
            minutes=self.minutes.data or 90,
            zone=self.zone,
            reminder_days=self.reminder_days,
            review_days=self.review_days.data or 5,
            silence_approves=bool(self.silence_approves.data),
            escalation_days=self.escalation_days.data or 10,
            parties=[
                PartyFields(party.organisation_id, party.quorum, heads.get(party.head))
                for party in self.parties
            ],
            **self.place_values(),
        )

    def _day(self, name: str, *, required: bool) -> date | None:
        typed = self.given.get(name, "").strip()
        if not typed and not required:
            return None
        day = read_day(typed)
        if day is None:
            self.found[name] = _BAD_DATE
        elif not in_range(day, today=self.today):
            self.found[name] = _FAR_DATE
            return None
        return day

    def _hour(self) -> time | None:
        hour = read_hour(self.given.get("wall_time", "").strip())
        if hour is None:
            self.found["wall_time"] = "Escriba la hora en formato de 24 horas, como 10:00."
        elif not EARLIEST <= hour <= LATEST:
            self.found["wall_time"] = "Elija una hora entre las 06:00 y las 21:00."
        return hour

    def _check_reminders(self) -> None:
        parts = (self.reminders.data or "").replace(",", " ").split()
        days = {int(part) for part in parts if part.isdecimal() and len(part) <= 2}  # noqa: PLR2004 (of 60)
        if len(days) != len(set(parts)) or any(not 1 <= day <= 60 for day in days):  # noqa: PLR2004 (the table's own range)
            wrong(self.reminders, "Escriba días entre 1 y 60, separados por comas: 7, 1.")
        self.reminder_days = sorted(days, reverse=True)

    def _check_dates(self) -> None:
        if self.starts_on and self.ends_on and self.ends_on < self.starts_on:
            self.found["ends_on"] = "El término debe ser después del inicio."
        if self.pattern.data != Pattern.PICKED.value:
            return
        if series_rows.has_bad_day(self.given):
            self.found["picked"] = _BAD_DATE
        elif not self.picked:
            self.found["picked"] = "Elija al menos una fecha."
        elif any(not in_range(day, today=self.today) for day in self.picked):
            self.found["picked"] = _FAR_DATE


def preview(fields: SeriesFields, *, today: date) -> list[slots.Shown]:
    """Return the next dates of a series, in words."""
    since = max(today, fields.starts_on)
    found = slots.shown(fields, since=since, until=since + LONGEST)
    return found if fields.pattern is Pattern.PICKED else found[:SHOWN]


def seal(shown: list[slots.Shown]) -> str:
    """Return what tells whether the dates that are saved are those that were looked at."""
    return hashlib.sha256("|".join(date.when for date in shown).encode()).hexdigest()[:16]


def data_of(series: MeetingSeries) -> dict[str, Any]:
    """Return a series as its form's data."""
    return {
        "name": series.name,
        "purpose": series.purpose,
        "pattern": series.pattern.value,
        "ordinal": str(series.ordinal or 2),
        "weekday": str(series.weekday if series.weekday is not None else 1),
        "month_day": series.month_day or 15,
        "interval": series.interval,
        "holiday_rule": series.holiday_rule.value,
        "minutes": series.minutes,
        "reminders": ", ".join(str(day) for day in series.reminder_days),
        "review_days": series.review_days,
        "silence_approves": series.silence_approves,
        "escalation_days": series.escalation_days,
        **place_data(series),
    }


def values_of(series: MeetingSeries) -> dict[str, str]:
    """Return a series as the raw values of the parts of its form that are read by hand."""
    values = {
        "starts_on": series.starts_on.isoformat(),
        "ends_on": series.ends_on.isoformat() if series.ends_on else "",
        "wall_time": f"{series.wall_time:%H:%M}",
    }
    for number, day in enumerate(series.picked):
        values[f"picked-{number}-day"] = day
    for number, party in enumerate(series.parties):
        values |= {
            f"parties-{number}-institution": party.organisation.public_id,
            f"parties-{number}-quorum": str(party.quorum),
            f"parties-{number}-head": party.head.public_id if party.head else "",
        }
    return values


def starting_values(*, today: date) -> dict[str, str]:
    """Return what the form of a new series begins with."""
    return {"starts_on": (today + timedelta(days=1)).isoformat(), "wall_time": "10:00"}
