"""The fields that the directory's forms share, each with its own sentences in Spanish."""

from datetime import date, datetime
from typing import Any

from wtforms import StringField
from wtforms.validators import DataRequired, Length, Optional, StopValidation, ValidationError

from coopoutreach.people.directory import contact
from coopoutreach.platform.core import text
from coopoutreach.platform.core.errors import DomainError
from coopoutreach.platform.core.web_addresses import REFUSED, has_web_address
from coopoutreach.platform.web.forms import Form

#: Nobody holds a post since before this year.
FIRST_YEAR = 1940


def clean(value: str | None) -> str:
    """Return what was typed, on one line."""
    return text.clean_line(value or "")


def clean_text(value: str | None) -> str:
    """Return the lines that were typed."""
    return text.clean_text(value or "")


def _one_line(_form: Form, field: Any) -> None:
    """Refuse a name that spans lines or has no letter; what was typed is in `raw_data`."""
    if field.raw_data and text.has_line_breaks(field.raw_data[0].strip()):
        raise ValidationError("Escríbalo en una sola línea.")
    if not any(char.isalpha() for char in field.data):
        raise ValidationError("Escriba un nombre con letras.")


def name(
    label: str, longest: int, missing: str, *, hint: str = "", of_person: bool = False
) -> StringField:
    """Return a field for a name; of a person or their post, it leads to no page."""
    checks = [
        DataRequired(missing),
        Length(max=longest, message=f"Use a lo más {longest} caracteres."),
        _one_line,
        *([no_web_address] if of_person else []),
    ]
    return StringField(label, checks, filters=[clean], description=hint)


def no_web_address(_form: Form, field: Any) -> None:
    """Refuse a name or a post that leads to a page: it is mailed to others."""
    if has_web_address(field.data):
        raise ValidationError(REFUSED)


def checked(read: Any) -> Any:
    """Return a check that asks `read`, which raises a ValueError with a sentence."""

    def check(_form: Form, field: Any) -> None:
        try:
            read(field.data)
        except ValueError as problem:
            raise StopValidation(str(problem)) from None

    return check


def email(label: str, *, required: bool, hint: str = "") -> StringField:
    """Return a field for an e-mail address."""
    first: Any = DataRequired("Escriba el correo.") if required else Optional()
    return StringField(label, [first, checked(contact.email)], filters=[clean], description=hint)


def phone() -> StringField:
    """Return a field for a telephone number, which may be left empty."""
    return StringField(
        "Teléfono",
        [Optional(), checked(contact.phone)],
        filters=[clean],
        description="Con sus 9 dígitos: 9 8765 4321 o 2 2345 6789.",
    )


def read_day(given: str) -> date:
    """Return the day that was typed.

    :raises ValueError: with a sentence that says what is wrong
    """
    for pattern in ("%Y-%m-%d", "%d-%m-%Y", "%d/%m/%Y"):
        try:
            found = datetime.strptime(given, pattern).date()  # noqa: DTZ007 (a civil date has no zone)
        except ValueError:
            continue
        if found.year < FIRST_YEAR:
            raise ValueError(f"Escriba una fecha desde {FIRST_YEAR}.")
        return found
    raise ValueError("Escriba una fecha que exista, como 15-12-2026.")


def optional(value: str, read: Any) -> Any:
    """Return what `read` makes of `value`; None of an empty one."""
    return read(value) if value else None


def put_beside(form: Form, refusal: DomainError) -> None:
    """Put what a rule said beside the field that it is about; raise it if there is none."""
    if refusal.field is None or refusal.field not in form:
        raise refusal
    field = form[refusal.field]
    field.errors = [*field.errors, str(refusal)]
