"""A table with a meeting, and what it committed to."""

from datetime import date

import pytest

from coopoutreach.committee.commitments import commands
from coopoutreach.committee.commitments.commands import Fields
from coopoutreach.platform.core import reactions
from coopoutreach.wiring import WIRING
from tests.factories import NOW, a_meeting, a_table


@pytest.fixture(autouse=True)
def wiring():
    reactions.install(WIRING)


@pytest.fixture
def table(session):
    return a_table(session)


@pytest.fixture
def meeting(session, table):
    return a_meeting(session, table.series, year=2027, number=3)


@pytest.fixture
def make(session, table, meeting):
    """Take a commitment down: CORFO owes the federation something, unless said otherwise."""

    def _make(action="Remitir el articulado vigente de elegibilidad", **overrides):
        fields = {
            "party_id": table.corfo.id,
            "owed_to_id": table.federation.id,
            "person_id": table.people[2].id,
            "due_on": date(2027, 4, 15),
            "verification": "Correo con el articulado",
            **overrides,
        }
        return commands.make(
            session,
            meeting,
            Fields(action=action, **fields),
            number_of=(2027, 3),
            actor="user:1",
            now=NOW,
        )

    return _make
