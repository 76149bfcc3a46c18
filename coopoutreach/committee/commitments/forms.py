"""What people may type about commitments, and what the ledger's address may say."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime
from enum import StrEnum
from typing import Any, TypeVar

from wtforms import StringField, TextAreaField
from wtforms.validators import DataRequired, Length, Optional, ValidationError

from coopoutreach.committee.commitments.models import Commitment
from coopoutreach.committee.commitments.rules import (
    LONGEST_ACTION,
    LONGEST_NOTE,
    LONGEST_VERIFICATION,
    Fields,
    Filters,
    Shown,
    Sort,
)
from coopoutreach.platform.core import text
from coopoutreach.platform.web.forms import Form
from coopoutreach.platform.web.shown_again import unsent

_LONGEST_SEARCH = 100
_MOST_PAGES = 10_000
_DONE = 100
Choice = TypeVar("Choice", bound=StrEnum)


class Word(StrEnum):
    """What the side that a commitment is owed to may say."""

    FULFILLED = "cumplido"
    MISSING = "falta"
    GRANTED = "conceder"
    DECLINED = "negar"


def _clean(value: str | None) -> str:
    return text.clean_line(value or "")


def _clean_text(value: str | None) -> str:
    return text.clean_text(value or "")


def read_day(given: str | None) -> date | None:
    """Read a day (2026-12-15 or 15-12-2026), or None."""
    for pattern in ("%Y-%m-%d", "%d-%m-%Y", "%d/%m/%Y"):
        try:
            return datetime.strptime((given or "").strip(), pattern).date()  # noqa: DTZ007 (a civil date has no zone)
        except ValueError:
            continue
    return None


def _check_day(_form: Form, field: StringField) -> None:
    found = read_day(field.data)
    if found is None:
        raise ValidationError("Escriba una fecha que exista, como 15-12-2026.")


def _note(label: str, *checks: Any) -> TextAreaField:
    longest = Length(max=LONGEST_NOTE, message=f"Use a lo más {LONGEST_NOTE} caracteres.")
    return TextAreaField(label, [*(checks or (Optional(),)), longest], filters=[_clean_text])


def _day(label: str) -> StringField:
    return StringField(label, [DataRequired("Escriba la fecha."), _check_day])


class NoteForm(Form):
    """Words, which some acts need and others do not: the command says."""

    note = _note("Nota")


class ReportForm(NoteForm):
    """How a commitment goes."""

    progress = StringField("Avance", [Optional()])

    def validate_progress(self, field: StringField) -> None:
        """Refuse what is no share of a hundred."""
        given = (field.data or "").strip()
        if not given.isdecimal() or len(given) > 3 or int(given) > _DONE:  # noqa: PLR2004 (digits)
            raise ValidationError("El avance va de 0 a 100.")

    @property
    def percent(self) -> int | None:
        """Return the share that was typed, if one was."""
        given = (self.progress.data or "").strip()
        return int(given) if given else None


class DateForm(Form):
    """Another date, and why."""

    due_on = _day("Nueva fecha")
    reason = _note("Motivo", DataRequired("Escriba el motivo."))

    @property
    def day(self) -> date:
        """Return the date that was typed, once it was checked."""
        found = read_day(self.due_on.data)
        if found is None:
            raise ValueError("Not checked.")
        return found


class FieldsForm(Form):
    """What a commitment says. The choices are given by the view: sides of it, and their people."""

    action = StringField(
        "Compromiso",
        [
            DataRequired("Escriba a qué se compromete."),
            Length(max=LONGEST_ACTION, message=f"Use a lo más {LONGEST_ACTION} caracteres."),
        ],
        filters=[_clean],
    )
    party = StringField("Quién debe", [DataRequired("Elija quién debe.")])
    owed_to = StringField("A quién", [DataRequired("Elija a quién.")])
    person = StringField("Responsable", [Optional()])
    due_on = _day("Plazo")
    verification = StringField(
        "Medio de verificación",
        [
            Optional(),
            Length(
                max=LONGEST_VERIFICATION, message=f"Use a lo más {LONGEST_VERIFICATION} caracteres."
            ),
        ],
        filters=[_clean],
    )
    reserved_for = StringField("Reservado para", [Optional()])

    @classmethod
    def of(cls, commitment: Commitment) -> "FieldsForm":
        """Return the form as the commitment stands."""
        return cls(
            data={
                "action": commitment.action,
                "party": commitment.party.public_id,
                "owed_to": commitment.owed_to.public_id,
                "person": commitment.person.public_id if commitment.person else "",
                "due_on": commitment.due_on.isoformat(),
                "verification": commitment.verification,
                "reserved_for": (
                    commitment.reserved_for.public_id if commitment.reserved_for else ""
                ),
            }
        )

    def check_choices(self, organisations: Mapping[str, int], people: Mapping[str, int]) -> bool:
        """Return whether what was chosen was among what was offered; say so beside each field."""
        for field, offered in (
            (self.party, organisations),
            (self.owed_to, organisations),
            (self.person, people),
            (self.reserved_for, organisations),
        ):
            if field.data and field.data not in offered:
                field.errors = [*field.errors, "Elija una de las opciones."]
        return not self.errors

    def fields(self, organisations: Mapping[str, int], people: Mapping[str, int]) -> Fields:
        """Return what was typed, once it was checked."""
        due_on = read_day(self.due_on.data)
        if due_on is None:
            raise ValueError("Not checked.")
        return Fields(
            action=self.action.data,
            party_id=organisations[self.party.data],
            owed_to_id=organisations[self.owed_to.data],
            person_id=people.get(self.person.data or ""),
            due_on=due_on,
            verification=self.verification.data or "",
            reserved_for_id=organisations.get(self.reserved_for.data or ""),
        )


def errors_of(form: Form) -> dict[str, str]:
    """Return each field's first sentence."""
    found = {name: errors[0] for name, errors in form.errors.items() if errors}
    unsent(found)
    return found


