"""What the coordination may say when it calls a talk off."""

from collections.abc import Container

from wtforms import StringField, TextAreaField
from wtforms.validators import DataRequired, Length, Optional

from coopoutreach.platform.core import text
from coopoutreach.platform.web.forms import Form


class CancelForm(Form):
    """Why a talk is called off, and what is proposed instead."""

    reason = TextAreaField(
        "Motivo",
        [
            DataRequired("Escriba el motivo: lo leerán las personas inscritas."),
            Length(max=500, message="Use a lo más 500 caracteres."),
        ],
        filters=[lambda value: text.clean_text(value or "")],
        description="Aparece en el correo y en la página de la charla.",
    )
    replacement = StringField("¿Qué les proponemos?", [Optional()])

    def read(self, choices: Container[str]) -> bool:
        """Return whether it can be followed; `choices` are the talks that can be proposed."""
        good = bool(self.validate())
        if self.replacement.data and self.replacement.data not in choices:
            self.replacement.errors = ["Esa charla ya no se puede proponer. Elija otra."]
            return False
        return good
