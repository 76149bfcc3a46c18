import pytest
import sqlalchemy as sa

from coopoutreach.mail.outgoing.models import OutgoingMessage
from coopoutreach.people.accounts import commands
from coopoutreach.people.accounts.commands.sessions import Browser
from coopoutreach.platform.access.permissions import Role

HASH = "$no hace falta que sea uno$"


@pytest.fixture
def a_browser():
    """Return a browser with a cookie of its own."""
    names = iter("abcdefgh")

    def _a_browser():
        return Browser(address="192.0.2.7", name="Prueba/1", secret=next(names) * 43)

    return _a_browser


@pytest.fixture
def a_user(session, now):
    """Return a function that adds an account and returns it."""

    def _a_user(email="persona@coop.example", role=Role.MANAGER, password_hash=HASH):
        return commands.create_user(
            session,
            email=email,
            name="Persona de Prueba",
            role=role,
            password_hash=password_hash,
            actor="test",
            now=now,
        )

    return _a_user


@pytest.fixture
def signed_in(session, a_browser, now):
    """Return a function that signs somebody in and returns the secret of the session."""

    def _signed_in(user):
        return commands.sign_in(
            session, user.id, verified_hash=user.password_hash, browser=a_browser(), now=now
        )

    return _signed_in


@pytest.fixture
def mailed(session):
    """Return the notices and texts owed so far."""

    def _mailed(notice=None):
        statement = sa.select(OutgoingMessage).order_by(OutgoingMessage.id)
        return [m for m in session.scalars(statement) if notice in (None, m.notice)]

    return _mailed
