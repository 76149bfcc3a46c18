"""What the coordination may type about a talk."""

import re
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any

from wtforms import (
    BooleanField,
    StringField,
    TextAreaField,
)
from wtforms.validators import AnyOf, DataRequired, Length, Optional

from coopoutreach.events.rules import Modality
from coopoutreach.people.directory import places
from coopoutreach.platform.core import calendar, spanish, text
from coopoutreach.platform.core import time as civil
from coopoutreach.platform.core.moments import Moment, read_moment
from coopoutreach.platform.core.time import Existence
from coopoutreach.talks.talks.fields import TalkFields
from coopoutreach.talks.talks.models import OutreachPlan, Talk
from coopoutreach.talks.talks.rules import Format
from coopoutreach.talks.talks.seat_fields import SeatFields, wrong
from coopoutreach.talks.talks.speaker_rows import read_speakers

LONGEST_TITLE = 140
LONGEST_TEXT = 6000
LONGEST_EVENT = timedelta(days=5)
MODALITIES = [
    (Modality.ROOM.value, "Presencial"),
    (Modality.ONLINE.value, "En línea"),
    (Modality.HYBRID.value, "Presencial y en línea"),
]
_LINK = re.compile(r"https://[^\s<>\"']{4,500}")


def _clean(value: str | None) -> str:
    return text.clean_line(value or "")


def _clean_text(value: str | None) -> str:
    return text.clean_text(value or "")


def _line(label: str, longest: int, *, required: bool = False, hint: str = "") -> StringField:
    needed = DataRequired(f"Complete «{label}».")
    checks: list[Any] = [needed] if required else [Optional()]
    return StringField(
        label,
        [*checks, Length(max=longest, message=f"Use a lo más {longest} caracteres.")],
        filters=[_clean],
        description=hint,
    )


def _one_of(label: str, values: list[str], *, default: str) -> StringField:
    return StringField(label, [AnyOf(values, message="Elija una opción.")], default=default)


