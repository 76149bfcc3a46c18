"""Everything comes back from a backup, on both engines, and nothing that must not."""

import io
import json
import tarfile
import threading
import time
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa

from coopoutreach.mail.outgoing import commands as messaging
from coopoutreach.mail.outgoing import jobs as mail
from coopoutreach.mail.outgoing.letters import MailDraft, Recipient
from coopoutreach.mail.outgoing.models import MessageState, OutgoingMessage, PauseCause, QueuePause
from coopoutreach.operations.backups import copies as backups
from coopoutreach.operations.backups import snapshots
from coopoutreach.operations.backups.errors import Damaged, WrongPlace
from coopoutreach.people.accounts.commands.sessions import Browser, open_session
from coopoutreach.people.accounts.models import UserSession
from coopoutreach.people.directory.models import Person
from coopoutreach.platform.audit.models import Entry
from coopoutreach.platform.audit.verifying import verify
from coopoutreach.platform.core.db import connect
from coopoutreach.platform.core.links import digest
from coopoutreach.privacy import ledger
from coopoutreach.privacy.models import Erasure
from tests.factories import NOW, a_cooperative, a_person, a_talk, a_user
from tests.support.migrated import migrate

LATER = NOW + timedelta(days=1)


@pytest.fixture
def origin(a_place):
    """A place in use: a talk, somebody signed in, a mail that is owed, an uploaded file."""
    place = a_place()
    migrate(place.database_url)
    database = connect(place.database_url)
    with database.transaction() as session:
        a_talk(session, title="Ñandú y «comillas»\n\ttabulada \\ barra")
        parent = a_cooperative(session)
        a_cooperative(session, parent_id=None, name="Otra")
        assert parent.id
        user = a_user(session)
        open_session(session, user, Browser("127.0.0.1", "Firefox"), now=NOW)
        letter = MailDraft(
            key="prueba",
            notice="accounts/password_changed",
            to=Recipient("Ana", "ana@coop.example", None),
            context=_context(),
        )
        assert messaging.owe(session, letter, now=NOW)
    Path(place.files_url).mkdir(parents=True)
    (Path(place.files_url) / "a1b2").write_bytes(b"%PDF-1.7 \x00\xff")
    yield place, database
    database.engine.dispose()


def _context():
    return {"name": "Ana", "when": "hoy", "url": "https://agenda.example/", "link": "x"}


def _tables(place):
    database = connect(place.database_url)
    with database.engine.connect() as connection:
        tables = sa.MetaData()
        tables.reflect(connection)
        rows = {
            table.name: sorted(map(repr, connection.execute(sa.select(table)).all()))
            for table in tables.sorted_tables
        }
    database.engine.dispose()
    return rows


def test_everything_comes_back_but_the_sessions_and_the_running_queue(origin, a_place, tmp_path):
    place, database = origin
    before = _tables(place)
    path = backups.back_up(place, database, tmp_path / "copias", now=NOW)
    empty = a_place()
    manifest = backups.restore(empty, path, now=LATER)
    after = _tables(empty)
    different = {name for name in before if before[name] != after[name]}
    trail = {"audit_entry", "audit_head", "audit_link"}
    assert different == trail | {"outgoing_message", "queue_pause", "user_session"}
    assert manifest.rows["talk"] == 1
    assert (Path(empty.files_url) / "a1b2").read_bytes() == b"%PDF-1.7 \x00\xff"
    restored = connect(empty.database_url)
    with restored.reading() as session:
        assert session.scalars(sa.select(UserSession)).all() == []
        assert session.scalars(sa.select(OutgoingMessage.state)).all() == [MessageState.HELD]
        assert session.scalars(sa.select(QueuePause.cause)).one() is PauseCause.BY_HAND
        assert session.scalars(sa.select(Entry.action)).all()[-1] == "backup.restored"
        assert verify(session).is_whole
    restored.engine.dispose()


def test_lg_06_a_restored_queue_sends_nothing_until_a_person_lets_it(origin, a_place, tmp_path):
    place, database = origin
    path = backups.back_up(place, database, tmp_path / "copias", now=NOW)
    empty = a_place()
    backups.restore(empty, path, now=LATER)
    restored = connect(empty.database_url)
    assert mail.deliver_due(restored, LATER + timedelta(days=1)) == 0
    restored.engine.dispose()


def test_lg_06_whoever_was_erased_since_does_not_come_back(origin, a_place, tmp_path):
    place, database = origin
    with database.transaction() as session:
        person = a_person(session, name="Vuelve Nunca", email="nunca@coop.example")
        person_hash = digest(person.public_id)
    path = backups.back_up(place, database, tmp_path / "copias", now=NOW)
    empty = a_place()
    ledger.keep(empty.instance, [(person_hash, NOW)])
    backups.restore(empty, path, now=LATER)
    restored = connect(empty.database_url)
    with restored.reading() as session:
        assert "Vuelve Nunca" not in session.scalars(sa.select(Person.name)).all()
        assert session.scalars(sa.select(Erasure.person_hash)).all() == [person_hash]
    restored.engine.dispose()


