"""What was kept in SQLite is kept in PostgreSQL, and back: every row, every file, and it serves."""

import json
import os
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa

from coopoutreach.committee.minutes.models import Minutes, MinutesPart, SignedCopy
from coopoutreach.committee.minutes.rules import LOCKED
from coopoutreach.mail.outgoing.models import MessageState, OutgoingMessage, PauseCause, QueuePause
from coopoutreach.operations.backups import archive, copies
from coopoutreach.operations.backups.errors import WrongPlace
from coopoutreach.operations.demo import commands as demo
from coopoutreach.operations.demo.meetings import print_minutes
from coopoutreach.people.directory.models import Organisation, Person
from coopoutreach.platform.audit.models import Entry
from coopoutreach.platform.core import reactions
from coopoutreach.platform.core import settings as process_settings
from coopoutreach.platform.core.db import Base, connect
from coopoutreach.platform.core.links import digest
from coopoutreach.privacy import ledger
from coopoutreach.wiring import WIRING
from tests.factories import NOW, a_cooperative, a_person, a_talk, a_user
from tests.support.application import Application, stop
from tests.support.endurance import rounds
from tests.support.migrated import migrate
from tests.support.processes import asked

pytestmark = pytest.mark.slow
LATER = NOW + timedelta(days=1)
#: Tables that a restore writes to on purpose.
WRITTEN = {
    "audit_entry",
    "audit_head",
    "audit_link",
    "outgoing_message",
    "queue_pause",
    "user_session",
    "sign_in_link",
}
WRITTEN |= {"heartbeat"}
OTHER = {"sqlite": "postgresql", "postgresql": "sqlite"}

#: Texts that one of the engines, or the way between them, might take for something else.
AWKWARD = [
    "",
    " ",
    "\\N",
    "\\",
    "\\\\n",
    "a\tb\nc\rd\\te",
    "\x0b\x0c\x08\x1f\x7f",
    "\u2028\u2029\u0085\ufeff",
    "😀👨‍👩‍👧 ñandú é",
    "'; DROP TABLE person; --",
    '"comillas" «así» `x`',
    "NULL",
    "\\.",
    "null",
    "0",
    "x" * 100_000,
]


@pytest.fixture
def engine_name():
    """The settings that places begin from are of any engine: each test says its own."""
    return "sqlite"


@pytest.fixture(autouse=True)
def _wired():
    reactions.install(WIRING)


class Place:
    """Settings of a place of its own on one engine, and its database."""

    def __init__(self, settings, folder, url):
        folder.mkdir()
        files = str(folder / "files")
        self.settings = replace(settings, database_url=url, instance=folder, files_url=files)
        self.folder = folder
        self.database = connect(url)


@pytest.fixture
def places(settings, tmp_path, _postgresql_server, worker_name):
    """Make a place on an engine."""
    made, names = [], []

    def make(engine):
        folder = tmp_path / f"{engine}{len(made)}"
        url = f"sqlite:///{folder / 'base.sqlite3'}"
        if engine == "postgresql":
            names.append(f"cross{len(made)}_{worker_name}_{os.getpid()}")
            url = _postgresql_server.new_database(names[-1])
        made.append(Place(settings, folder, url))
        return made[-1]

    yield make
    for place in made:
        place.database.engine.dispose()
    for name in names:
        _postgresql_server.drop_database(name)


def fill(place):
    """Load the demonstration and what is awkward; return how many minutes were approved."""
    process_settings.install(place.settings)
    migrate(place.settings.database_url)
    with place.database.transaction() as session:
        demo.load(session, password="demostracion", now=NOW)
    print_minutes(place.database)
    with place.database.transaction() as session:
        for number, text in enumerate(AWKWARD):
            session.add(
                Entry(
                    at=datetime(1969, 12, 31, 23, 59, 59, 999_999, tzinfo=UTC),
                    actor="user:1",
                    action="awkward",
                    thing_kind="test",
                    thing_id=str(number),
                    before={
                        "text": text,
                        "big": 2**53 + 1,
                        "float": 0.1,
                        "none": None,
                        "no": False,
                    },
                    after=None if number % 2 else {},
                )
            )
            person = a_person(session, name=f"Persona {number}")
            person.name = text
        # A later row that an earlier one refers to.
        first, second, third = (a_talk(session, title=f"Charla {n}") for n in range(3))
        session.flush()
        first.replacement_id = third.id
        # And two that refer to one another.
        second.session_of_id, third.session_of_id = third.id, second.id
        minutes = session.scalars(sa.select(Minutes).where(Minutes.state.in_(LOCKED))).first()
        session.add(
            SignedCopy(
                minutes_id=minutes.id,
                stored_as="minutes-firmada",
                file_name="acta firmada.pdf",
                size=2**31 - 1,
                sha256="0" * 64,
                created_at=NOW,
                created_by="user:1",
            )
        )
        session.flush()
    (Path(place.settings.files_url) / "minutes-firmada").write_bytes(b"%PDF \x00\xff")


def rows(place):
    """Return every row of every table, by the types of the models."""
    with place.database.engine.connect() as connection:
        return {
            table.name: sorted(map(repr, connection.execute(sa.select(table)).all()))
            for table in Base.metadata.sorted_tables
        }


def files(place):
    folder = Path(place.settings.files_url)
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def crossed(places, origin, folder, **options):
    """Back up one place and restore it on the other engine."""
    path = copies.back_up(origin.settings, origin.database, folder, now=NOW)
    to = places(OTHER[origin.database.engine.dialect.name])
    for person_hash in options.get("erased", ()):
        ledger.keep(to.settings.instance, [(person_hash, NOW)])
    manifest = copies.restore(to.settings, path, now=LATER)
    return to, manifest


