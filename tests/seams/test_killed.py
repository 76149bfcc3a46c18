"""Web and worker are killed while people register and mails go out: nothing is lost.

Over sockets, with the programs as they are run: on SQLite one process does both, on PostgreSQL web
and worker are apart and one of them dies. `make endurance` kills two hundred times. That marking
first would lose mail is shown in `integration/messaging/test_crash.py`.
"""

import random
import signal
import threading
import time
from collections import Counter

import pytest

from tests.support import registering
from tests.support.application import (
    Application,
    owed,
    register,
    stop,
    unsent,
    wait_for,
)
from tests.support.endurance import rounds
from tests.support.smtp import MailServer

pytestmark = [pytest.mark.crash, pytest.mark.slow, pytest.mark.endurance]
MAILS = 500
#: What runs, by name, and how it is started.
PARTS = {
    "sqlite": {"both": lambda application: application.serve()},
    "postgresql": {
        "web": lambda application: application.serve("--no-worker"),
        "worker": lambda application: application.worker(),
    },
}


@pytest.fixture
def server():
    with MailServer() as server:
        yield server


@pytest.fixture
def application(tmp_path, own_database_url, server):
    made = Application(tmp_path, own_database_url, server.url)
    made.prepare(seats=MAILS)
    return made


class People:
    """Some who register all the time, until enough of them are in; who is told so is kept."""

    def __init__(self, port, wanted):
        self.told, self.codes = set(), Counter()
        self._port, self._wanted = port, wanted
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

    def _go_on(self, number):
        turn = 0
        while len(self.told) < self._wanted and not self._stopping.is_set():
            turn += 1
            email = f"p{number}x{turn}@coop.example"
            try:
                code = register(self._port, email)
            except OSError:
                # Nobody listens just now, or was killed before it answered.
                self.codes["nothing"] += 1
                time.sleep(0.02)
            else:
                self.codes[code] += 1
                if code == 303:
                    self.told.add(email)


def test_killed_again_and_again_web_and_worker_lose_nothing(application, server, engine_name):
    kills, generator = 0, random.Random(20261201)  # noqa: S311 (no secret)
    wanted, enough = rounds(6, 200), rounds(60, MAILS)
    parts = PARTS[engine_name]
    running = {name: start(application) for name, start in parts.items()}
    try:
        with People(application.port, enough) as people:
            while kills < wanted:
                application.wait_until_it_answers()
                time.sleep(generator.uniform(0.02, 0.6))
                name = generator.choice(sorted(parts))
                stop(running[name], signal.SIGKILL)
                running[name] = parts[name](application)
                kills += 1
            wait_for(lambda: len(people.told) >= enough, lambda: f"{people.codes}, {kills} kills")
        with application.database() as database:
            wait_for(lambda: not unsent(database), lambda: len(unsent(database)))
    finally:
        for process in running.values():
            stop(process)
    with application.database() as database:
        copies, messages = server.copies(), owed(database)
        assert people.told <= registering.addresses(database)
        assert set(copies) == messages
        assert len(messages) >= len(people.told)
        assert sum(copies.values()) - len(messages) <= kills
    bodies = {(taken.message_id, taken.sha256) for taken in server.taken}
    assert len(bodies) == len(messages)
    assert set(people.codes) <= {303, "nothing"}, people.codes
