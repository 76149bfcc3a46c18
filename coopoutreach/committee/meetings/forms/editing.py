"""What the coordination may type about when and where one meeting is, and why it is called off."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any

from wtforms import BooleanField, StringField, TextAreaField
from wtforms.validators import AnyOf, DataRequired, Length, Optional

from coopoutreach.committee.meetings.fields import MeetingFields
from coopoutreach.committee.meetings.forms.place import PlaceFields, line, place_data
from coopoutreach.committee.meetings.models import Meeting, MeetingSeries
from coopoutreach.committee.meetings.rules import Scope
from coopoutreach.platform.core import calendar, text
from coopoutreach.platform.core.moments import Moment, read_hour, read_moment
from coopoutreach.platform.web.forms import Form

_EARLIEST, _LATEST = 6, 21
LONGEST = timedelta(hours=8)
BAD_HOUR = "Escriba la hora en formato de 24 horas, como 11:30."


class MeetingForm(PlaceFields):
    """When and where one meeting is, and for how many of its series that holds."""

    title = line("Nombre de la reunión", 140, DataRequired("Escriba el nombre de la reunión."))
    scope = StringField(
        "Aplicar a",
        [AnyOf([item.value for item in Scope], message="Elija una opción.")],
        default=Scope.THIS.value,
    )
    keep_date = BooleanField("Mantener esta fecha de todos modos")

    def read(self, data: Mapping[str, str], *, today: date, was_on: date | None = None) -> bool:
        """Check everything; return whether it can be saved. `was_on`: the day that it has."""
        good = bool(self.validate())
        self.found = self.clashes_elsewhere
        self.start = read_moment(
            data.get("start_date", ""), data.get("start_time", ""), today=today
        )
        self.end = read_end(self.start, data.get("end_time", ""), self.found, "end_time")
        self.check_place()
        self.warning = ""
        if self.start.day and self.start.day != was_on:
            comuna = self.comuna.data or None
            self.warning = warning(self.start.day, comuna) or ""
        return good and not self.all_errors

    @property
    def stops(self) -> bool:
        """Return whether the day is a poor one, and nobody said to keep it."""
        return bool(self.warning) and not self.keep_date.data

    @property
    def all_errors(self) -> dict[str, str]:
        """Return each field's first sentence, for the summary above the form."""
        moments = {f"start_{part}": sentence for part, sentence in self.start.errors.items()}
        own = {name: errors[0] for name, errors in self.errors.items() if errors}
        return {**own, **moments, **self.found}

    def refuse(self, field: str, sentence: str) -> None:
        """Put a sentence that a command said beside its field."""
        self.found[field] = sentence

    def fields(self) -> MeetingFields:
        """Return what was read, typed."""
        if self.start.wall is None or self.end is None:
            raise ValueError("The form was not read, or cannot be saved.")
        return MeetingFields(
            title=self.title.data,
            wall_start=self.start.wall,
            wall_end=self.end,
            **self.place_values(),
        )


class CancelForm(Form):
    """Why a meeting is called off."""

    reason = TextAreaField(
        "Motivo",
        [
            DataRequired("Escriba el motivo: lo leerán las personas convocadas."),
            Length(max=500, message="Use a lo más 500 caracteres."),
        ],
        filters=[lambda value: text.clean_text(value or "")],
        description="Aparece en el correo y en la página de la reunión.",
    )


class EndForm(Form):
    """Whether meetings that were convened are called off with their series, and why."""

    cancel_convened = BooleanField("Suspender también las reuniones ya convocadas")
    reason = TextAreaField(
        "Motivo",
        [Optional(), Length(max=500, message="Use a lo más 500 caracteres.")],
        filters=[lambda value: text.clean_text(value or "")],
        description="Solo hace falta si suspende reuniones: aparece en el correo que lo avisa.",
    )

    def read(self) -> bool:
        """Check everything; who suspends says why."""
        good = bool(self.validate())
        if self.cancel_convened.data and not self.reason.data:
            self.reason.errors = ["Escriba el motivo: lo leerán las personas convocadas."]
            return False
        return good


def read_end(start: Moment, given: str, found: dict[str, str], name: str) -> datetime | None:
    """Read when something that begins at `start` ends, on the same day.

    Clocks change around midnight: no meeting begins there, so every hour exists once.
    """
    hour = read_hour(given.strip())
    if hour is None:
        found[name] = BAD_HOUR
        return None
    if start.wall is None:
        return None
    if not _EARLIEST <= start.wall.hour <= _LATEST:
        start.errors["time"] = "Elija una hora entre las 06:00 y las 21:59."
    end = datetime.combine(start.wall.date(), hour)
    if end <= start.wall:
        found[name] = "El término debe ser después del inicio, el mismo día."
    elif end - start.wall > LONGEST:
        found[name] = "Una reunión dura a lo más ocho horas."
    return end


def warning(day: date, comuna: str | None) -> str | None:
    """Return the sentence that warns about a day, where the meeting is."""
    return calendar.warning(day, region=comuna[:2] if comuna else None, comuna=comuna)


def data_of(given: Meeting | MeetingSeries, *, title: str) -> dict[str, Any]:
    """Return a meeting, or the place of a series for a new one, as the form's data."""
    return {"title": title, **place_data(given)}


def values_of(meeting: Meeting) -> dict[str, str]:
    """Return a meeting as the raw values of its form's date and time inputs."""
    return {
        "start_date": f"{meeting.wall_start:%Y-%m-%d}",
        "start_time": f"{meeting.wall_start:%H:%M}",
        "end_time": f"{meeting.wall_end:%H:%M}",
    }


def starting_values(series: MeetingSeries) -> dict[str, str]:
    """Return what the form of an extraordinary meeting begins with: the hours of its series."""
    start = datetime.combine(series.starts_on, series.wall_time)
    end = start + timedelta(minutes=series.minutes)
    return {"start_time": f"{start:%H:%M}", "end_time": f"{end:%H:%M}"}
