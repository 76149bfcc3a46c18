"""What may be typed about organisations, and what the list of cooperatives may be asked for."""

from collections.abc import Mapping
from typing import Any

from wtforms import StringField, TextAreaField
from wtforms.validators import DataRequired, Length, Optional, ValidationError

from coopoutreach.people.directory import contact, places, rut
from coopoutreach.people.directory.forms import fields
from coopoutreach.people.directory.models import Organisation
from coopoutreach.people.directory.rules import (
    LEVEL_NAMES,
    NO_LEVEL,
    Filters,
    Level,
    Sort,
    Supervisor,
)
from coopoutreach.platform.core import spanish, text
from coopoutreach.platform.web.forms import Form

#: The name in the statutes, which may be long: «… y de Préstamos Solidario Limitada».
LONGEST_LEGAL_NAME = 160
LONGEST_GROUNDS = 1000
LONGEST_SEARCH = 100
#: Nobody turns that many pages; more would be an address made up.
LAST_PAGE = 500
LEVELS = [(level.value, name) for level, name in LEVEL_NAMES.items()]


class NamesForm(Form):
    """What an institution and a unit are called, and how they are reached."""

    name = fields.name("Nombre", LONGEST_LEGAL_NAME, "Escriba el nombre.")
    short_name = fields.name(
        "Nombre corto",
        text.LONGEST_NAME,
        "Escriba el nombre corto.",
        hint="Como se le conoce; aparece en las listas.",
    )
    email = fields.email("Correo", required=False)
    phone = fields.phone()

    def fields(self) -> dict[str, Any]:
        """Return what was typed as the arguments of a command; only after it was validated."""
        return {
            "name": self.name.data,
            "short_name": self.short_name.data,
            "email": fields.optional(self.email.data, contact.email),
            "phone": fields.optional(self.phone.data, contact.phone),
        }


class CooperativeForm(NamesForm):
    """A cooperative, but for its level."""

    name = fields.name(
        "Nombre legal", LONGEST_LEGAL_NAME, "Escriba el nombre legal.", hint="El de los estatutos."
    )
    rut = StringField(
        "RUT",
        [DataRequired("Escriba el RUT."), fields.checked(rut.parse)],
        filters=[fields.clean],
        description="Como 12.345.678-5; también sin puntos.",
    )
    # The template draws these as lists to choose from.
    comuna = StringField(
        "Comuna", [DataRequired("Elija la comuna.")], description="De la casa matriz."
    )
    supervisor = StringField("Fiscalizador", [Optional()])

    def validate_comuna(self, field: Any) -> None:
        """Refuse what is not one of the comunas."""
        if places.comuna(field.data) is None:
            raise ValidationError("Elija la comuna de la lista.")

    def validate_supervisor(self, field: Any) -> None:
        """Refuse what is not one of the supervisors."""
        if field.data not in set(Supervisor):
            raise ValidationError("Elija el fiscalizador de la lista.")

    def fields(self) -> dict[str, Any]:
        """Return what was typed as the arguments of a command; only after it was validated."""
        return super().fields() | {
            "rut": rut.parse(self.rut.data),
            "comuna": self.comuna.data,
            "supervisor": fields.optional(self.supervisor.data, Supervisor),
        }


class LevelForm(Form):
    """A development level, and why."""

    # The template draws this as cards to choose from.
    level = StringField("Nivel de desarrollo")
    grounds = TextAreaField(
        "Fundamento",
        [Length(max=LONGEST_GROUNDS, message=f"Use a lo más {LONGEST_GROUNDS} caracteres.")],
        filters=[fields.clean_text],
        description="Por qué le corresponde este nivel. Lo lee la cooperativa.",
    )

    def validate_level(self, field: Any) -> None:
        """Refuse what is neither a level nor the lack of one."""
        if field.data not in {*Level, NO_LEVEL}:
            raise ValidationError("Elija un nivel.")

    def fields(self) -> dict[str, Any]:
        """Return what was typed as the arguments of a command; only after it was validated."""
        level = None if self.level.data == NO_LEVEL else Level(self.level.data)
        return {"level": level, "grounds": self.grounds.data}


def filters_from(args: Mapping[str, str]) -> Filters:
    """Return what the list of cooperatives is narrowed to; what is not ours is dropped."""
    page = args.get("pagina", "")
    sorts = {sort.value for sort in Sort}
    return Filters(
        text=text.clean_line(args.get("q", "")[: LONGEST_SEARCH * 4])[:LONGEST_SEARCH],
        region=_one_of(args.get("region"), {one.cut for one in places.regions()}),
        level=_one_of(args.get("nivel"), {*Level, NO_LEVEL}),
        supervisor=_one_of(args.get("fiscalizador"), set(Supervisor)),
        inactive=args.get("inactivas") == "1",
        sort=Sort(_one_of(args.get("orden"), sorts) or Sort.NAME),
        descending=args.get("descendente") == "1",
        page=max(1, min(int(page), LAST_PAGE)) if page.isascii() and page.isdigit() else 1,
    )


def comuna_choices() -> list[dict[str, Any]]:
    """Return the comunas in groups by region, north to south, for a select."""
    return [
        {
            "label": region.short_name,
            "options": [(one.cut, one.name) for one in places.comunas(region.cut)],
        }
        for region in places.regions()
    ]


def data_of(organisation: Organisation) -> dict[str, str]:
    """Return an organisation as its form shows it."""
    return {
        "name": organisation.name,
        "short_name": organisation.short_name,
        "rut": spanish.rut(organisation.rut) if organisation.rut else "",
        "comuna": organisation.comuna or "",
        "supervisor": organisation.supervisor or "",
        "email": organisation.email or "",
        "phone": contact.show_phone(organisation.phone) if organisation.phone else "",
    }


def _one_of(said: str | None, allowed: set[str]) -> str:
    return said if said in allowed else ""
