"""What may be typed about people and their posts."""

from datetime import date
from typing import Any

from wtforms import StringField
from wtforms.validators import DataRequired, Optional, ValidationError

from coopoutreach.people.directory import contact
from coopoutreach.people.directory.forms import fields
from coopoutreach.people.directory.models import Affiliation
from coopoutreach.people.directory.rules import (
    ACCESS_NAMES,
    ACCESS_OF_KIND,
    Access,
    Kind,
    Member,
    Period,
)
from coopoutreach.platform.core import text
from coopoutreach.platform.web.forms import Form


class MemberForm(Form):
    """A person and a post."""

    name = fields.name(
        "Nombre y apellidos", text.LONGEST_NAME, "Escriba el nombre.", of_person=True
    )
    email = fields.email("Correo", required=True, hint="Puede ser compartido con otras personas.")
    phone = fields.phone()
    post = fields.name(
        "Cargo",
        text.LONGEST_NAME,
        "Escriba el cargo.",
        hint="Por ejemplo: gerenta general, presidente del Consejo, oficial de cumplimiento.",
        of_person=True,
    )
    since = StringField(
        "En el cargo desde", [Optional(), fields.checked(fields.read_day)], filters=[fields.clean]
    )

    def refuse_days_after(self, today: date) -> None:
        """Add the check that needs to know which day it is."""
        self.today = today

    def validate_since(self, field: Any) -> None:
        """Refuse a day that has not come."""
        if fields.read_day(field.data) > self.today:
            raise ValidationError("La fecha no puede ser futura.")

    def member(self) -> Member:
        """Return who was typed; only after it was validated."""
        return Member(
            name=self.name.data,
            email=contact.email(self.email.data),
            phone=fields.optional(self.phone.data, contact.phone) or "",
            post=self.post.data,
            since=fields.optional(self.since.data, fields.read_day),
        )


class EndForm(Form):
    """When somebody left a post."""

    until = StringField(
        "Último día en el cargo",
        [DataRequired("Escriba la fecha."), fields.checked(fields.read_day)],
        filters=[fields.clean],
    )

    @property
    def day(self) -> date:
        """Return the day that was typed; only after it was validated."""
        return fields.read_day(self.until.data)


class DeputyForm(Form):
    """Who stands in for whom, and from which day to which."""

    deputed = StringField("A quién se suple", [DataRequired("Elija a quién se suple.")])
    deputy = StringField("Quién suple", [DataRequired("Elija quién suple.")])
    since = StringField(
        "Desde", [DataRequired("Escriba la fecha."), fields.checked(fields.read_day)]
    )
    until = StringField(
        "Hasta", [DataRequired("Escriba la fecha."), fields.checked(fields.read_day)]
    )

    @property
    def period(self) -> Period:
        """Return the days that were typed; only after they were validated."""
        return Period(fields.read_day(self.since.data), fields.read_day(self.until.data))


class AccessForm(Form):
    """What a post lets its person do."""

    access = StringField("Acceso")

    def validate_access(self, field: Any) -> None:
        """Refuse what is no access."""
        if field.data not in set(Access):
            raise ValidationError("Elija un acceso de la lista.")


def access_choices(kind: Kind) -> list[dict[str, str]]:
    """Return what a post may allow in an organisation of that kind, as cards to choose from."""
    hints = {
        Access.NONE: "Figura en el directorio y no ingresa.",
        Access.REGISTRAR: "Inscribe a personas de la cooperativa y ve sus inscripciones.",
        Access.MANAGER: "Además, decide por la cooperativa.",
        Access.COUNTERPART: "Ve las charlas, las reuniones y los compromisos.",
    }
    return [
        {"value": one.value, "label": ACCESS_NAMES[one], "hint": hints[one]}
        for one in ACCESS_OF_KIND[kind]
    ]


def data_of_post(affiliation: Affiliation) -> dict[str, str]:
    """Return a post and its person as their form shows them."""
    person = affiliation.person
    return {
        "name": person.name,
        "email": person.email,
        "phone": contact.show_phone(person.phone) if person.phone else "",
        "post": affiliation.post,
        "since": affiliation.since.isoformat() if affiliation.since else "",
    }
