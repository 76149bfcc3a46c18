"""What the coordination may type about a material."""

from wtforms import StringField
from wtforms.validators import AnyOf, Length, ValidationError

from coopoutreach.platform.core import text
from coopoutreach.platform.web.forms import Form
from coopoutreach.talks.materials import rules
from coopoutreach.talks.materials.rules import LONGEST_TITLE, About, Audience, Release


def _clean(value: str | None) -> str:
    return text.clean_line(value or "")


def _one_of(label: str, values: list[str], default: str) -> StringField:
    return StringField(label, [AnyOf(values, message="Elija una opción.")], default=default)


class AboutForm(Form):
    """What a material is called, who may have it, and from when on."""

    title = StringField(
        "Título",
        [Length(max=LONGEST_TITLE, message=f"Use a lo más {LONGEST_TITLE} caracteres.")],
        filters=[_clean],
    )
    audience = _one_of(
        "Quién puede verlo", [item.value for item in Audience], Audience.EVERYBODY.value
    )
    release = _one_of("Desde cuándo", [item.value for item in Release], Release.AT_ONCE.value)

    def about(self, *, otherwise: str = "") -> About:
        """Return what was typed; without a title, it is called `otherwise`."""
        return About(
            title=self.title.data or otherwise,
            audience=Audience(self.audience.data),
            release=Release(self.release.data),
        )


class NamedForm(AboutForm):
    """A material that is there already: it has a title."""

    def validate_title(self, field: StringField) -> None:
        """Refuse to leave it without one."""
        if not any(char.isalnum() for char in field.data or ""):
            raise ValidationError("Escriba un título.")


class LinkForm(NamedForm):
    """A material that is kept elsewhere."""

    url = StringField("Dirección", filters=[_clean])

    def validate_url(self, field: StringField) -> None:
        """Refuse what is no address of a page, read safely."""
        if not rules.is_link(field.data or ""):
            raise ValidationError("Escriba una dirección que comience con https://")
