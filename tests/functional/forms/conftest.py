"""A federation as the demonstration's, and who signs in there."""

import pytest
import sqlalchemy as sa

from coopoutreach.operations.demo import commands as demo
from coopoutreach.people.accounts.commands.sessions import Browser, open_session
from coopoutreach.people.accounts.models import User
from coopoutreach.people.accounts.sessions import COOKIE
from coopoutreach.platform.core.clock import utcnow


@pytest.fixture
def engine_name():
    return "sqlite"


@pytest.fixture
def federation(app, database):
    with database.transaction() as session:
        demo.load(session, password="demostracion", now=utcnow())


@pytest.fixture
def user_of(database):
    """Return a function that gives the number of an account with a role."""

    def find(role):
        with database.reading() as session:
            return session.scalars(
                sa.select(User.id).where(User.role == role, User.active).order_by(User.id)
            ).first()

    return find


@pytest.fixture
def browser_of(app, database):
    """Return a function that gives a browser in which an account has signed in."""

    def open_one(user_id):
        with database.transaction() as session:
            user = session.get_one(User, user_id)
            browser = Browser(address="127.0.0.1", name="prueba")
            secret = open_session(session, user, browser, now=utcnow())
        client = app.test_client()
        client.set_cookie(COOKIE, secret, domain="localhost", secure=True)
        return client

    return open_one
