"""What the coordination may choose about a member of a table."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from wtforms import BooleanField, SelectField, StringField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import AnyOf, Optional

from coopoutreach.committee.meetings.fields import MemberFields
from coopoutreach.committee.meetings.forms.place import line
from coopoutreach.committee.meetings.models import SeriesMember
from coopoutreach.committee.meetings.rules import Capacity
from coopoutreach.people.directory.models import Affiliation
from coopoutreach.platform.web.forms import Form

CAPACITY_NAMES = {
    Capacity.PRINCIPAL: "Titular",
    Capacity.ALTERNATE: "Suplente",
    Capacity.ACTING: "Subrogante",
    Capacity.GUEST: "Persona invitada",
}


@dataclass(frozen=True, slots=True)
class Choice:
    """A post by which somebody may sit at the table."""

    value: str
    label: str
    post: Affiliation
    party_id: int


class MemberForm(Form):
    """Who sits at the table, for whom, and what they may do."""

    person = StringField("Persona", [Optional()])
    capacity = SelectField(
        "Calidad",
        choices=[SelectChoice(item.value, name) for item, name in CAPACITY_NAMES.items()],
        validators=[AnyOf([item.value for item in Capacity], message="Elija una opción.")],
        default=Capacity.PRINCIPAL.value,
    )
    post = line("Cargo", 120, hint="Como debe aparecer en el acta. Vacío: el del directorio.")
    deputy_for = StringField("Reemplaza a", [Optional()])
    approves = BooleanField("Puede visar y aprobar actas por su institución")
    digest = BooleanField("Prefiere un correo al día en vez de varios")

    def read(self, choices: Sequence[Choice], *, member: SeriesMember | None = None) -> bool:
        """Check everything; return whether it can be saved. Of a `member`, the person stays."""
        good = bool(self.validate())
        self.chosen = next((one for one in choices if one.value == self.person.data), None)
        if member is None and self.chosen is None:
            self.person.errors = ["Elija a una persona de la lista."]
            return False
        return good

    def refuse(self, field: str, sentence: str) -> None:
        """Put a sentence that a command said beside its field."""
        self[field].errors = [sentence]

    def fields(
        self, members: Sequence[SeriesMember], *, member: SeriesMember | None = None
    ) -> MemberFields:
        """Return what was read, typed; `members` are those whom somebody may stand in for."""
        ids = {one.public_id: one.id for one in members}
        if member is not None:
            person_id, party_id, post = member.person_id, member.organisation_id, member.post
        elif self.chosen is not None:
            person_id, party_id = self.chosen.post.person_id, self.chosen.party_id
            post = self.chosen.post.post
        else:
            raise ValueError("The form was not read, or cannot be saved.")
        return MemberFields(
            person_id=person_id,
            organisation_id=party_id,
            capacity=Capacity(self.capacity.data),
            post=self.post.data or post,
            deputy_for_id=ids.get(self.deputy_for.data or ""),
            approves=bool(self.approves.data),
            digest=bool(self.digest.data),
        )


def data_of(member: SeriesMember) -> dict[str, Any]:
    """Return a member as the form's data."""
    return {
        "capacity": member.capacity.value,
        "post": member.post,
        "deputy_for": member.deputy_for.public_id if member.deputy_for else "",
        "approves": member.approves,
        "digest": member.digest,
    }
