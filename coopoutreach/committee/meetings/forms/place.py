"""Where a meeting is: the part that the forms of series and of meetings share."""

import re
from typing import Any

from wtforms import StringField
from wtforms.validators import AnyOf, Length, Optional

from coopoutreach.events.rules import Modality
from coopoutreach.people.directory import places
from coopoutreach.platform.core import spanish, text
from coopoutreach.platform.web.forms import Form

MODALITIES = [
    (Modality.ROOM.value, "Presencial"),
    (Modality.ONLINE.value, "En línea"),
    (Modality.HYBRID.value, "Presencial y en línea"),
]
_LINK = re.compile(r"https://[^\s<>\"']{4,500}")


def line(label: str, longest: int, *checks: Any, hint: str = "") -> StringField:
    """Return a field of one line, optional unless a check says otherwise."""
    length = Length(max=longest, message=f"Use a lo más {longest} caracteres.")
    return StringField(
        label,
        [*(checks or (Optional(),)), length],
        filters=[lambda value: text.clean_line(value or "")],
        description=hint,
    )


def wrong(field: Any, sentence: str) -> None:
    """Put a sentence beside a field."""
    field.errors = [*field.errors, sentence]


class PlaceFields(Form):
    """How people take part, and where."""

    modality = StringField(
        "Modalidad",
        [AnyOf([value for value, _ in MODALITIES], message="Elija una opción.")],
        default=Modality.HYBRID.value,
    )
    place = line("Lugar", 120)
    address = line("Dirección", 160)
    comuna = line("Comuna", 5)
    link = line("Enlace para conectarse", 500, hint="Solo lo ven las personas convocadas.")

    @property
    def in_room(self) -> bool:
        """Return whether people come to a place."""
        return bool(self.modality.data != Modality.ONLINE.value)

    @property
    def online(self) -> bool:
        """Return whether people join from elsewhere."""
        return bool(self.modality.data != Modality.ROOM.value)

    @property
    def zone(self) -> str:
        """Return whose clock it is: that of the place, or Santiago's."""
        comuna = places.comuna(self.comuna.data) if self.in_room and self.comuna.data else None
        return comuna.zone if comuna else spanish.HOME_ZONE

    def check_place(self) -> None:
        """Say what is missing of where it is."""
        if self.in_room and not self.place.data:
            wrong(self.place, "Escriba el lugar.")
        if self.in_room and places.comuna(self.comuna.data or "") is None:
            wrong(self.comuna, "Elija la comuna donde se realiza.")
        if self.online and self.link.data and not _LINK.fullmatch(self.link.data):
            wrong(self.link, "El enlace debe comenzar con https:// y no llevar espacios.")

    def place_values(self) -> dict[str, Any]:
        """Return the columns that say where it is."""
        return {
            "modality": Modality(self.modality.data),
            "place": (self.place.data or "") if self.in_room else "",
            "address": (self.address.data or "") if self.in_room else "",
            "comuna": (self.comuna.data or None) if self.in_room else None,
            "link": (self.link.data or "") if self.online else "",
        }


def place_data(given: Any) -> dict[str, str]:
    """Return where a series or a meeting is, as its form's data."""
    return {
        "modality": given.modality.value,
        "place": given.place,
        "address": given.address,
        "comuna": given.comuna or "",
        "link": given.link,
    }
