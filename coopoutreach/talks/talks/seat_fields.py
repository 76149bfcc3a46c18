"""What the coordination may type about who gets a talk's seats: held ones, and a limit."""

from datetime import timedelta
from typing import Any

from wtforms import IntegerField, SelectMultipleField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import NumberRange, Optional

from coopoutreach.events.rules import Modality
from coopoutreach.people.directory.rules import LEVEL_NAMES
from coopoutreach.platform.core import time as civil
from coopoutreach.platform.core.moments import Moment
from coopoutreach.platform.core.time import Existence
from coopoutreach.platform.web.forms import Form

MOST_SEATS = 5000
#: Held seats are released so long before the talk at the latest: after that the line is moved by
#: a person alone, and nobody would get them.
LATEST_RELEASE = timedelta(hours=12)


def number(label: str, *, least: int = 0, default: int | None = 0, hint: str = "") -> IntegerField:
    """Return a field for a number of seats."""
    sentence = f"Un número entre {least} y {MOST_SEATS}."
    checks = [Optional(), NumberRange(least, MOST_SEATS, sentence)]
    return IntegerField(label, checks, default=default, description=hint)


class SeatFields(Form):
    """How many seats there are, who goes first, what is held, and how many one may have."""

    capacity_room = number("Cupos presenciales")
    capacity_online = number("Cupos en línea")
    prioritised_levels = SelectMultipleField(
        "Niveles que van primero en la fila",
        choices=[SelectChoice(level.value, name) for level, name in LEVEL_NAMES.items()],
    )
    held_room = number("Cupos presenciales reservados")
    held_online = number("Cupos en línea reservados")
    limit_per_cooperative = number(
        "Máximo por cooperativa",
        least=1,
        default=None,
        hint="Presenciales y en línea, sumados. Vacío: sin máximo.",
    )

    def held_of(self, modality: str) -> tuple[int, int]:
        """Return how many seats are held in the room and online, of those that the talk has."""
        in_room = (self.held_room.data or 0) if modality != Modality.ONLINE.value else 0
        online = (self.held_online.data or 0) if modality != Modality.ROOM.value else 0
        return in_room, online

    def check_seats(self, held: Moment, *, start: Moment, modality: str, zone: str) -> None:
        """Put beside each field what is wrong with the held seats; `held` is until when."""
        in_room, online = self.held_of(modality)
        for field, number_held, capacity in (
            (self.held_room, in_room, self.capacity_room.data or 0),
            (self.held_online, online, self.capacity_online.data or 0),
        ):
            if number_held > capacity and not field.errors:
                wrong(field, f"No puede reservar más cupos que los que hay: {capacity}.")
        if not in_room and not online:
            return
        if not self.prioritised_levels.data:
            wrong(self.prioritised_levels, "Elija para qué niveles se reservan los cupos.")
        _check_release(held, start=start, zone=zone)


def _check_release(held: Moment, *, start: Moment, zone: str) -> None:
    if held.wall is None:
        held.errors.setdefault("date", "Indique hasta qué día y hora se reservan los cupos.")
    elif civil.existence(held.wall, zone) is Existence.NEVER:
        held.errors["time"] = "Ese día el reloj se adelanta y esa hora no existe."
    elif start.wall is not None and civil.existence(start.wall, zone) is not Existence.NEVER:
        latest = civil.moment(start.wall, zone) - LATEST_RELEASE
        if civil.moment(held.wall, zone) > latest:
            held.errors["date"] = (
                "Debe ser a más tardar 12 horas antes del inicio: después, la lista de espera "
                "solo avanza a mano."
            )


def wrong(field: Any, sentence: str) -> None:
    """Put a sentence beside a field."""
    field.errors = [*field.errors, sentence]
