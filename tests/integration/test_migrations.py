"""The migrated schema is the models', every migration goes up, down and up, and the trail stays."""

from dataclasses import replace

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy.exc import DatabaseError

from coopoutreach.events import wordings
from coopoutreach.mail.outgoing import jobs
from coopoutreach.mail.outgoing import queries as messaging
from coopoutreach.mail.outgoing.models import MessageState, OutgoingMessage
from coopoutreach.platform.audit import commands as audit
from coopoutreach.platform.audit.models import Entry
from coopoutreach.platform.audit.verifying import verify
from coopoutreach.platform.core import reactions, schema
from coopoutreach.platform.core import settings as process_settings
from coopoutreach.platform.core.db import Base, connect
from coopoutreach.platform.scheduler import commands
from coopoutreach.platform.scheduler.job import Daily
from coopoutreach.schedule import JOBS
from coopoutreach.wiring import WIRING
from tests.factories import NOW, a_talk

pytestmark = pytest.mark.both_engines

#: Daily jobs of version 0.3, as it called them.
RAN = (
    "minutes.follow_reviews",
    "meetings.send_digests",
    "limits.forget_old_attempts",
    "accounts.forget_ended_sessions",
    "feeds.expire_unused_addresses",
    "privacy.purge_old_data",
    "privacy.alert_of_deadlines",
)
#: Mails that waited in it, by the notice that each is.
WAITING = ("registrations/place_confirmed", "meetings/digest", "privacy/received")
_FOR = {
    sa.Integer: 0,
    sa.Boolean: False,
    sa.String: "",
    sa.DateTime: NOW,
    sa.LargeBinary: b"",
    sa.JSON: [],
}


@pytest.fixture
def migrated(request, engine_name, settings, tmp_path):
    """Settings of a database of its own, brought to the newest migration."""
    if engine_name == "sqlite":
        yield replace(settings, database_url=f"sqlite:///{tmp_path / 'migrated.sqlite3'}")
        return
    server = request.getfixturevalue("_postgresql_server")
    name = f"migrated_{request.getfixturevalue('worker_name')}"
    yield replace(settings, database_url=server.new_database(name))
    server.drop_database(name)


def test_the_migrated_schema_is_that_of_the_models(migrated):
    schema.upgrade(migrated)
    engine = connect(migrated.database_url).engine
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, Base.metadata) == []
    engine.dispose()


def test_every_migration_goes_up_down_and_up_with_data(migrated):
    schema.upgrade(migrated)
    database = connect(migrated.database_url)
    with database.transaction() as session:
        a_talk(session)
    database.engine.dispose()
    schema.downgrade(migrated, to="base")
    with database.engine.connect() as connection:
        assert sa.inspect(connection).get_table_names() == ["alembic_version"]
    database.engine.dispose()
    schema.upgrade(migrated)
    assert schema.pending_migrations(migrated) == []


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE audit_entry SET actor='x'",
        "DELETE FROM audit_entry",
        "UPDATE audit_link SET hash='x'",
        "DELETE FROM audit_link",
    ],
)
def test_lg_01_the_audit_trail_refuses_to_be_changed(migrated, statement):
    schema.upgrade(migrated)
    database = connect(migrated.database_url)
    with database.transaction() as session:
        audit.record(session, ("event", 1), action="x", actor="y", now=NOW)
    with (
        pytest.raises(DatabaseError, match="append only"),
        database.transaction() as session,
    ):
        session.execute(sa.text(statement))
    with database.reading() as session:
        assert session.scalars(sa.select(Entry.actor)).all() == ["y"]
    database.engine.dispose()


def test_lg_01_the_entries_of_an_older_database_are_chained(migrated):
    schema.upgrade(migrated, to="0003")
    database = connect(migrated.database_url)
    said = {"level": "inicial", "n": 3, "list": ["ñ", None, 1.5]}
    with database.engine.begin() as connection:
        connection.execution_options(sqlite_begin="IMMEDIATE")
        for number in range(3):
            values = {
                "at": NOW, "actor": f"user:{number}", "action": "x", "thing_kind": "event",
                "thing_id": "1", "before": None, "after": said, "address": "192.0.2.1",
            }  # fmt: skip
            connection.execute(sa.insert(Entry.__table__).values(**values))
    database.engine.dispose()
    schema.upgrade(migrated)
    with database.transaction() as session:
        audit.record(session, ("event", 1), action="x", actor="y", now=NOW)
    with database.reading() as session:
        found = verify(session)
    assert (found.entries, found.broken) == (4, None)
    database.engine.dispose()


def fill(connection, table, **values):
    """Insert a row as the table was then; what is not said is nothing of its kind."""
    found = sa.Table(table, sa.MetaData(), autoload_with=connection)
    for column in found.columns:
        if column.name in values or column.nullable or column.name == "id":
            continue
        kind = next(kind for kind in _FOR if isinstance(column.type, kind))
        values[column.name] = _FOR[kind]
    known = {name: value for name, value in values.items() if name in found.columns}
    connection.execute(found.insert().values(**known))


def test_what_a_database_of_step_3_had_at_work_goes_on_under_its_names(migrated, tmp_path):
    schema.upgrade(migrated, to="0003")
    database = connect(migrated.database_url)
    with database.engine.begin() as connection:
        connection.execution_options(sqlite_begin="IMMEDIATE")
        for number, notice in enumerate(WAITING):
            fill(
                connection,
                "outgoing_message",
                key=f"{notice}:{number}",
                message_id=f"<{number}@fecrecoop.example>",
                notice=notice,
                category="service",
                recipient=f"p{number}@coop.example",
                raw=b"Subject: x\r\n\r\nHola\r\n",
                state="queued",
                not_after=NOW.replace(year=2099),
            )
        fill(
            connection,
            "message_template",
            notice=wordings.REMINDER,
            version=1,
            subject="Asunto propio",
            body="Texto propio",
        )
        for job in RAN:
            fill(connection, "daily_run", job=job, day="2026-11-24")
    database.engine.dispose()
    schema.upgrade(migrated)
    process_settings.install(migrated)
    reactions.install(WIRING)
    for _ in range(3):
        jobs.deliver_due(database, NOW)
    with database.reading() as session:
        states = session.scalars(sa.select(OutgoingMessage.state)).all()
        assert states == [MessageState.SENT] * len(WAITING)
        assert (
            messaging.wording(session, wordings.REMINDER, event_id=None).subject == "Asunto propio"
        )
    assert len(list((tmp_path / "mail").rglob("*.eml"))) == len(WAITING)
    daily = {job.name for job in JOBS if isinstance(job.when, Daily)}
    assert set(RAN) <= daily
    with database.transaction() as session:
        again = [job for job in RAN if commands.claim_day(session, job, "2026-11-24", now=NOW)]
    assert again == []
    database.engine.dispose()
