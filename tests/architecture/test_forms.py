"""What must hold of every form: of each class there is, however it came to be."""

import importlib
import pkgutil

from wtforms import Form, PasswordField, StringField
from wtforms.validators import InputRequired

import coopoutreach


def every_form():
    for module in pkgutil.walk_packages(coopoutreach.__path__, "coopoutreach."):
        if not module.name.endswith("__main__"):
            importlib.import_module(module.name)

    def below(form):
        for made in form.__subclasses__():
            yield made
            yield from below(made)

    return sorted(
        {form for form in below(Form) if form.__module__.startswith("coopoutreach.")},
        key=lambda form: (form.__module__, form.__qualname__),
    )


def test_what_must_be_written_may_not_be_blank():
    # InputRequired looks at what was sent, before a filter cleans it: spaces would do. Of a
    # password spaces are a part.
    blank_will_do = [
        f"{form.__module__}.{form.__qualname__}.{name}"
        for form in every_form()
        for name, field in form()._fields.items()
        if isinstance(field, StringField)
        and not isinstance(field, PasswordField)
        and any(isinstance(validator, InputRequired) for validator in field.validators)
    ]
    assert not blank_will_do, "use DataRequired"


def test_the_walk_finds_the_forms():
    names = {form.__qualname__ for form in every_form()}
    assert {"SignInForm", "RequestForm", "WordingForm"} <= names
