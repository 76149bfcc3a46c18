"""The forms of the application's pages: found by walking them, and sent as a browser sends them."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from urllib.parse import urljoin, urlsplit

from flask.testing import FlaskClient
from lxml import etree, html
from werkzeug.test import TestResponse

#: Fields in which somebody types words.
_TYPED = (
    ".//textarea | .//input[@type='text' or @type='search' or @type='email' or @type='tel'"
    " or @type='number' or @type='url' or @type='date' or @type='time' or not(@type)]"
)
#: Saved as they are typed, by the page's own script: it keeps what could not be saved.
_BY_SCRIPT = re.compile(r"/actas/|/acta/")


@dataclass(frozen=True)
class Found:
    """A form of a page: where it is sent to, all of its fields, and those that are typed in."""

    action: str
    fields: tuple[tuple[str, str], ...]
    typed: frozenset[str]
    kinds: dict[str, str]


def shape(path: str) -> str:
    """Return an address without what tells one thing from another: one page of a kind is enough."""
    return re.sub(r"(?<=/)(?=[^/]*\d)[^/?]+|(?<=/)[\w-]{20,}|=[^&]*", "*", path)


def forms_of(client: FlaskClient, start: str, *, buttons: bool = False) -> list[Found]:
    """Return each form that posts of every kind of page that can be reached from `start`."""
    seen: set[str] = set()
    left = [start, "/"]
    found: dict[tuple[str, frozenset[str]], Found] = {}
    while left:
        path = left.pop(0)
        if shape(path) in seen:
            continue
        seen.add(shape(path))
        answer = client.get(path)
        if answer.status_code != 200 or answer.mimetype != "text/html":
            continue
        page = html.document_fromstring(answer.data)
        # Rows that a script may add are no part of the form yet.
        etree.strip_elements(page, "template", with_tail=False)
        left += [
            urljoin(path, link)
            for link in page.xpath("//a/@href")
            if not urlsplit(link).netloc and not link.startswith(("#", "mailto:", "tel:"))
        ]
        for form in page.xpath("//form[translate(@method, 'POST', 'post')='post']"):
            made = read(form, path)
            if (made.typed or buttons) and not _BY_SCRIPT.search(made.action):
                found.setdefault((shape(made.action), made.typed), made)
    return list(found.values())


def read(form: Any, path: str) -> Found:
    """Return a form of the page at `path`, as a browser would send it untouched."""
    named = [field for field in form.xpath(_TYPED) if field.get("name") and is_typed_in(field)]
    fields: list[tuple[str, str]] = []
    for field in form.xpath(".//input | .//textarea | .//select"):
        name, kind = field.get("name"), field.get("type")
        if not name or kind in ("submit", "button", "file", "image"):
            continue
        if kind in ("checkbox", "radio") and field.get("checked") is None:
            continue
        if field.tag == "select":
            fields += [
                (name, option.get("value", "")) for option in field.xpath(".//option[@selected]")
            ]
        elif field.tag == "textarea":
            fields.append((name, field.text or ""))
        else:
            fields.append((name, field.get("value", "on" if kind == "checkbox" else "")))
    return Found(
        urljoin(path, form.get("action") or path),
        tuple(fields),
        frozenset(field.get("name") for field in named),
        {field.get("name"): field.get("type") or "" for field in named},
    )


def is_typed_in(field: Any) -> bool:
    """Return whether a person may type in the field."""
    # What nobody sees is there for programs that fill in everything.
    return not field.get("readonly") and field.get("tabindex") != "-1"


def send(client: FlaskClient, action: str, data: Iterable[tuple[str, str]]) -> TestResponse:
    """Send a form as a browser does from a page of ours."""
    lists: dict[str, list[str]] = {}
    for name, value in data:
        lists.setdefault(name, []).append(value)
    return client.post(action, data=lists, headers={"Sec-Fetch-Site": "same-origin"})
