"""What was typed comes back: for every form that any page of the demonstration shows.

Forms are found by walking its pages as each of those who sign in; none is listed here.
"""

import re
from dataclasses import dataclass
from datetime import timedelta
from urllib.parse import urljoin, urlsplit

import pytest
import sqlalchemy as sa
from lxml import etree, html

from coopoutreach.operations.demo import commands as demo
from coopoutreach.people.accounts.commands.sessions import Browser, open_session
from coopoutreach.people.accounts.models import User, UserSession
from coopoutreach.people.accounts.sessions import COOKIE
from coopoutreach.platform.access.permissions import Role
from coopoutreach.platform.core.clock import utcnow
from tests.support.digest import digest

#: Fields in which somebody types words.
_TYPED = (
    ".//textarea | .//input[@type='text' or @type='search' or @type='email' or @type='tel'"
    " or @type='number' or @type='url' or @type='date' or @type='time' or not(@type)]"
)
#: At least so many different forms of each role.
LEAST = {Role.COORDINATION: 40, Role.COUNTERPART: 5, Role.MANAGER: 5}
#: What the test itself writes, in signing in, and what was typed.
OF_SIGNING_IN = frozenset({"user_account", "held_form", "audit_entry"})
#: Saved as they are typed, by the page's own script: it keeps what could not be saved.
_BY_SCRIPT = re.compile(r"/actas/|/acta/")


@dataclass(frozen=True)
class Found:
    """A form of a page: where it is sent to, all of its fields, and those that are typed in."""

    action: str
    fields: tuple[tuple[str, str], ...]
    typed: frozenset[str]
    kinds: dict[str, str]


@pytest.fixture
def engine_name():
    return "sqlite"


@pytest.fixture
def federation(app, database):
    with database.transaction() as session:
        demo.load(session, password="demostracion", now=utcnow())


def signed_in_as(app, database, user_id):
    with database.transaction() as session:
        secret = open_session(
            session,
            session.get_one(User, user_id),
            Browser(address="127.0.0.1", name="prueba"),
            now=utcnow(),
        )
    client = app.test_client()
    client.set_cookie(COOKIE, secret, domain="localhost", secure=True)
    return client


def user_of(database, role):
    with database.reading() as session:
        return session.scalars(
            sa.select(User.id).where(User.role == role, User.active).order_by(User.id)
        ).first()


def shape(path):
    """Return an address without what tells one thing from another: one page of a kind is enough."""
    return re.sub(r"(?<=/)(?=[^/]*\d)[^/?]+|(?<=/)[\w-]{20,}|=[^&]*", "*", path)


def forms_of(client, start):
    """Yield each form that posts of every kind of page that can be reached from `start`."""
    seen, left, found = set(), [start, "/"], {}
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
            if made.typed and not _BY_SCRIPT.search(made.action):
                found.setdefault((shape(made.action), made.typed), made)
    return list(found.values())


def read(form, path):
    named = [field for field in form.xpath(_TYPED) if field.get("name") and is_typed_in(field)]
    fields = []
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


def is_typed_in(field):
    # What nobody sees is there for programs that fill in everything.
    return not field.get("readonly") and field.get("tabindex") != "-1"


def filled(form):
    """Return the form's fields with words of our own in all that are typed in, and those words."""
    words, data = {}, []
    for name, value in form.fields:
        if name in form.typed and name not in words:
            digits = "number" in form.kinds[name]
            words[name] = f"7{len(words)}3" if digits else f"palabra{len(words)}zq"
            data.append((name, words[name]))
        else:
            data.append((name, value))
    return data, words


def lost(words, page):
    return sorted(name for name, word in words.items() if word not in page)


@pytest.mark.parametrize("role", LEAST)
def test_a_form_that_expired_or_whose_session_ended_comes_back_as_it_was_filled(
    app, database, federation, role
):
    user_id = user_of(database, role)
    walker = signed_in_as(app, database, user_id)
    forms = forms_of(walker, "/mi-cuenta")
    assert len(forms) >= LEAST[role], "the walk finds too few"
    before, faults = digest(database, but=OF_SIGNING_IN), []
    for form in forms:
        data, words = filled(form)
        expired = [(name, "x" if name == "csrf_token" else value) for name, value in data]
        answer = send(walker, form.action, expired)
        if answer.status_code != 422 or lost(words, answer.text):
            faults.append(("expired", form.action, answer.status_code, lost(words, answer.text)))
        if not needs_an_account(app, form.action):
            continue
        back = after_signing_in(app, database, user_id, form.action, data)
        if back.status_code != 200 or lost(words, back.text):
            faults.append(("ended", form.action, back.status_code, lost(words, back.text)))
    assert not faults, "\n".join(map(repr, faults))
    assert digest(database, but=OF_SIGNING_IN) == before, "something was sent"


def needs_an_account(app, action):
    endpoint, _values = app.url_map.bind("localhost").match(urlsplit(action).path, method="POST")
    return app.view_functions[endpoint].access not in ("public", "link")


def send(client, action, data):
    lists = {}
    for name, value in data:
        lists.setdefault(name, []).append(value)
    return client.post(action, data=lists, headers={"Sec-Fetch-Site": "same-origin"})


def after_signing_in(app, database, user_id, action, data):
    """Return the page that somebody comes back to whose session ended while they were typing."""
    client = signed_in_as(app, database, user_id)
    token = re.search(r'name="csrf_token" value="([^"]+)"', client.get("/mi-cuenta").text)
    data = [(name, token[1] if name == "csrf_token" else value) for name, value in data]
    with database.transaction() as session:
        session.execute(sa.update(UserSession).values(expires_at=utcnow() - timedelta(days=1)))
    refused = send(client, action, data)
    assert refused.status_code == 401, action
    [back] = re.findall(r'name="next" value="([^"]+)"', refused.text)
    with database.transaction() as session:
        session.execute(sa.update(UserSession).values(expires_at=utcnow() + timedelta(days=1)))
    return signed_in_as(app, database, user_id).get(back)
