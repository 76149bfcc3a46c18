"""What is typed about a poll for a date: by who asks, and by who answers."""

from collections.abc import Collection, Mapping
from datetime import date, datetime

from wtforms import BooleanField, StringField, TextAreaField
from wtforms.validators import DataRequired, Length, Optional

from coopoutreach.committee.meetings.fields import PollFields
from coopoutreach.committee.meetings.forms.editing import read_end, warning
from coopoutreach.committee.meetings.forms.place import line
from coopoutreach.committee.meetings.models import MeetingSeries, PollOption
from coopoutreach.committee.meetings.rules import Suits
from coopoutreach.platform.core import spanish, text
from coopoutreach.platform.core import time as civil
from coopoutreach.platform.core.moments import read_moment
from coopoutreach.platform.web.forms import Form
from coopoutreach.platform.web.rows import row, row_numbers

LEAST_OPTIONS, MOST_OPTIONS = 2, 12
PARTS = ("date", "start", "end")
SUITS_NAMES = {
    Suits.YES: "Me acomoda",
    Suits.IF_NEEDED: "Si no hay otra",
    Suits.NO: "No puedo",
}


class PollForm(Form):
    """Which dates are asked about, for which meeting, and until when."""

    title = line("Reunión", 140, DataRequired("Escriba para qué reunión es."))
    meeting = StringField("Es para", [Optional()])
    keep_dates = BooleanField("Preguntar por estas fechas de todos modos")

    def read(
        self, data: Mapping[str, str], series: MeetingSeries, *, today: date, now: datetime
    ) -> bool:
        """Check everything; return whether it can be asked."""
        good = bool(self.validate())
        self.found: dict[str, str] = {}
        self.options: list[tuple[datetime, datetime]] = []
        self.row_errors: dict[int, str] = {}
        self.warnings: list[str] = []
        typed = [given for given in option_rows(data) if given["date"]]
        for place, given in enumerate(typed):
            self._read_option(place, given, series, today=today)
        starts = {start for start, _ in self.options}
        if not self.row_errors and not LEAST_OPTIONS <= len(starts) == len(typed):
            self.found["options"] = "Proponga al menos dos fechas, cada una una vez."
        self.closes = read_moment(
            data.get("closes_date", ""), data.get("closes_time", ""), today=today
        )
        self._check_closing(series, now=now)
        return good and not self.all_errors

    @property
    def stops(self) -> bool:
        """Return whether some days are poor ones, and nobody said to keep them."""
        return bool(self.warnings) and not self.keep_dates.data

    @property
    def all_errors(self) -> dict[str, str]:
        """Return each field's first sentence, for the summary above the form."""
        own = {name: errors[0] for name, errors in self.errors.items() if errors}
        rows = {f"options-{place}-date": said for place, said in self.row_errors.items()}
        closes = {f"closes_{part}": said for part, said in self.closes.errors.items()}
        return {**own, **rows, **closes, **self.found}

    def fields(self, series: MeetingSeries) -> PollFields:
        """Return what was read, typed."""
        if self.closes.wall is None:
            raise ValueError("The form was not read, or cannot be saved.")
        closes_at = civil.moment(self.closes.wall, series.zone)
        return PollFields(title=self.title.data, options=self.options, closes_at=closes_at)

    def _read_option(
        self, place: int, given: Mapping[str, str], series: MeetingSeries, *, today: date
    ) -> None:
        start = read_moment(given["date"], given["start"], today=today)
        found: dict[str, str] = {}
        end = read_end(start, given["end"], found, "end")
        if start.day is not None and start.day < today:
            start.errors["date"] = "Esa fecha ya pasó."
        errors = [*start.errors.values(), *found.values()]
        if errors or start.wall is None or end is None:
            self.row_errors[place] = errors[0] if errors else "Complete la fecha y las horas."
            return
        self.options.append((start.wall, end))
        said = warning(start.wall.date(), series.comuna)
        if said and said not in self.warnings:
            self.warnings.append(said)

    def _check_closing(self, series: MeetingSeries, *, now: datetime) -> None:
        wall = self.closes.wall
        if wall is None:
            return
        if civil.moment(wall, series.zone) <= now:
            self.closes.errors["date"] = "El cierre debe ser más adelante que ahora."
        elif self.options and wall > min(start for start, _ in self.options):
            self.closes.errors["date"] = "Cierre la consulta antes de la primera fecha propuesta."


class AnswerForm(Form):
    """What a member says of the dates, by their link."""

    comment = TextAreaField(
        "Comentario",
        [Optional(), Length(max=500, message="Use a lo más 500 caracteres.")],
        filters=[lambda value: text.clean_text(value or "")],
    )

    def read(self, data: Mapping[str, str], options: Collection[PollOption]) -> bool:
        """Check everything; return whether it can be saved: each date needs its answer."""
        good = bool(self.validate())
        self.found: dict[str, str] = {}
        self.choices: dict[int, Suits] = {}
        for option in options:
            typed = data.get(f"option-{option.id}", "")
            if typed in set(Suits):
                self.choices[option.id] = Suits(typed)
            else:
                start = option.wall_start
                when = f"{spanish.day_and_month(start)}, {spanish.clock(start)}"
                self.found[f"option-{option.id}"] = f"Elija una respuesta para el {when}."
        return good and not self.found

    @property
    def all_errors(self) -> dict[str, str]:
        """Return each field's first sentence, for the summary above the form."""
        own = {name: errors[0] for name, errors in self.errors.items() if errors}
        return {**self.found, **own}


def option_rows(values: Mapping[str, str]) -> list[dict[str, str]]:
    """Return the rows of dates to draw: those typed, and some to spare."""
    numbers = row_numbers(values, "options", most=MOST_OPTIONS)
    typed = [row(values, "options", number, PARTS) for number in numbers]
    rows = [given for given in typed if given["date"]]
    hours = {part: rows[-1][part] for part in ("start", "end")} if rows else {}
    empty = {"date": "", "start": values.get("start", ""), "end": values.get("end", ""), **hours}
    return [*rows, *[empty] * max(3 - len(rows), 1)][:MOST_OPTIONS]
