"""PostgreSQL restarts under load, as after a power cut, and the application goes on (F-20)."""

import threading
import time

import pytest
import sqlalchemy as sa

from coopoutreach.platform.core.db import db
from tests.support import registering
from tests.support.postgres import Server

pytestmark = [pytest.mark.slow, pytest.mark.postgresql]


@pytest.fixture
def server():
    server = Server.make(("fsync=on", "max_connections=50"))
    yield server
    server.remove()


@pytest.fixture
def app(settings, server):
    app = registering.an_app(settings, server.new_database("restarted"))
    yield app
    app.extensions["database"].engine.dispose()


class People:
    """Three who register all the time, and what they were told."""

    def __init__(self, app):
        self.app = app
        self.told, self.codes = set(), set()
        self._stopping = threading.Event()
        self._threads = [threading.Thread(target=self._go_on, args=(n,)) for n in range(3)]

    def __enter__(self):
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_failure):
        self._stopping.set()
        for thread in self._threads:
            thread.join()

    def wait_for(self, more, seconds=60.0):
        wanted, until = len(self.told) + more, time.monotonic() + seconds
        while len(self.told) < wanted:
            assert time.monotonic() < until, f"nobody got in; answers: {self.codes}"
            time.sleep(0.05)

    def _go_on(self, person):
        turn = 0
        while not self._stopping.is_set():
            turn += 1
            told, codes = registering.many(self.app, f"p{person}x{turn}x", 1)
            self.told |= told
            self.codes |= codes


@pytest.mark.parametrize("engine_name", ["sqlite"], indirect=True)
def test_f_20_people_are_told_to_come_back_and_nothing_acknowledged_is_lost(app, server):
    with People(app) as people:
        people.wait_for(10)
        server.stop("immediate")
        time.sleep(0.5)
        server.start()
        people.wait_for(10)
    assert people.codes == {303, 503}
    assert people.told <= registering.addresses(app.extensions["database"])


@pytest.mark.parametrize("engine_name", ["sqlite"], indirect=True)
@pytest.mark.parametrize("when", ["after the last statement", "before the page failed"])
def test_f_20_a_connection_that_dies_before_it_is_given_back_spoils_no_answer(app, when):
    engine = app.extensions["database"].engine
    with engine.connect() as other, app.test_request_context():
        backend = db.session.scalar(sa.select(sa.func.pg_backend_pid()))
        other.execute(sa.select(sa.func.pg_terminate_backend(backend, 5_000)))
        if when == "before the page failed":
            answer = app.make_response(app.handle_user_exception(RuntimeError("broken")))
            assert answer.status_code == 500
    # Leaving the context gave the connection back without raising.
    assert engine.pool.checkedout() == 0
    assert registering.register(app, "later@cobre.example").status_code == 303