def filters_from(given: Mapping[str, str]) -> Filters:
    """Read what the ledger is narrowed to from its address; what makes no sense narrows nothing."""
    number = given.get("pagina", "")
    page = int(number) if number.isascii() and number.isdecimal() and len(number) <= 5 else 1  # noqa: PLR2004 (digits)
    return Filters(
        text=text.clean_line(given.get("q", ""))[:_LONGEST_SEARCH],
        party=given.get("debe", "")[:40],
        owed_to=given.get("a", "")[:40],
        shown=_one_of(Shown, given.get("estado", ""), Shown.OPEN),
        event=given.get("reunion", "")[:40],
        person=given.get("responsable", "")[:40],
        sort=_one_of(Sort, given.get("orden", ""), Sort.DUE),
        descending=given.get("sentido") == "desc",
        page=min(max(page, 1), _MOST_PAGES),
    )


def address_of(filters: Filters, to: Callable[..., str]) -> Callable[..., str]:
    """Return a function that gives the ledger's address with some of the filters changed."""
    names = {
        "text": "q",
        "party": "debe",
        "owed_to": "a",
        "shown": "estado",
        "event": "reunion",
        "person": "responsable",
        "sort": "orden",
        "page": "pagina",
    }
    usual = Filters()

    def address(**changed: object) -> str:
        now = {name: getattr(filters, name) for name in (*names, "descending")}
        now |= {"page": 1} | changed
        wanted = {
            names[name]: getattr(value, "value", value)
            for name, value in now.items()
            if name in names and value != getattr(usual, name)
        }
        if now["descending"]:
            wanted["sentido"] = "desc"
        return to(**wanted)

    return address


def _one_of(kind: type[Choice], given: str, otherwise: Choice) -> Choice:
    return kind(given) if given in set(kind) else otherwise


def choices_of(*pairs: Sequence[tuple[str, str]]) -> list[tuple[str, str]]:
    """Return choices in one list, the one that narrows nothing first."""
    return [("", "Cualquiera"), *(pair for some in pairs for pair in some)]
