"""What was typed in a form that is not there any more is shown as text."""

import re

import sqlalchemy as sa

from coopoutreach.people.accounts import commands
from coopoutreach.people.accounts.commands.held_forms import Typed
from coopoutreach.people.accounts.models import HeldForm, User
from coopoutreach.platform.access.permissions import Role
from coopoutreach.platform.core.clock import utcnow
from tests.support.forms_found import send

WORDS = "Un texto que costó escribir"


def hold(database, email, *fields):
    with database.transaction() as session:
        user_id = session.scalar(sa.select(User.id).where(User.email == email))
        typed = Typed("/no/hay", "/mi-cuenta", list(fields))
        return commands.hold_form(session, str(user_id), typed, now=utcnow())


def test_after_signing_in(sign_in, database):
    browser = sign_in(Role.COORDINATION, email="a@fecrecoop.example")
    secret = hold(database, "a@fecrecoop.example", ("texto", WORDS))
    page = browser.get(f"/formularios/{secret}")
    assert (page.status_code, WORDS in page.text) == (200, True)


def test_where_nothing_was_written_one_comes_back_to_the_page(sign_in, database):
    browser = sign_in(Role.COORDINATION, email="a@fecrecoop.example")
    secret = hold(database, "a@fecrecoop.example", ("si", "1"))
    assert "Mi cuenta" in browser.get(f"/formularios/{secret}").text


def test_it_is_for_its_own_account_and_for_an_hour(sign_in, database):
    sign_in(Role.COORDINATION, email="a@fecrecoop.example")
    other = sign_in(Role.COORDINATION, email="b@fecrecoop.example")
    secret = hold(database, "a@fecrecoop.example", ("texto", WORDS))
    assert other.get(f"/formularios/{secret}").status_code == 404
    with database.transaction() as session:
        session.execute(sa.update(HeldForm).values(expires_at=utcnow()))
    with database.transaction() as session:
        assert commands.forget_held_forms(session, now=utcnow()) == 1


def test_when_its_token_is_not_good_any_more(sign_in):
    browser = sign_in(Role.COORDINATION, email="a@fecrecoop.example")
    drawn = re.search(r'name="drawn" value="([^"]+)"', browser.get("/plan/charlas/nueva").text)[1]
    data = [("csrf_token", "x"), ("drawn", drawn), ("note", WORDS)]
    page = send(browser, "/reuniones/no-hay/lobby", data)
    assert (page.status_code, WORDS in page.text) == (422, True)
