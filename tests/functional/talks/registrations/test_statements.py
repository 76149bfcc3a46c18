"""How often a registration asks the database: everybody else who registers waits meanwhile."""

import re

import pytest
from sqlalchemy import event

from coopoutreach.platform.audit import commands as audit
from tests.factories import NOW, a_cooperative, a_talk

SAFE = {"base_url": "https://localhost"}
PATH = "/charlas/contada/inscripcion"


@pytest.fixture
def statements(app, database, settings):
    """The statements of the application from here on, but for how a transaction begins."""
    with database.transaction() as session:
        a_cooperative(session, public_id="cobre-alto")
        a_talk(session, slug="contada", capacity_room=50)
        # The trail has begun: its chain has a head.
        audit.record(session, ("event", 1), action="x", actor="test", now=NOW)
    seen = []

    def note(_connection, _cursor, statement, *_rest):
        if not statement.startswith("BEGIN"):
            seen.append(" ".join(statement.split()[:3]))

    engine = app.extensions["database"].engine
    event.listen(engine, "before_cursor_execute", note)
    yield seen
    event.remove(engine, "before_cursor_execute", note)


def register(client, *names):
    page = client.get(PATH, **SAFE).text
    data = {"organisation": "cobre-alto"}
    for name in ("csrf_token", "form_key"):
        data[name] = re.search(rf'name="{name}"\s+value="([^"]+)"', page)[1]
    for number, name in enumerate(names):
        data[f"people-{number}-name"] = name
        data[f"people-{number}-email"] = f"{name.lower()}@coop.example"
    sent = client.post(PATH, data=data, headers={"Referer": "https://localhost/"}, **SAFE)
    assert sent.status_code == 303


def test_the_form_takes_three_statements(client, statements):
    client.get(PATH, **SAFE)
    assert len(statements) == 3


def test_a_registration_takes_seventeen_and_what_chains_the_trail(client, statements, engine_name):
    register(client, "Ana")
    assert statements[3:6] == [
        "INSERT INTO attempts",
        # The last before everybody else waits is the talk, whose row is held from there on.
        *("SELECT organisation.id, organisation.public_id,", "SELECT talk.id, event.id"),
    ]
    # One of them keeps what was known as the seat was given; one asks who shares the mailbox.
    chained = 2 if engine_name == "postgresql" else 3
    assert len(statements[3:]) == 17 + chained


def test_each_further_person_of_a_form_takes_four(client, statements):
    register(client, "Ana")
    alone = len(statements)
    statements.clear()
    register(client, "Bea", "Cleo", "Dina")
    # One more asks, for all of them at once, which of their mails are owed already.
    assert len(statements) - alone == 2 * 4 + 1
