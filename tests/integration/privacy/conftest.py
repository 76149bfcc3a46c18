from datetime import timedelta

import pytest

from coopoutreach import app as application
from coopoutreach.platform.core import reactions
from coopoutreach.platform.core.links import digest
from coopoutreach.talks.registrations import commands as registrations
from coopoutreach.talks.registrations.request import Registrant, Request
from coopoutreach.talks.registrations.rules import Room
from coopoutreach.wiring import WIRING
from tests.factories import a_cooperative, a_talk

assert application  # it brings every table along


@pytest.fixture(autouse=True)
def wired():
    reactions.install(WIRING)


@pytest.fixture
def register(now):
    """Return a function that registers somebody for a talk, and gives the registration."""

    def _register(session, *, name, email, talk=None, phone=None, organisation=None, key="f", **of):
        talk = talk or a_talk(session, **of)
        [made] = registrations.register(
            session,
            talk,
            Request(
                form_key=f"{key}-{digest(email)}-{talk.id}",
                people=[Registrant(name, email, Room.IN_ROOM, phone)],
                organisation=organisation or a_cooperative(session),
            ),
            actor="anonymous",
            now=now,
        )
        return made

    return _register


@pytest.fixture
def past(now):
    """When the talks of these tests are over."""
    return now + timedelta(days=60)