def test_the_ledger_keeps_what_was_in_it_and_adds_what_is_new(tmp_path):
    assert ledger.read(tmp_path) == []
    assert ledger.keep(tmp_path, [("a", NOW)]) == 1
    assert ledger.keep(tmp_path, [("b", LATER)]) == 1
    assert ledger.keep(tmp_path, [("a", LATER)]) == 0
    assert ledger.read(tmp_path) == [("a", NOW), ("b", LATER)]


def test_numbers_go_on_after_the_highest_that_was_restored(origin, a_place, tmp_path):
    place, database = origin
    path = backups.back_up(place, database, tmp_path / "copias", now=NOW)
    empty = a_place()
    backups.restore(empty, path, now=LATER)
    restored = connect(empty.database_url)
    with restored.transaction() as session:
        assert a_cooperative(session).id == 3
        assert a_person(session).id
    restored.engine.dispose()


def test_a_place_in_use_is_refused_and_keeps_what_it_has(origin, a_place, tmp_path):
    place, database = origin
    path = backups.back_up(place, database, tmp_path / "copias", now=NOW)
    before = _tables(place)
    with pytest.raises(WrongPlace, match="ya tiene datos"):
        backups.restore(place, path, now=LATER)
    assert _tables(place) == before


def _rewritten(path, folder, change):
    """Return a copy of the archive with its members changed."""
    target = folder / "cambiado.tar"
    with tarfile.open(path) as old, tarfile.open(target, "w") as new:
        members = {member.name: old.extractfile(member).read() for member in old.getmembers()}
        change(members)
        for name, data in members.items():
            info = tarfile.TarInfo(name)
            info.size = len(data)
            new.addfile(info, io.BytesIO(data))
    return target


def _flip(members):
    name = max(members, key=lambda name: len(members[name]))
    data = bytearray(members[name])
    data[len(data) // 2] ^= 0xFF
    members[name] = bytes(data)


def _drop_a_file(members):
    del members["files/a1b2"]


def _add_a_stranger(members):
    members["files/otra"] = b"?"


def _lose_the_manifest(members):
    del members["manifest.json"]


def _lead_outside(members):
    manifest = json.loads(members["manifest.json"])
    manifest["sums"]["../fuera"] = "0"
    members["manifest.json"] = json.dumps(manifest).encode()
    members["../fuera"] = b"?"


@pytest.mark.parametrize(
    "change", [_flip, _drop_a_file, _add_a_stranger, _lose_the_manifest, _lead_outside]
)
def test_a_damaged_backup_is_refused_before_anything_is_changed(origin, a_place, tmp_path, change):
    place, database = origin
    path = backups.back_up(place, database, tmp_path / "copias", now=NOW)
    damaged = _rewritten(path, tmp_path, change)
    empty = a_place()
    with pytest.raises(Damaged):
        backups.restore(empty, damaged, now=LATER)
    assert not Path(empty.files_url).exists()
    untouched = connect(empty.database_url)
    assert snapshots.is_empty(untouched)
    untouched.engine.dispose()


def test_a_backup_cut_short_is_refused(origin, a_place, tmp_path):
    place, database = origin
    path = backups.back_up(place, database, tmp_path / "copias", now=NOW)
    short = tmp_path / "corto.tar"
    short.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    with pytest.raises(Damaged):
        backups.restore(a_place(), short, now=LATER)


def test_a_backup_is_nobody_elses_and_leaves_nothing_beside_it(origin, tmp_path):
    place, database = origin
    path = backups.back_up(place, database, tmp_path / "copias", now=NOW)
    assert path.stat().st_mode & 0o777 == 0o600
    assert list((tmp_path / "copias").iterdir()) == [path]


@pytest.mark.parametrize("engine_name", ["sqlite"], indirect=True)
def test_a_backup_of_another_engine_is_refused(origin, a_place, tmp_path):
    place, database = origin
    path = backups.back_up(place, database, tmp_path / "copias", now=NOW)

    def rename(members):
        manifest = json.loads(members["manifest.json"])
        manifest["engine"] = "postgresql"
        members["manifest.json"] = json.dumps(manifest).encode()

    with pytest.raises(WrongPlace, match="postgresql"):
        backups.restore(a_place(), _rewritten(path, tmp_path, rename), now=LATER)


@contextmanager
def _writing(database, written):
    """Two writers at full speed; `written` has the key of each row that was acknowledged."""
    stop = threading.Event()

    def write():
        while not stop.is_set():
            with database.transaction() as session:
                key = a_person(session).email_key
            written.append(key)

    writers = [threading.Thread(target=write) for _ in range(2)]
    for writer in writers:
        writer.start()
    try:
        yield
    finally:
        stop.set()
        for writer in writers:
            writer.join()


def test_f_32_a_backup_under_a_fast_writer_has_every_row_that_was_there(origin, a_place, tmp_path):
    place, database = origin
    written = []
    with _writing(database, written):
        while len(written) < 50:
            time.sleep(0.01)
        sure = list(written)
        path = backups.back_up(place, database, tmp_path / "copias", now=NOW)
        assert len(written) > len(sure)
    empty = a_place()
    manifest = backups.restore(empty, path, now=LATER)
    restored = connect(empty.database_url)
    with restored.reading() as session:
        found = set(session.scalars(sa.select(Person.email_key)))
    restored.engine.dispose()
    assert set(sure) <= found <= set(written)
    assert manifest.rows["person"] == len(found)
