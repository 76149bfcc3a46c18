"""A worker hears at once of work that another process made, where the database can say so."""

import threading
import time

import psycopg
import pytest
from sqlalchemy.engine import make_url

from coopoutreach.platform.core.db import connect
from coopoutreach.platform.core.waking import CHANNEL
from coopoutreach.platform.scheduler import listening, runner
from coopoutreach.platform.scheduler.job import Job, every

#: Longer than any machine needs, shorter than the job's interval.
PATIENCE = 30.0


@pytest.fixture
def engine_name():
    return "postgresql"


@pytest.fixture
def other(database_url, database):
    """A connection of another program."""
    url = make_url(database_url).set(drivername="postgresql").render_as_string(hide_password=False)
    with psycopg.connect(url, autocommit=True) as connection:
        yield connection


@pytest.fixture
def worker(database, database_url):
    """A worker that runs one job an hour, and when it is woken."""
    runs = threading.Semaphore(0)

    def work(_database, _now):
        runs.release()
        return 0

    own = connect(database_url)
    started = runner.start([Job("pruebas.work", work, every(seconds=3600))], own)
    assert runs.acquire(timeout=PATIENCE)
    yield runs
    started.stop()
    own.engine.dispose()


def listeners(other):
    """The processes of the server that listen: while the statement runs, they do not yet."""
    found = other.execute(
        "SELECT pid FROM pg_stat_activity"
        " WHERE query LIKE %s AND state = 'idle' AND pid <> pg_backend_pid()",
        (f"LISTEN {CHANNEL}%",),
    )
    return {pid for (pid,) in found}


def wait_for_listeners(other, *, without=frozenset()):
    until = time.monotonic() + PATIENCE
    while not (found := listeners(other) - without):
        assert time.monotonic() < until, "nobody listens"
        time.sleep(0.02)
    return found


def say(other, job):
    other.execute("SELECT pg_notify(%s, %s)", (CHANNEL, job))


def test_a_worker_runs_the_job_that_another_process_names(worker, other):
    wait_for_listeners(other)
    say(other, "pruebas.work")
    assert worker.acquire(timeout=PATIENCE)


def test_the_name_of_no_job_wakes_nobody(worker, other):
    wait_for_listeners(other)
    say(other, "pruebas.something_else")
    say(other, "pruebas.work")
    assert worker.acquire(timeout=PATIENCE)
    assert not worker.acquire(blocking=False)


def test_a_worker_listens_again_when_its_connection_is_cut(worker, other, monkeypatch):
    monkeypatch.setattr(listening, "_AGAIN_SECONDS", 0.1)
    before = wait_for_listeners(other)
    for pid in before:
        other.execute("SELECT pg_terminate_backend(%s)", (pid,))
    wait_for_listeners(other, without=before)
    say(other, "pruebas.work")
    assert worker.acquire(timeout=PATIENCE)