@pytest.mark.parametrize("engine", ["sqlite", "postgresql"])
def test_every_row_and_every_file_cross_and_come_back(places, tmp_path, engine):
    origin = places(engine)
    fill(origin)
    before = rows(origin)
    assert len(before["person"]) > 30
    there, manifest = crossed(places, origin, tmp_path / "copias")
    after = rows(there)
    assert {name for name in before if before[name] != after[name]} <= WRITTEN
    kept = set(before["audit_entry"])
    assert before["audit_entry"] == [row for row in after["audit_entry"] if row in kept]
    assert {name: len(found) for name, found in before.items()} == manifest.rows
    assert len(after["outgoing_message"]) == len(before["outgoing_message"])
    assert files(there) == files(origin)

    back, _ = crossed(places, there, tmp_path / "vuelta")
    again = rows(back)
    assert {name for name in after if after[name] != again[name]} <= WRITTEN
    assert files(back) == files(origin)


@pytest.mark.parametrize("engine", rounds(["sqlite"], ["sqlite", "postgresql"]))
def test_numbers_go_on_locks_hold_and_the_queue_stands_still(places, tmp_path, engine):
    origin = places(engine)
    fill(origin)
    with origin.database.transaction() as session:
        gone = a_person(session, name="Vuelve Nunca", email="nunca@coop.example")
        erased = digest(gone.public_id)
    there, _ = crossed(places, origin, tmp_path / "copias", erased=[erased])
    highest = {
        table: there_max(there, table)
        for table in Base.metadata.sorted_tables
        if "id" in table.columns and isinstance(table.columns["id"].type, sa.Integer)
    }
    with there.database.transaction() as session:
        # The next of each kind gets the next number.
        for table, make in ((Person, a_person), (Organisation, a_cooperative)):
            made = make(session)
            session.flush()
            assert made.id > highest[table.__table__]
        assert a_user(session).id
    with there.database.reading() as session:
        assert session.scalars(sa.select(QueuePause.cause)).one() is PauseCause.BY_HAND
        states = set(session.scalars(sa.select(OutgoingMessage.state)))
        assert not states & {MessageState.QUEUED, MessageState.SENDING, MessageState.UNCERTAIN}
        assert "Vuelve Nunca" not in session.scalars(sa.select(Person.name)).all()
        locked = session.scalars(sa.select(Minutes.id).where(Minutes.state.in_(LOCKED))).first()
    for statement in (
        sa.update(Minutes).where(Minutes.id == locked).values(code="X"),
        sa.delete(Minutes).where(Minutes.id == locked),
        sa.update(MinutesPart).where(MinutesPart.minutes_id == locked).values(text="X"),
        sa.delete(Entry),
    ):
        with (
            pytest.raises(sa.exc.DBAPIError, match=r"locked|append"),
            there.database.transaction() as session,
        ):
            session.execute(statement)


def there_max(place, table):
    with place.database.engine.connect() as connection:
        return connection.scalar(sa.select(sa.func.max(table.columns["id"]))) or 0


def test_the_restored_application_serves_from_postgresql(places, tmp_path):
    origin = places("sqlite")
    fill(origin)
    there, _ = crossed(places, origin, tmp_path / "copias")
    application = Application(tmp_path, there.settings.database_url, f"file:{tmp_path / 'mail'}")
    application.more["FILES_URL"] = there.settings.files_url
    with origin.database.reading() as session:
        minutes = session.scalars(sa.select(Minutes).where(Minutes.state.in_(LOCKED))).first()
        code = minutes.code
    with serving(application):
        application.wait_until_it_answers()
        assert asked(f"{application.url}/charlas").status == 200
        assert code in asked(f"{application.url}/actas/verificar/{code}").text


@contextmanager
def serving(application):
    process = application.serve()
    try:
        yield
    finally:
        stop(process)


def test_a_nul_that_postgresql_cannot_keep_is_shown_as_unreadable(places, tmp_path):
    origin = places("sqlite")
    migrate(origin.settings.database_url)
    with origin.database.transaction() as session:
        a_person(session).name = "Ana\x00 Ríos"
    there, _ = crossed(places, origin, tmp_path / "copias")
    with there.database.reading() as session:
        assert session.scalars(sa.select(Person.name)).one() == "Ana\ufffd Ríos"


def test_an_older_backup_of_postgresql_is_refused_by_sqlite_with_the_way_around(places, tmp_path):
    origin = places("postgresql")
    migrate(origin.settings.database_url)
    path = copies.back_up(origin.settings, origin.database, tmp_path / "copias", now=NOW)
    unpacked = tmp_path / "unpacked"
    unpacked.mkdir()
    archive.unpack(path, unpacked)
    manifest = json.loads((unpacked / archive.MANIFEST).read_text())
    (unpacked / archive.MANIFEST).write_text(json.dumps({**manifest, "revision": "0001"}))
    old = tmp_path / "old.tar"
    with archive.writing(old) as tar:
        for name in sorted(manifest["sums"]):
            tar.add(unpacked / name, arcname=name)
        tar.add(unpacked / archive.MANIFEST, arcname=archive.MANIFEST)
    to = places("sqlite")
    with pytest.raises(WrongPlace, match="Restáurelo primero en postgresql"):
        copies.restore(to.settings, old, now=LATER)
