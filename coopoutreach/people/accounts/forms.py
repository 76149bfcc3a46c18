"""What people type to come in and to choose a password."""

from flask_babel import lazy_gettext as _
from wtforms import EmailField, HiddenField, PasswordField
from wtforms.validators import DataRequired, InputRequired, Length, Regexp

from coopoutreach.platform.web.forms import Form

#: The longest address that mail allows.
LONGEST_EMAIL = 254


def _email(label: str) -> EmailField:
    return EmailField(
        label,
        [
            DataRequired(_("Escriba su correo.")),
            Length(max=LONGEST_EMAIL, message=_("Ese correo es demasiado largo.")),
            Regexp(
                r"\s*[^@\s]+@[^@\s]+\s*$", message=_("Escriba un correo como nombre@ejemplo.cl.")
            ),
        ],
    )


class SignInForm(Form):
    """Address and password."""

    email = _email(_("Correo"))
    password = PasswordField(_("Clave"), [InputRequired(_("Escriba su clave."))])
    next = HiddenField()


class EmailForm(Form):
    """An address to send a link to."""

    email = _email(_("Correo"))


class UseLinkForm(Form):
    """Whose link it is: asked where another browser opened it."""

    email = _email(_("Correo"))


class NewPasswordForm(Form):
    """A password to be."""

    password = PasswordField(
        _("Clave nueva"),
        [InputRequired(_("Escriba una clave."))],
        description=_("Al menos 12 caracteres. Varias palabras que solo usted junte son lo mejor."),
    )


class ChangePasswordForm(NewPasswordForm):
    """The password there is, and the one to be."""

    current = PasswordField(_("Clave actual"), [InputRequired(_("Escriba su clave actual."))])
