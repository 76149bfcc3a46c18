import re
from email import message_from_bytes, policy

import pytest
import sqlalchemy as sa
from argon2 import PasswordHasher

from coopoutreach.mail.outgoing.models import OutgoingMessage
from coopoutreach.people.accounts import commands, passwords
from coopoutreach.platform.access.permissions import Role

PASSWORD = "una clave muy larga 2026"


@pytest.fixture(autouse=True)
def _quick_hashes(monkeypatch):
    monkeypatch.setattr(
        passwords, "hasher", PasswordHasher(time_cost=1, memory_cost=64, parallelism=1)
    )


@pytest.fixture
def password():
    return PASSWORD


@pytest.fixture
def account(app, database, now):
    """Return a function that adds an account with the tests' password."""

    def _account(email="persona@coop.example", role="registrar", password=PASSWORD):
        with database.transaction() as session:
            user = commands.create_user(
                session,
                email=email,
                name="Rosa de Prueba",
                role=Role(role),
                password_hash=passwords.hash_password(password) if password else None,
                actor="test",
                now=now,
            )
            return user.id

    return _account


@pytest.fixture
def token(app):
    """Return a function that gives the form token of a page, as a browser would find it."""

    def _token(browser, path="/ingresar"):
        page = browser.get(path).text
        return re.search(r'name="csrf_token" value="([^"]+)"', page).group(1)

    return _token


@pytest.fixture
def send(token):
    """Return a function that fills the form of a page and sends it."""

    def _send(browser, path, to=None, **fields):
        data = {"csrf_token": token(browser, path), **fields}
        return browser.post(to or path, data=data)

    return _send


@pytest.fixture
def enter(send):
    """Return a function that signs in by the form."""

    def _enter(browser, email="persona@coop.example", password=PASSWORD, **more):
        return send(browser, "/ingresar", email=email, password=password, **more)

    return _enter


@pytest.fixture
def mailed(database):
    """Return a function that gives the link in the last mail, and how many mails there are."""

    def _mailed():
        with database.reading() as session:
            rows = session.scalars(sa.select(OutgoingMessage.raw).order_by(OutgoingMessage.id))
            raws = rows.all()
        if not raws:
            return None, 0
        body = message_from_bytes(raws[-1], policy=policy.default).get_body(("plain",))
        found = re.search(r"http://127.0.0.1:8000(/\S+)", body.get_content())
        return found.group(1), len(raws)

    return _mailed