class TalkForm(SeatFields):
    """The talk editor. Times are read by hand: each part has its own sentence when it is wrong."""

    title = _line("Título", LONGEST_TITLE, required=True)
    format = _one_of("Formato", [item.value for item in Format], default=Format.TALK.value)
    plan = _line("Plan", 40)
    description = TextAreaField(
        "Descripción",
        [Optional(), Length(max=LONGEST_TEXT, message=f"Use a lo más {LONGEST_TEXT} caracteres.")],
        filters=[_clean_text],
        description="Qué aprenderá la cooperativa y para quién es. Texto simple.",
    )
    topics = _line("Temas", 200, hint="Separados por comas: garantías, riesgo de crédito.")
    modality = _one_of("Modalidad", [value for value, _ in MODALITIES], default="presencial")
    place = _line("Lugar", 120)
    address = _line("Dirección", 160)
    comuna = _line("Comuna", 5)
    link = _line("Enlace para conectarse", 500, hint="Solo lo ven las personas con cupo.")
    reminders = _line("Recordatorios", 40, hint="Días antes, separados por comas: 7, 1.")
    photos = BooleanField("Se tomarán fotos o se grabará")
    which = _line("Esa hora ocurre dos veces por el cambio de hora", 1)
    keep_date = BooleanField("Mantener esta fecha de todos modos")

    codes = frozenset({"format", "plan", "modality", "comuna", "which", "start_zone"})
    #: Set when the hour that was typed comes twice, and nobody said which is meant.
    asks_which = False

    def read(self, data: Mapping[str, str], *, today: date) -> bool:
        """Check everything; return whether it can be saved. Sets `start`, `end` and the rest."""
        self.data_given = data
        good = bool(self.validate())
        self.zone = data.get("start_zone") or spanish.HOME_ZONE
        if self.zone not in dict(places.zones()):
            self.zone = spanish.HOME_ZONE
        self.start = read_moment(
            data.get("start_date", ""), data.get("start_time", ""), today=today
        )
        self.end = read_moment(
            data.get("end_date", "") or data.get("start_date", ""),
            data.get("end_time", ""),
            today=today,
        )
        self.opens = read_moment(
            data.get("opens_date", ""), data.get("opens_time", ""), today=today, required=False
        )
        self.closes = read_moment(
            data.get("closes_date", ""), data.get("closes_time", ""), today=today, required=False
        )
        self.held = read_moment(
            data.get("held_date", ""), data.get("held_time", ""), today=today, required=False
        )
        self.speakers = read_speakers(data)
        self.warning = ""
        self.suggestion: date | None = None
        self._check_clock()
        self._check_place()
        self._check_reminders()
        self.check_seats(self.held, start=self.start, modality=self.modality.data, zone=self.zone)
        moments = (self.start, self.end, self.opens, self.closes, self.held)
        return good and not self.all_errors and not any(m.errors for m in moments)

    @property
    def all_errors(self) -> dict[str, str]:
        """Return each field's first sentence, for the summary above the form."""
        found = {name: errors[0] for name, errors in self.errors.items() if errors}
        found |= self.clashes_elsewhere
        named = (
            ("start", "Inicio", self.start),
            ("end", "Término", self.end),
            ("opens", "Se abre", self.opens),
            ("closes", "Se cierra", self.closes),
            ("held", "Reservados hasta", self.held),
        )
        for name, label, moment in named:
            for part, sentence in moment.errors.items():
                found[f"{name}_{part}" if part else name] = f"{label}: {sentence}"
        return found

    def _check_clock(self) -> None:
        start, end = self.start.wall, self.end.wall
        if start is None:
            return
        for moment, wall in ((self.start, start), (self.end, end)):
            if wall and civil.existence(wall, self.zone) is Existence.NEVER:
                moment.errors["time"] = (
                    f"El {spanish.day(wall)} el reloj se adelanta y las {spanish.clock(wall)} "
                    "no existen. Elija una hora después."
                )
        if civil.existence(start, self.zone) is Existence.TWICE and self.which.data not in {
            "0",
            "1",
        }:
            self.start.errors["time"] = (
                f"El {spanish.day(start)} el reloj se atrasa y las {spanish.clock(start)} ocurren "
                "dos veces. Indique más abajo cuál es."
            )
            self.asks_which = True
        if end is None:
            return
        if end <= start:
            self.end.errors["time"] = "El término debe ser después del inicio."
        elif end - start > LONGEST_EVENT:
            self.end.errors["date"] = "Una actividad dura a lo más cinco días."

    def _check_place(self) -> None:
        comuna = places.comuna(self.comuna.data) if self.comuna.data else None
        in_room = self.modality.data != Modality.ONLINE.value
        online = self.modality.data != Modality.ROOM.value
        if in_room and comuna is None:
            wrong(self.comuna, "Elija la comuna donde se realiza.")
        if in_room and not self.capacity_room.data:
            wrong(self.capacity_room, "Indique cuántas personas caben.")
        if online and not self.capacity_online.data:
            wrong(self.capacity_online, "Indique cuántas personas pueden conectarse.")
        if self.link.data and not _LINK.fullmatch(self.link.data):
            wrong(self.link, "El enlace debe comenzar con https:// y no llevar espacios.")
        if comuna and in_room and comuna.zone != self.zone:
            name = dict(places.zones())[comuna.zone]
            self.start.errors["zone"] = f"{comuna.name} usa la hora de {name}. Elija ese huso."

    def _check_reminders(self) -> None:
        numbers = re.split(r"[,\s]+", self.reminders.data or "")
        days = {int(number) for number in numbers if number.isdigit()}
        bad = [number for number in numbers if number and not number.isdigit()]
        if bad or any(not 1 <= day <= 60 for day in days):  # noqa: PLR2004 (the table's own range)
            wrong(self.reminders, "Escriba días entre 1 y 60, separados por comas: 7, 1.")
        self.reminder_days = days

    def warn(self, *, keep: bool) -> bool:
        """Set `warning` and `suggestion` if the day is a poor one; return whether to stop there."""
        if self.start.day is None:
            return False
        comuna = self.comuna.data or None
        region = comuna[:2] if comuna else None
        self.warning = calendar.warning(self.start.day, region=region, comuna=comuna) or ""
        if self.warning:
            self.suggestion = calendar.next_working_day(
                self.start.day, region=region, comuna=comuna
            )
        return bool(self.warning) and not keep

    def fields(self, *, plan: OutreachPlan | None) -> TalkFields:
        """Return what was read, typed; only after `read` said that it can be saved."""
        start, end = self.start.wall, self.end.wall
        if start is None or end is None:
            raise ValueError("The form was not read, or cannot be saved.")
        in_room = self.modality.data != Modality.ONLINE.value
        online = self.modality.data != Modality.ROOM.value
        comuna = self.comuna.data if in_room else None
        held_room, held_online = self.held_of(self.modality.data)
        return TalkFields(
            title=self.title.data,
            description=self.description.data or "",
            format=Format(self.format.data),
            wall_start=start,
            wall_end=end,
            zone=self.zone,
            fold=int(self.which.data or 0),
            modality=Modality(self.modality.data),
            place=(self.place.data or "") if in_room else "",
            address=(self.address.data or "") if in_room else "",
            comuna=comuna or None,
            region=comuna[:2] if comuna else None,
            link=(self.link.data or "") if online else "",
            capacity_room=(self.capacity_room.data or 0) if in_room else 0,
            capacity_online=(self.capacity_online.data or 0) if online else 0,
            registration_opens_at=self._moment(self.opens),
            registration_closes_at=self._moment(self.closes),
            prioritised_levels=list(self.prioritised_levels.data or []),
            held_room=held_room,
            held_online=held_online,
            held_until=self._moment(self.held) if held_room or held_online else None,
            limit_per_cooperative=self.limit_per_cooperative.data,
            photos=bool(self.photos.data),
            plan=plan,
            speakers=self.speakers,
            topics=self.topic_names,
            reminder_days=frozenset(self.reminder_days),
        )

    @property
    def topic_names(self) -> list[str]:
        """Return the topics, each once."""
        names = [part.strip() for part in (self.topics.data or "").split(",")]
        return list(dict.fromkeys(name[:60] for name in names if name))

    def _moment(self, typed: Moment) -> datetime | None:
        return civil.moment(typed.wall, self.zone) if typed.wall else None


def values_of(talk: Talk) -> dict[str, str]:
    """Return a talk as the raw values of its form's date and time inputs."""
    values = {
        "start_date": f"{talk.wall_start:%Y-%m-%d}",
        "start_time": f"{talk.wall_start:%H:%M}",
        "start_zone": talk.zone,
        "end_date": f"{talk.wall_end:%Y-%m-%d}",
        "end_time": f"{talk.wall_end:%H:%M}",
    }
    for name, at in (
        ("opens", talk.registration_opens_at),
        ("closes", talk.registration_closes_at),
        ("held", talk.held_until),
    ):
        if at is not None:
            wall = civil.wall_of(at, talk.zone)
            values |= {f"{name}_date": f"{wall:%Y-%m-%d}", f"{name}_time": f"{wall:%H:%M}"}
    for place, speaker in enumerate(talk.speakers):
        values |= {
            f"speakers-{place}-name": speaker.name,
            f"speakers-{place}-post": speaker.post,
            f"speakers-{place}-organisation": speaker.organisation,
        }
    return values
