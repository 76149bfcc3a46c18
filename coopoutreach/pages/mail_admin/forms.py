"""What the address of the mailroom asks for, and the form of a text."""

from collections.abc import Mapping
from typing import Any

from flask_babel import lazy_gettext as _
from wtforms import StringField, TextAreaField
from wtforms.validators import DataRequired, Length, ValidationError

from coopoutreach.events.wordings import PLACES
from coopoutreach.mail.outgoing import wording
from coopoutreach.mail.outgoing.wording import Wording
from coopoutreach.pages.mail_admin.rules import STATES, Filters
from coopoutreach.platform.core.text import clean_line, clean_text
from coopoutreach.platform.web.forms import Form

_LONGEST_SEARCH = 100
_LAST_PAGE = 2000
_LONGEST_ANSWER = 5000


def filters_from(args: Mapping[str, str]) -> Filters:
    """Return what the list is narrowed to; what is not one of ours is dropped."""
    state = args.get("estado", "")
    page = args.get("pagina", "")
    number = int(page) if page.isascii() and page.isdigit() and len(page) < len("2000") + 1 else 1
    return Filters(
        state=state if state in STATES else "",
        notice=args.get("tipo", "")[:_LONGEST_SEARCH],
        event=args.get("charla", "")[:_LONGEST_SEARCH],
        person=args.get("persona", "")[:_LONGEST_SEARCH],
        text=clean_line(args.get("q", "")[: _LONGEST_SEARCH * 4])[:_LONGEST_SEARCH],
        page=min(max(number, 1), _LAST_PAGE),
    )


class WordingForm(Form):
    """The subject and the paragraphs of a text that the coordination writes."""

    subject = StringField(
        _("Asunto"),
        filters=[lambda text: clean_line(text or "")],
        validators=[
            DataRequired(_("Escriba el asunto.")),
            Length(max=wording.LONGEST_SUBJECT, message=_("El asunto es muy largo.")),
        ],
    )
    body = TextAreaField(
        _("Texto"),
        filters=[lambda text: clean_text(text or "")],
        validators=[
            DataRequired(_("Escriba el texto.")),
            Length(max=wording.LONGEST_BODY, message=_("El texto es muy largo.")),
        ],
    )

    def validate_subject(self, field: StringField) -> None:
        """Refuse a place that no mail can fill."""
        _refuse_unknown(field.data or "")

    def validate_body(self, field: TextAreaField) -> None:
        """Refuse a place that no mail can fill."""
        _refuse_unknown(field.data or "")

    def wording(self) -> Wording:
        """Return what was typed."""
        return Wording(self.subject.data or "", self.body.data or "")

    def values(self) -> dict[str, Any]:
        """Return what was typed, by field."""
        return {"subject": self.subject.data or "", "body": self.body.data or ""}


class AnswerForm(Form):
    """What is answered to somebody who wrote."""

    text = TextAreaField(
        _("Su respuesta"),
        filters=[lambda text: clean_text(text or "")],
        validators=[
            DataRequired(_("Escriba la respuesta.")),
            Length(
                max=_LONGEST_ANSWER,
                message=_("Use a lo más %(max)d caracteres.", max=_LONGEST_ANSWER),
            ),
        ],
    )


def _refuse_unknown(text: str) -> None:
    unknown = wording.unknown_places(text, PLACES)
    if unknown:
        named = ", ".join(f"{{{name}}}" for name in unknown)
        known = ", ".join(f"{{{name}}}" for name in PLACES)
        raise ValidationError(
            _("No conocemos %(named)s. Puede usar %(known)s.", named=named, known=known)
        )
