"""Render the texts of messages: a Jinja environment that needs no request.

`templates/messages/<area>/<feature>/<notice>/` holds `subject.txt`, `body.txt` and `body.html`.
A notice is called `<feature>/<notice>`, which is stored with each message: it stays wherever the
feature moves.
"""

from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path

import jinja2
from typing_extensions import override

from coopoutreach.mail.outgoing import inlining
from coopoutreach.mail.outgoing.mime import Text
from coopoutreach.platform.core import settings
from coopoutreach.platform.core.shipped import TEMPLATES
from coopoutreach.platform.core.text import clean_line

STYLES = "messages/_layouts/mail.css"

#: Folders to look into before our own: the tests' own notices.
_before: list[Path] = []


class _Inlined(jinja2.FileSystemLoader):
    """Reads templates; the rules of the style sheet become `style` attributes in each, once."""

    @override
    def get_source(
        self, environment: jinja2.Environment, template: str
    ) -> tuple[str, str, Callable[[], bool]]:
        source, filename, fresh = super().get_source(environment, template)
        if template.endswith(".html"):
            source = inlining.inline(source, self._styles())
        return source, filename, fresh

    @cache  # noqa: B019 (there is one loader in a process)
    def _styles(self) -> str:
        return (TEMPLATES / STYLES).read_text("utf-8")


def look_first_in(folder: Path) -> None:
    """Let `folder` stand before the project's own templates: for tests."""
    if folder not in _before:
        _before.append(folder)
    for kept in (environment, _templates):
        kept.cache_clear()


@cache
def environment() -> jinja2.Environment:
    """Return the environment: strict, escaping in HTML only, Spanish as it is written."""
    made = jinja2.Environment(
        loader=_Inlined([*_before, *_folders(), TEMPLATES]),
        autoescape=jinja2.select_autoescape(("html",), default=False),
        undefined=jinja2.StrictUndefined,
        extensions=["jinja2.ext.i18n"],
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        auto_reload=False,
        cache_size=-1,
    )
    # What jinja2.ext.i18n adds is not in its types.
    made.install_null_translations(newstyle=True)  # type: ignore[attr-defined]
    return made


def render(notice: str, context: Mapping[str, object]) -> Text:
    """Return the texts of `notice`: every name in them must be in `context`.

    :raises jinja2.UndefinedError: when one is missing
    """
    subject, plain, html = _templates(notice)
    known = {**_common(settings.current().base_url), **context}
    title = clean_line(subject.render(known))
    known["subject"] = title
    return Text(title, plain.render(known), html.render(known))


@cache
def _templates(notice: str) -> tuple[jinja2.Template, jinja2.Template, jinja2.Template]:
    get = environment().get_template
    return get(f"{notice}/subject.txt"), get(f"{notice}/body.txt"), get(f"{notice}/body.html")


def _folders() -> list[Path]:
    # Some areas are a feature themselves.
    messages = TEMPLATES / "messages"
    return [messages, *sorted(path for path in messages.iterdir() if path.is_dir())]


@cache
def _common(base_url: str) -> dict[str, str]:
    return {
        "federation": "FECRECOOP",
        "site_url": f"{base_url}/",
        "privacy_url": f"{base_url}/privacidad",
    }
