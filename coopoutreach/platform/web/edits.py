"""Two people with the same form open: neither save undoes the other's.

A form of something that exists carries, signed, the values it was drawn from. When it is sent,
each field is compared with them and with what is stored by then: what only one of the two changed
is kept, and where both changed the same thing nothing is saved and both are shown.
"""

from collections.abc import Mapping
from typing import Any, TypeVar

from flask import current_app, request
from itsdangerous import BadSignature, URLSafeSerializer
from markupsafe import Markup
from werkzeug.datastructures import MultiDict
from wtforms import BooleanField, SelectMultipleField

from coopoutreach.platform.web.forms import Edit, Form
from coopoutreach.platform.web.shown_again import is_shown_again

FIELD = "base"
#: What a field holds, as a form sends it.
Values = dict[str, list[str]]
_NOTHING = [""]
F = TypeVar("F", bound=Form)

_BOTH = (
    "Mientras usted escribía, otra persona puso «{}». Deje lo que corresponda y guarde otra vez."
)
_CHOSEN = (
    "Mientras usted escribía, otra persona cambió esto. Si lo que usted puso es lo correcto, "
    "guarde otra vez."
)
#: Longer ones are shown as they begin.
_MOST_SHOWN = 200


def edited(stored: F, values: Mapping[str, str] | None = None, sent: Any = None) -> F:
    """Return the form as it was sent, put together with what was stored since it was drawn.

    `stored`: the form as it would be drawn now; `values`: those of its fields that it reads by
    itself; `sent`: what was sent, where it is not the request's form as it is. What the form is to
    read by itself is in its `edit.data`.
    """
    given = request.form if sent is None else sent
    now = drawn_values(stored, values)
    edit = Edit(MultiDict(given), now)
    base = None if is_shown_again() else _base()
    if base is not None:
        _put_together(edit, base, stored)
    form = type(stored)(edit.data)
    form.edit = edit
    return form


def _put_together(edit: Edit, base: Values, stored: Form) -> None:
    several = {each.name for each in stored if isinstance(each, BooleanField | SelectMultipleField)}
    for name in base.keys() | edit.stored.keys():
        was, is_now = base.get(name, _NOTHING), edit.stored.get(name, _NOTHING)
        if name not in edit.data and name in stored and name not in several:
            mine = was  # a field that this page does not show
        else:
            mine = _plain(edit.data.getlist(name), is_choice=name in several)
        if is_now in (mine, was):
            continue
        if mine == was:
            edit.data.setlist(name, is_now)
            edit.kept.append(name)
        else:
            edit.clashes[name] = _sentence(stored, name, is_now)


def drawn_values(form: Form, values: Mapping[str, str] | None = None) -> Values:
    """Return what each field holds as it is drawn; `values`: those that it reads by itself."""
    found = {name: _plain([text]) for name, text in (values or {}).items()}
    for each in form:
        if isinstance(each, BooleanField):
            found[each.name] = ["1"] if each.data else []
        elif isinstance(each, SelectMultipleField):
            found[each.name] = sorted(str(value) for value in each.data or ())
        else:
            text = each._value() if hasattr(each, "_value") else each.data  # noqa: SLF001 (WTForms' own way to draw)
            found[each.name] = _plain(["" if text is None else str(text)])
    return found


def base_field(form: Form, values: Mapping[str, str] | None = None) -> Markup:
    """Return the hidden field that says what the form is drawn from."""
    if is_shown_again():
        signed = request.form.get(FIELD, "")
    else:
        stored = form.edit.stored if form.edit is not None else drawn_values(form, values)
        signed = str(_serializer().dumps(stored))
    return Markup('<input type="hidden" name="{}" value="{}">').format(FIELD, signed)


def _base() -> Values | None:
    """Return what the form that was sent was drawn from, or None if it does not say."""
    try:
        found: Values = _serializer().loads(request.form.get(FIELD, ""))
    except BadSignature:
        return None
    return found


def _serializer() -> URLSafeSerializer:
    return URLSafeSerializer(current_app.config["SECRET_KEY"], salt="base of a form")


def _plain(texts: list[str], *, is_choice: bool = False) -> list[str]:
    """Return texts as they are compared: line ends and the space around them say nothing."""
    if is_choice:
        return sorted("1" if text in ("on", "y", "true") else text for text in texts)
    return ["\n".join(text.strip().splitlines()) for text in texts or [""]]


def _sentence(form: Form, name: str, is_now: list[str]) -> str:
    text = " ".join(is_now)
    part = name.rpartition("-")[2]
    has_choices = name in form and getattr(form[name], "choices", None)
    if not has_choices and part not in form.codes:
        return _BOTH.format(text if len(text) <= _MOST_SHOWN else f"{text[:_MOST_SHOWN]}…")
    return _CHOSEN
