"""What people type about an item of an agenda."""

from collections.abc import Iterable

from wtforms import IntegerField, StringField, TextAreaField
from wtforms.validators import AnyOf, Length, NumberRange, ValidationError

from coopoutreach.committee.meetings.models import AgendaItem
from coopoutreach.committee.meetings.rules import ItemKind
from coopoutreach.committee.meetings.rules import agenda as rules
from coopoutreach.committee.meetings.values import ItemFields
from coopoutreach.people.directory.models import Person
from coopoutreach.platform.core import text
from coopoutreach.platform.web.forms import Form


def clean(value: str | None) -> str:
    """Return what was typed, on one line."""
    return text.clean_line(value or "")


def clean_lines(value: str | None) -> str:
    """Return what was typed, with its line breaks."""
    return text.clean_text(value or "")


def needs_words(message: str) -> object:
    """Return a validator that refuses what holds no letter and no figure."""

    def check(_form: Form, field: StringField) -> None:
        if not any(char.isalnum() for char in field.data or ""):
            raise ValidationError(message)

    check.field_flags = {"required": True}  # type: ignore[attr-defined]  # read by wtforms
    return check


class _Minutes(IntegerField):  # type: ignore[misc]  # wtforms ships no types
    """A whole number; what is none is refused in the reader's language."""

    def process_formdata(self, valuelist: list[str]) -> None:
        """Read what was typed."""
        try:
            super().process_formdata(valuelist)
        except ValueError:
            raise ValueError("Escriba un número entero de minutos.") from None


class ItemForm(Form):
    """An item, as the coordination writes it."""

    title = StringField(
        "Punto",
        [
            needs_words("Escriba de qué se trata."),
            Length(
                max=rules.LONGEST_TITLE, message=f"Use a lo más {rules.LONGEST_TITLE} caracteres."
            ),
        ],
        filters=[clean],
    )
    kind = StringField(
        "Tipo",
        [AnyOf([kind.value for kind in ItemKind], message="Elija una opción de la lista.")],
        default=ItemKind.INFORMATIVE.value,
    )
    minutes = _Minutes(
        "Minutos",
        [
            NumberRange(
                min=0, max=rules.MOST_MINUTES, message=f"Entre 0 y {rules.MOST_MINUTES} minutos."
            )
        ],
        default=10,
    )
    presenter = StringField("Presenta")
    reserved_for = StringField("Quién lo ve")
    detail = TextAreaField(
        "Detalle",
        [Length(max=rules.LONGEST_DETAIL, message="El detalle es demasiado largo.")],
        filters=[clean_lines],
    )

    def offer(self, people: Iterable[Person], sides: Iterable[tuple[int, str]]) -> None:
        """Say who may present it, and for which side of the writer's it may be reserved."""
        self._people = {person.public_id: person for person in people}
        self._sides = {str(number): number for number, _name in sides}
        self.options = {
            "kind": [(kind.value, label) for kind, label in rules.KIND_NAMES.items()],
            "presenter": [
                ("", "Sin asignar"),
                *((person.public_id, person.name) for person in self._people.values()),
            ],
            "reserved_for": [
                ("", "Todas las instituciones de la mesa"),
                *((str(number), f"Solo {name}") for number, name in sides),
            ],
        }

    def validate_presenter(self, field: StringField) -> None:
        """Refuse who is not of the table."""
        if field.data and field.data not in self._people:
            raise ValidationError("Elija a una persona de la lista.")

    def validate_reserved_for(self, field: StringField) -> None:
        """Refuse a side that is not the writer's."""
        if field.data and field.data not in self._sides:
            raise ValidationError("Elija una opción de la lista.")

    def fields(self) -> ItemFields:
        """Return what was typed."""
        presenter = self._people.get(self.presenter.data or "")
        return ItemFields(
            title=self.title.data,
            detail=self.detail.data,
            kind=ItemKind(self.kind.data),
            minutes=self.minutes.data or 0,
            presenter_id=presenter.id if presenter else None,
            reserved_for_id=self._sides.get(self.reserved_for.data or ""),
        )


class ProposalForm(Form):
    """An item, as a participant proposes it."""

    title = StringField(
        "¿Qué punto propone?",
        [
            needs_words("Escriba de qué se trata."),
            Length(
                max=rules.LONGEST_TITLE, message=f"Use a lo más {rules.LONGEST_TITLE} caracteres."
            ),
        ],
        filters=[clean],
    )
    detail = TextAreaField(
        "¿Por qué?",
        [Length(max=rules.LONGEST_DETAIL, message="El detalle es demasiado largo.")],
        filters=[clean_lines],
    )


class RefusalForm(Form):
    """Why a proposal is refused."""

    reason = StringField(
        "Motivo",
        [
            needs_words("Escriba el motivo: lo recibirá quien propuso el punto."),
            Length(max=rules.LONGEST_REASON, message="El motivo es demasiado largo."),
        ],
        filters=[clean],
    )


def values_of(item: AgendaItem) -> dict[str, object]:
    """Return an item as its form shows it."""
    return {
        "title": item.title,
        "kind": item.kind.value,
        "minutes": item.minutes,
        "presenter": item.presenter.public_id if item.presenter else "",
        "reserved_for": str(item.reserved_for_id or ""),
        "detail": item.detail,
    }
