"""The test client that the fixtures hand out: it looks at every page that it is shown.

Whatever a test asks for, each page on the way is looked at: it is valid HTML with one heading of
the first level, every field has a label, no id stands twice, every icon is drawn, and no word on
it is the program's own. A page that was seen already, to the byte but for its form tokens, is
not looked at again; that it is valid, which takes longest, is asked once of each view and status.
"""

import re
from hashlib import sha256
from typing import Any

import html5lib
from flask.testing import FlaskClient
from lxml import html
from werkzeug.test import TestResponse

_CHANGING = re.compile(rb'(name="(?:csrf_token|form_key)"\s+value|nonce)="[^"]*"')
#: How Python writes its own things, which no reader should see; as text, or escaped.
_PYTHON = re.compile(
    r"<Macro |<(?:function|bound method|module|class) |<[\w.]+ object at 0x|<[A-Z]\w*\.\w+: '"
    r"|datetime\.(?:date|time|datetime|timedelta)\(|Decimal\('|UUID\('|ZoneInfo\(|Undefined"
    r"|dict_(?:keys|values|items)\(|lazy_gettext"
)
#: How the messages of WTForms and Flask-WTF begin.
_ENGLISH = re.compile(
    r"This field is required|Field must be |Number must be |Not a valid |Invalid (?:value|input|"
    r"email|URL|IP|Mac|UUID|choice|Choice|CSRF|regex)|(?:The )?CSRF (?:token|session|tokens) |"
    r"File does not have an approved|value\(s\) for this field"
)
_FIELDS = (
    "//input[not(@type='hidden' or @type='submit' or @type='button' or @type='image')]"
    " | //select | //textarea"
)
_POINTING = ("for", "aria-labelledby", "aria-describedby", "aria-controls", "list", "form")

_seen: set[bytes] = set()
_valid: set[tuple[str, int]] = set()


class PageClient(FlaskClient):
    """A client that looks at every page it is shown."""

    def open(self, *args: Any, **kwargs: Any) -> TestResponse:
        """Return the answer, as Flask's own client does.

        :raises AssertionError: when the page is not as every page should be
        """
        response = super().open(*args, **kwargs)
        if response.mimetype == "text/html" and response.request.method != "HEAD":
            _look_at(response)
        return response


def faults(body: bytes) -> list[str]:
    """Return what is wrong with a page, in words; of a part of a page, what can be said of it."""
    if not body.strip():
        return []
    page = html.document_fromstring(body)
    ids = page.xpath("//@id")
    found = [f"the id {one} stands {ids.count(one)} times" for one in set(ids) if _twice(ids, one)]
    if body.lstrip()[:9].lower() == b"<!doctype":
        headings = len(page.xpath("//h1"))
        found += [f"it has {headings} headings of the first level"] if headings != 1 else []
        found += _pointing_nowhere(page, set(ids))
    found += [f"no label for {_shown(one)}" for one in page.xpath(_FIELDS) if not _labelled(one)]
    empty = page.xpath("//svg[contains(@class, 'icon')][not(*)]")
    found += [f"an icon is not drawn in {_shown(one.getparent())}" for one in empty]
    return found + _own_words(page)


def invalid(body: bytes) -> str:
    """Return why a page is not valid HTML, or nothing."""
    parser = html5lib.HTMLParser()
    parser.parse(body)
    return "; ".join(f"{code} at {place} {told}" for place, code, told in parser.errors[:3])


def _look_at(response: TestResponse) -> None:
    body = response.get_data()
    kept = sha256(_CHANGING.sub(rb"\1", body)).digest()
    if kept in _seen:
        return
    told = faults(body)
    view = (re.sub(r"[\w-]*\d[\w-]*", "*", response.request.path), response.status_code)
    if view not in _valid and body.lstrip()[:9].lower() == b"<!doctype":
        told += [why] if (why := invalid(body)) else []
        _valid.add(view)
    assert not told, f"{response.request.method} {response.request.path}: {'; '.join(told)}"
    _seen.add(kept)


def _twice(ids: list[str], one: str) -> bool:
    return ids.count(one) > 1


def _pointing_nowhere(page: html.HtmlElement, ids: set[str]) -> list[str]:
    return [
        f'{name}="{value}" points to nothing'
        for name in _POINTING
        for value in page.xpath(f"//@{name}")
        if not set(value.split()) <= ids
    ]


def _labelled(field: html.HtmlElement) -> bool:
    if field.get("aria-label") or field.get("aria-labelledby") or field.xpath("ancestor::label"):
        return True
    labels = field.getroottree().xpath("//label[@for=$id]", id=field.get("id") or "")
    return any(label.text_content().strip() for label in labels)


def _own_words(page: html.HtmlElement) -> list[str]:
    typed = page.xpath("//script | //style")
    for element in typed:
        element.drop_tree()
    text = page.text_content()
    attributes = " ".join(page.xpath("//@title | //@aria-label | //@alt | //@placeholder"))
    words = f"{text} {attributes}"
    return [
        f"it says {one.group()!r}" for one in (_PYTHON.search(words), _ENGLISH.search(words)) if one
    ]


def _shown(element: html.HtmlElement) -> str:
    written: str = html.tostring(element, encoding="unicode")
    return written[:160]
