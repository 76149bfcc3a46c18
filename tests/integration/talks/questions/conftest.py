"""A talk whose questions are written, and somebody invited to it."""

import pytest

from coopoutreach.events import commands as events
from coopoutreach.events.rules import Standing
from coopoutreach.platform.core import reactions
from coopoutreach.wiring import WIRING
from tests.factories import a_person, a_talk


@pytest.fixture(autouse=True)
def wired():
    reactions.install(WIRING)


@pytest.fixture
def talk(session):
    return a_talk(session)


@pytest.fixture
def invite(session, talk, now):
    def invite(talk=talk, person=None):
        return events.invite(
            session,
            talk,
            person or a_person(session),
            organisation_id=None,
            standing=Standing.INVITED,
            now=now,
        )

    return invite
