"""What the application stands on fails for a while, under load: nothing that was told is lost.

Visitors come over sockets, `serve` and its worker run as they do in use, mail goes to a server.
The clock that jumps is in `integration/safety/test_clock.py`: a worker of its own under faketime.
"""

import sqlite3
import threading
import time
from contextlib import contextmanager

import pytest
import sqlalchemy as sa

from tests.support import registering
from tests.support.application import (
    Application,
    People,
    get,
    owed,
    register,
    stop,
    unsent,
    wait_for,
)
from tests.support.disks import small_disk
from tests.support.postgres import Server
from tests.support.smtp import HANG, MailServer, none

pytestmark = [pytest.mark.crash, pytest.mark.slow]
SEATS = 500


@pytest.fixture
def mail():
    with MailServer() as server:
        yield server


@contextmanager
def serving(application):
    application.prepare(seats=SEATS)
    process = application.serve()
    try:
        application.wait_until_it_answers()
        yield process
    finally:
        stop(process)


def all_is_there(application, mail, *crowds):
    """Whoever was told to be in is in, and every mail that is owed arrived, once."""
    with application.database() as database:
        wait_for(lambda: not unsent(database), lambda: f"{len(unsent(database))} mails wait")
        told = set().union(*(people.told for people in crowds))
        assert told <= registering.addresses(database)
        copies, messages = mail.copies(), owed(database)
        assert len(messages) >= len(told)
        assert set(copies) == messages
        return sum(copies.values()) - len(messages)


def test_a_mail_server_that_hangs_stops_no_page_and_loses_no_mail(own_database_url, tmp_path, mail):
    application = Application(tmp_path, own_database_url, mail.url)
    mail.faults = lambda step, _count: HANG if step in {"banner", "rcpt"} else None
    with serving(application):
        with People(application.port, 12) as people:
            people.wait_for(12)
            assert get(application.port, "/charlas") == 200
            assert set(people.codes) == {303}
        assert mail.taken == []
        mail.faults = none
        assert all_is_there(application, mail, people) == 0


@pytest.fixture
def own_server():
    """A PostgreSQL that keeps what was committed when its power is cut."""
    server = Server.make(("fsync=on", "max_connections=50"))
    yield server
    server.remove()


@pytest.mark.postgresql
def test_a_database_that_is_restarted_loses_nothing_that_was_told(tmp_path, own_server, mail):
    application = Application(tmp_path, own_server.new_database("restarted"), mail.url)
    with serving(application):
        with People(application.port, SEATS - 1) as people:
            people.wait_for(6)
            own_server.stop("immediate")
            time.sleep(0.5)
            own_server.start()
            people.wait_for(6)
        assert set(people.codes) == {303, 503}
        # A mail that went out as the power was cut, and could not be noted, may go out twice.
        assert all_is_there(application, mail, people) <= 1


@pytest.mark.postgresql
def test_a_database_that_may_not_be_written_is_said_and_waited_for(tmp_path, own_server, mail):
    application = Application(tmp_path, own_server.new_database("read_only"), mail.url)
    with serving(application):
        with People(application.port, 3) as before:
            before.wait_for(3)
        _only_read(own_server, read_only=True)
        assert get(application.port, "/charlas/creditos") == 200
        assert register(application.port, "durante@coop.example") == 503
        _only_read(own_server, read_only=False)
        with People(application.port, 3, name="q") as after:
            after.wait_for(3)
        # A mail that went out as its connection was cut, and could not be noted, may go out twice.
        assert all_is_there(application, mail, before, after) <= 1
        with application.database() as database:
            assert "durante@coop.example" not in registering.addresses(database)


def _only_read(server, *, read_only):
    """Have every connection from now on, and those there are, write no more, or again."""
    engine = sa.create_engine(server.url(), isolation_level="AUTOCOMMIT", poolclass=sa.NullPool)
    with engine.connect() as connection:
        said = "on" if read_only else "off"
        connection.exec_driver_sql(
            f"ALTER DATABASE read_only SET default_transaction_read_only = {said}"
        )
        connection.exec_driver_sql(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = 'read_only'"
        )


@pytest.fixture
def disk(tmp_path):
    with small_disk(tmp_path, megabytes=6) as disk:
        yield disk


def test_a_full_disk_is_said_and_waited_for(tmp_path, disk, mail):
    application = Application(tmp_path, f"sqlite:///{disk / 'own.sqlite3'}", mail.url)
    with serving(application):
        with People(application.port, 3) as before:
            before.wait_for(3)
        filler = disk / "filler"
        with pytest.raises(OSError, match="space"):
            filler.write_bytes(b"x" * (8 << 20))
        codes = {register(application.port, f"durante{n}@coop.example") for n in range(25)}
        assert 503 in codes
        assert codes <= {303, 503}
        assert get(application.port, "/charlas/creditos") == 200
        filler.unlink()
        with People(application.port, 3, name="q") as after:
            after.wait_for(3)
        # A mail that went out while it could not be noted may go out twice.
        all_is_there(application, mail, before, after)
        with application.database() as database, database.reading() as session:
            assert session.scalar(sa.text("PRAGMA integrity_check")) == "ok"


@pytest.mark.parametrize("engine_name", ["sqlite"], indirect=True)
def test_another_program_that_holds_the_file_is_waited_for(own_database_url, tmp_path, mail):
    application = Application(tmp_path, own_database_url, mail.url)
    with serving(application):
        path = tmp_path / "own.sqlite3"
        other = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
        other.execute("BEGIN IMMEDIATE")
        threading.Timer(1.5, other.close).start()
        with People(application.port, 3) as people:
            people.wait_for(3)
        assert set(people.codes) == {303}
        assert all_is_there(application, mail, people) == 0
