"""What was typed comes back: for every form that any page of the demonstration shows.

Forms are found by walking its pages as each of those who sign in; none is listed here.
"""

import re
from datetime import timedelta
from pathlib import Path
from urllib.parse import urlsplit

import pytest
import sqlalchemy as sa

from coopoutreach.people.accounts.models import UserSession
from coopoutreach.platform.access.permissions import Role
from coopoutreach.platform.core.clock import utcnow
from tests.support.digest import digest
from tests.support.forms_found import forms_of, send

#: At least so many different forms of each role.
LEAST = {Role.COORDINATION: 40, Role.COUNTERPART: 5, Role.MANAGER: 5}
#: What the test itself writes, in signing in, and what was typed.
OF_SIGNING_IN = frozenset({"user_account", "held_form", "audit_entry"})


def long_ago(database):
    """Let all have signed in so long ago that some forms ask who is there."""
    hours_ago = utcnow() - timedelta(hours=3)
    with database.transaction() as session:
        session.execute(sa.update(UserSession).values(created_at=hours_ago, confirmed_at=None))


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
    app, database, federation, user_of, browser_of, role
):
    user_id = user_of(role)
    walker = browser_of(user_id)
    forms = forms_of(walker, "/mi-cuenta")
    assert len(forms) >= LEAST[role], "the walk finds too few"
    long_ago(database)
    before, faults = digest(database, but=OF_SIGNING_IN), []
    for form in forms:
        data, words = filled(form)
        expired = [(name, "x" if name == "csrf_token" else value) for name, value in data]
        answer = send(walker, form.action, expired)
        if answer.status_code != 422 or lost(words, answer.text):
            faults.append(("expired", form.action, answer.status_code, lost(words, answer.text)))
        if not needs_an_account(app, form.action):
            continue
        back = after_signing_in(database, browser_of, user_id, form.action, data)
        if back.status_code != 200 or lost(words, back.text):
            faults.append(("ended", form.action, back.status_code, lost(words, back.text)))
    assert not faults, "\n".join(map(repr, faults))
    assert digest(database, but=OF_SIGNING_IN) == before, "something was sent"


def needs_an_account(app, action):
    endpoint, _values = app.url_map.bind("localhost").match(urlsplit(action).path, method="POST")
    return app.view_functions[endpoint].access not in ("public", "link")


def after_signing_in(database, browser_of, user_id, action, data):
    """Return the page that somebody comes back to whose session ended while they were typing."""
    client = browser_of(user_id)
    token = re.search(r'name="csrf_token" value="([^"]+)"', client.get("/mi-cuenta").text)
    data = [(name, token[1] if name == "csrf_token" else value) for name, value in data]
    with database.transaction() as session:
        session.execute(sa.update(UserSession).values(expires_at=utcnow() - timedelta(days=1)))
    refused = send(client, action, data)
    assert refused.status_code == 401, action
    [back] = re.findall(r'name="next" value="([^"]+)"', refused.text)
    with database.transaction() as session:
        session.execute(sa.update(UserSession).values(expires_at=utcnow() + timedelta(days=1)))
    return browser_of(user_id).get(back)


@pytest.mark.parametrize("role", LEAST)
def test_nothing_is_done_by_a_form_or_a_button_whose_token_is_not_good(
    app, database, settings, federation, user_of, browser_of, role
):
    user_id = user_of(role)
    walker = browser_of(user_id)
    forms = forms_of(walker, "/mi-cuenta", buttons=True)
    kept = Path(settings.files_url)
    (kept / "materials").mkdir(parents=True, exist_ok=True)
    before = digest(database, but=OF_SIGNING_IN), sorted(kept.rglob("*"))
    done = []
    for form in forms:
        send(walker, form.action, [(n, "x" if n == "csrf_token" else v) for n, v in form.fields])
        if (digest(database, but=OF_SIGNING_IN), sorted(kept.rglob("*"))) != before:
            done.append(form.action)
            break
    assert not done
