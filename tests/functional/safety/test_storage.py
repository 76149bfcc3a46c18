"""Where nothing can be written, nobody is told that it was; when it can again, all goes on."""

import os
import sqlite3
import threading

import pytest
import sqlalchemy as sa
from click.testing import CliRunner

from coopoutreach.cli import main
from coopoutreach.platform.core import db
from coopoutreach.platform.core.schema import upgrade_url
from coopoutreach.platform.scheduler import jobs
from coopoutreach.platform.scheduler.integrity import Damaged
from tests.factories import NOW
from tests.support import registering
from tests.support.disks import small_disk

ONE_ENGINE = pytest.mark.parametrize("engine_name", ["sqlite"], indirect=True)


@pytest.fixture
def disk(tmp_path):
    with small_disk(tmp_path, megabytes=4) as disk:
        yield disk


@ONE_ENGINE
def test_f_23_on_a_full_disk_nothing_is_acknowledged_and_afterwards_all_goes_on(settings, disk):
    app = registering.an_app(settings, f"sqlite:///{disk / 'app.sqlite3'}")
    database = app.extensions["database"]
    before, _codes = registering.many(app, "antes", 3)
    filler = disk / "filler"
    with pytest.raises(OSError, match="space"):
        filler.write_bytes(b"x" * (8 << 20))
    during, codes = registering.many(app, "durante", 30)
    assert 503 in codes
    assert app.test_client().get(registering.PATH, base_url=registering.SECURE).status_code == 200
    filler.unlink()
    after, codes = registering.many(app, "despues", 3)
    assert codes == {303}
    assert registering.addresses(database) == before | during | after
    with database.reading() as session:
        assert session.scalar(sa.text("PRAGMA integrity_check")) == "ok"
    database.engine.dispose()


@ONE_ENGINE
def test_f_24_whoever_writes_waits_for_the_lock_and_is_then_told_to_come_back(
    app, database, monkeypatch
):
    with database.transaction() as session:
        registering.a_talk_to_register_for(session)
    other = sqlite3.connect(
        database.engine.url.database, isolation_level=None, check_same_thread=False
    )
    other.execute("BEGIN EXCLUSIVE")
    monkeypatch.setattr(db, "SQLITE_WAIT_SECONDS", 0.3)
    refused = registering.register(app, "ana@coop.example")
    assert (refused.status_code, refused.headers["Retry-After"]) == (503, "5")
    monkeypatch.setattr(db, "SQLITE_WAIT_SECONDS", 15.0)
    # Three seconds of another's lock are waited out.
    threading.Timer(3.0, other.execute, ["COMMIT"]).start()
    assert registering.register(app, "ana@coop.example").status_code == 303
    assert registering.kept(database) == [1] * 5


def test_f_30_a_commit_waits_for_the_disk(tmp_path):
    database = db.connect(f"sqlite:///{tmp_path / 'own.sqlite3'}")
    with database.reading() as session:
        assert session.scalar(sa.text("PRAGMA synchronous")) == 2
        assert session.scalar(sa.text("PRAGMA journal_mode")) == "wal"
    database.engine.dispose()


@pytest.fixture
def damaged(tmp_path):
    """The address of a database of which every third page is noise."""
    path = tmp_path / "app.sqlite3"
    url = f"sqlite:///{path}"
    upgrade_url(url)
    with sqlite3.connect(path) as connection:
        pages = connection.execute("PRAGMA page_count").fetchone()[0]
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    connection.close()
    with path.open("r+b") as file:
        for page in range(4, pages, 3):
            file.seek(page * 4096)
            file.write(os.urandom(4096))
    return url


def test_f_39_a_damaged_database_is_not_served(damaged, tmp_path, monkeypatch):
    for name in ("BASE_URL", "DATABASE_URL", "HOST", "PORT", "SECRET_KEY"):
        monkeypatch.delenv(name, raising=False)
    environ = {"INSTANCE_PATH": str(tmp_path), "DATABASE_URL": damaged}
    for command in (["serve", "--port", "0"], ["worker"], ["doctor"]):
        refused = CliRunner().invoke(main, command, env=environ)
        assert refused.exit_code == 1, refused.output
        assert "La base de datos está dañada" in refused.output


def test_f_39_a_database_that_goes_bad_while_it_is_served_is_found_at_night(damaged):
    database = db.connect(damaged)
    with pytest.raises(Damaged, match="La base de datos está dañada"):
        jobs.check_database(database, NOW)
    database.engine.dispose()


def test_f_39_a_database_that_is_whole_alarms_nobody(database):
    assert jobs.check_database(database, NOW) == 0
