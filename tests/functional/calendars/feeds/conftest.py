import re

import pytest

from coopoutreach.calendars.feeds import commands as feeds
from coopoutreach.calendars.feeds import showing
from coopoutreach.calendars.feeds.commands import Subscriber
from coopoutreach.calendars.feeds.rules import Scope
from coopoutreach.people.directory import commands as directory
from coopoutreach.people.directory.rules import Access
from coopoutreach.platform.access.permissions import Role
from coopoutreach.talks.registrations import commands as registrations
from coopoutreach.talks.registrations.request import Registrant, Request
from coopoutreach.talks.registrations.rules import Room
from tests.conftest import signed_in
from tests.factories import a_cooperative, a_person, a_user

BASE = "http://127.0.0.1:8000"


@pytest.fixture
def seat(database, settings, now):
    """Return a function that registers somebody for a talk; returns their registration's id."""
    count = iter(range(1000))

    def _seat(talk, person, organisation=None, room=Room.IN_ROOM):
        with database.transaction() as session:
            request = Request(
                form_key=f"formulario-{next(count)}",
                people=[Registrant(person.name, person.email, room)],
                organisation=session.merge(organisation) if organisation else None,
                organisation_name="" if organisation else "Otra",
            )
            [made] = registrations.register(
                session, session.merge(talk), request, actor="test", now=now
            )
            return made.id

    return _seat


@pytest.fixture
def person(database, settings):
    with database.transaction() as session:
        return a_person(session, name="Rosa Prueba", email="rosa@coop.example")


@pytest.fixture
def cooperative(database, settings):
    with database.transaction() as session:
        return a_cooperative(session, name="Cobre Alto")


@pytest.fixture
def registrar(app, database, cooperative, now):
    """A registrar of the cooperative: their account, their person, and a browser."""
    with database.transaction() as session:
        user = a_user(session, role=Role.REGISTRAR, email="registra@coop.example")
        someone = a_person(session, name="Registra Prueba", email="registra@coop.example")
        someone.user_id = user.id
        post = directory.affiliate(
            session,
            someone,
            session.merge(cooperative),
            post="Secretaría",
            actor="test",
            now=now,
        )
        post.access = Access.REGISTRAR
        session.flush()
        return Registrar(user.id, someone.id, post.id, signed_in(app, session, user))


class Registrar:
    def __init__(self, user_id, person_id, post_id, client):
        self.user_id, self.person_id, self.post_id = user_id, person_id, post_id
        self.client = client


@pytest.fixture
def subscribe(database, settings, now):
    """Return a function that makes a private address; returns its path."""

    def _subscribe(scope, **given):
        more = {
            name: given.pop(name)
            for name in ("organisation_id", "series_id", "selection")
            if name in given
        }
        with database.transaction() as session:
            made = feeds.create(
                session, Subscriber(**given), Scope(scope), actor="test", now=now, **more
            )
            return showing.url_of(made).removeprefix(BASE)

    return _subscribe


@pytest.fixture
def post():
    """Return a function that sends a form as a browser does: with the token of a page."""

    def _post(browser, page, path=None, **data):
        text = browser.get(page, base_url="https://localhost").text
        token = re.search(r'name="csrf_token"\s+value="([^"]+)"', text).group(1)
        return browser.post(
            path or page,
            base_url="https://localhost",
            headers={"Referer": f"https://localhost{page}"},
            data={"csrf_token": token, **data},
        )

    return _post
