"""What people write about their data, and what the coordination answers."""

from flask_babel import lazy_gettext as _
from wtforms import (
    BooleanField,
    EmailField,
    RadioField,
    StringField,
    TextAreaField,
    ValidationError,
)
from wtforms.fields.choices import SelectChoice
from wtforms.validators import DataRequired, Length, Optional

from coopoutreach.people.directory import contact
from coopoutreach.platform.core.text import LONGEST_NAME, clean_line, has_line_breaks
from coopoutreach.platform.core.web_addresses import REFUSED, has_web_address
from coopoutreach.platform.web.forms import Form
from coopoutreach.privacy.rules import RIGHT_HINTS, RIGHT_NAMES, Asked, Right

_LONGEST_TEXT = 4000
RIGHTS = [(right.value, RIGHT_NAMES[right], RIGHT_HINTS[right]) for right in Right]
#: What somebody typed before an erasure, so that no click does it alone.
ERASE_WORD = "BORRAR"


class RightForm(Form):
    """What somebody asks who has shown already who they are."""

    right = RadioField(
        _("Qué pide"),
        [DataRequired(_("Elija qué pide."))],
        choices=[SelectChoice(value, label) for value, label, _hint in RIGHTS],
    )
    details = TextAreaField(
        _("Detalle"),
        [
            Optional(),
            Length(
                max=_LONGEST_TEXT, message=_("Use a lo más %(max)d caracteres.", max=_LONGEST_TEXT)
            ),
        ],
        description=_("Por ejemplo, qué dato está mal y cuál es el correcto. No envíe documentos."),
    )
    also_block = BooleanField(
        _("Además, que nadie use mis datos mientras responden"),
        description=_("Vale para rectificación, supresión y oposición."),
    )

    @property
    def chosen(self) -> Right:
        """Return what was chosen."""
        return Right(self.right.data)


class RequestForm(RightForm):
    """The same, of anybody: with who they are."""

    name = StringField(
        _("Nombre y apellido"),
        [
            DataRequired(_("Escriba su nombre y apellido.")),
            Length(
                max=LONGEST_NAME, message=_("Use a lo más %(max)d caracteres.", max=LONGEST_NAME)
            ),
        ],
    )
    email = EmailField(
        _("Correo"),
        [DataRequired(_("Escriba su correo."))],
        description=_("El que usó al inscribirse. Le enviaremos un enlace para confirmar."),
    )

    def validate_name(self, field: StringField) -> None:
        """Refuse what is no name."""
        if has_line_breaks(field.data) or not any(char.isalpha() for char in field.data):
            raise ValidationError(_("Escriba su nombre y apellido."))
        if has_web_address(field.data):
            raise ValidationError(REFUSED)

    def validate_email(self, field: EmailField) -> None:
        """Refuse what no mail can go to."""
        try:
            field.data = contact.email(field.data)
        except ValueError as error:
            raise ValidationError(str(error)) from error

    @property
    def asked(self) -> Asked:
        """Return what is asked for."""
        name = clean_line(self.name.data)
        return Asked(name, self.email.data, self.chosen, self.details.data or "")


class ExtensionForm(Form):
    """Why an answer is put off."""

    reason = TextAreaField(
        _("Por qué hace falta más tiempo"),
        [DataRequired(_("Escriba el motivo: la persona lo leerá.")), Length(max=_LONGEST_TEXT)],
    )


class AnswerForm(Form):
    """What a case is answered."""

    outcome = RadioField(
        _("Resultado"),
        [DataRequired(_("Elija el resultado."))],
        choices=[SelectChoice("granted", _("Acoger")), SelectChoice("refused", _("Rechazar"))],
    )
    words = TextAreaField(
        _("Respuesta a la persona"),
        [
            DataRequired(_("Escriba la respuesta; si rechaza, los fundamentos.")),
            Length(max=_LONGEST_TEXT),
        ],
    )


class EraseForm(Form):
    """The second step of an erasure."""

    copied = BooleanField(
        _("Ya entregué la copia de sus datos, o la persona no la quiere"),
        [DataRequired(_("Entregue antes la copia, o confirme que no la quiere."))],
    )
    word = StringField(
        _("Para confirmar, escriba %(word)s", word=ERASE_WORD),
        [DataRequired(_("Escriba %(word)s para confirmar.", word=ERASE_WORD))],
    )

    def validate_word(self, field: StringField) -> None:
        """Refuse another word."""
        if field.data.strip() != ERASE_WORD:
            raise ValidationError(_("Escriba %(word)s, con mayúsculas.", word=ERASE_WORD))
