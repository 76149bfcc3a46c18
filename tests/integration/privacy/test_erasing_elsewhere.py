"""LG-02: who was erased is not in what others will read next, but for what is listed, and why."""

import pytest
import sqlalchemy as sa

from coopoutreach.committee.meetings.models import DigestLine
from coopoutreach.mail.outgoing.models import OutgoingMessage, PauseCause, QueuePause
from coopoutreach.people.accounts.models import UserSession
from coopoutreach.people.directory.models import Person
from coopoutreach.platform.core.db import Base
from coopoutreach.platform.scheduler.models import Heartbeat
from coopoutreach.privacy import commands
from coopoutreach.privacy.data_map.kinds import table
from coopoutreach.privacy.data_map.told import SHOWN_ONCE, STAYS, TOLD
from tests.factories import a_person, a_talk, a_user

NAME, EMAIL = "Zulema Canariote", "zcanariote@coop.example"
MARKS = ("canariote",)
ACTOR = "user:1"


def columns_that_hold_it(database):
    """Return every column of every table, JSON and bytes too, in which a mark stands."""
    found = set()
    with database.engine.connect() as connection:
        for rows in Base.metadata.sorted_tables:
            for row in connection.execute(sa.select(rows)).mappings():
                found |= {
                    f"{rows.name}.{name}"
                    for name, value in row.items()
                    if any(mark in repr(value).lower() for mark in MARKS)
                }
    return found


@pytest.fixture
def told(database, settings, register, now):
    """Somebody, and what was written about them where a colleague or the coordination reads."""
    with database.transaction() as session:
        person = register(session, name=NAME, email=EMAIL).person
        colleague, other = a_user(session), a_person(session)
        register(session, name="Otra Persona", email="otra@coop.example", key="g")
        mail = session.scalars(
            sa.select(OutgoingMessage).where(OutgoingMessage.recipient == "otra@coop.example")
        ).first()
        mail.last_error = f"550 no such user {EMAIL}"
        mail.subject, mail.raw = f"{NAME} le inscribió", f"{NAME} <{EMAIL}>".encode()
        a_talk(session, description=f"Expone {NAME}")
        session.add_all(
            [
                UserSession(
                    token_hash="c", user_id=colleague.id, created_at=now, last_seen_at=now,
                    expires_at=now, address="10.0.0.2", browser="x",
                    flashes=[["success", f"Agregamos a {NAME.upper()}."], ["info", "Guardado."]],
                ),
                DigestLine(
                    key="k", person_id=other.id, text=f"{NAME} propuso un punto.", created_at=now
                ),
                Heartbeat(
                    worker="w", job="j", started_at=now, failure=f"ValueError: {EMAIL}",
                    runs=1, succeeded=False,
                ),
                QueuePause(
                    since=now, until=now, cause=PauseCause.REFUSED, reason=f"554 {EMAIL}",
                    failures=1,
                ),
            ]
        )  # fmt: skip
        return person.id


def test_what_others_read_next_names_nobody_who_was_erased(database, told, past):
    before = columns_that_hold_it(database)
    assert {"user_session.flashes", "digest_line.text", "heartbeat.failure"} <= before
    with database.transaction() as session:
        person = session.get_one(Person, told)
        commands.cancel_registrations(session, person, actor=ACTOR, now=past)
        commands.erase_person(session, person, actor=ACTOR, now=past)
    left = columns_that_hold_it(database)
    assert left <= set(STAYS), left - set(STAYS)
    assert "event.description" in left, "a person looks at what is published"


@pytest.mark.both_engines
def test_the_rest_of_it_stays(database, told, past):
    with database.transaction() as session:
        person = session.get_one(Person, told)
        commands.erase_person(session, person, actor=ACTOR, now=past)
    with database.reading() as session:
        [flashes] = session.scalars(
            sa.select(UserSession.flashes).where(UserSession.token_hash == "c")
        )
        assert flashes == [["info", "Guardado."]]
        [line] = session.scalars(sa.select(DigestLine.text))
        assert line == "Persona eliminada propuso un punto."


def test_what_is_listed_is_there():
    """A column that was renamed would be scrubbed no more, and nobody would see it."""
    for name, columns in {**TOLD, **SHOWN_ONCE}.items():
        assert set(columns) <= set(table(name).columns.keys())
    for column in STAYS:
        name, _, its = column.partition(".")
        assert its in table(name).columns
