from html import unescape
from re import search

import pytest

from coopoutreach.people.accounts import queries as account_queries
from coopoutreach.people.directory import commands, queries
from coopoutreach.people.directory.rules import Access
from tests.conftest import signed_in
from tests.factories import a_cooperative, a_person

SITE = "https://localhost"


class Browser:
    """A signed-in browser that sends forms as a page would."""

    def __init__(self, client):
        self.client = client

    def get(self, path):
        return self.client.get(path, base_url=SITE)

    def post(self, path, *, form=None, **data):
        """Send `data` to `path` from the form on the page `form`, or from the one at `path`."""
        page = self.get(form or path).text
        token = search(r'name="csrf_token"\s+value="([^"]+)"', page)
        return self.client.post(
            path,
            base_url=SITE,
            headers={"Referer": SITE + path},
            data={"csrf_token": token[1] if token else "", **data},
        )

    def read(self, path):
        """Return the page at `path` as text, and see that it is there."""
        response = self.get(path)
        assert response.status_code == 200, response.status
        return unescape(response.text)


@pytest.fixture
def browser(sign_in):
    """Return a browser of the coordination's, or of another role."""

    def _browser(role="coordination"):
        return Browser(sign_in(role))

    return _browser


@pytest.fixture
def cooperative(database):
    with database.transaction() as session:
        made = a_cooperative(
            session,
            name="Cooperativa de Ahorro y Crédito Cobre Alto",
            short_name="Cobre Alto",
            comuna="02101",
            region="02",
            rut="599999019",
            level=None,
        )
        return made.public_id


@pytest.fixture
def of_cooperative(app, database, now):
    """Return a browser of somebody with access to an organisation."""

    def _of_cooperative(public_id, access=Access.MANAGER):
        with database.transaction() as session:
            person = a_person(session)
            organisation = queries.organisation_by_public_id(session, public_id)
            held = commands.affiliate(
                session, person, organisation, post="Gerenta", actor="test", now=now
            )
            commands.grant_access(session, held, access=access, actor="test", now=now)
            user = account_queries.user_by_email(session, person.email)
            return Browser(signed_in(app, session, user))

    return _of_cooperative
