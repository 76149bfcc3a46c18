"""Web and worker are killed while people register and mails go out: nothing is lost.

Over sockets, with the programs as they are run: on SQLite one process does both, on PostgreSQL web
and worker are apart and one of them dies. `make endurance` kills two hundred times. That marking
first would lose mail is shown in `integration/messaging/test_crash.py`.
"""

import random
import signal
import time

import pytest

from tests.support import registering
from tests.support.application import (
    Application,
    People,
    owed,
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


def test_killed_again_and_again_web_and_worker_lose_nothing(application, server, engine_name):
    kills, generator = 0, random.Random(20261201)  # noqa: S311 (no secret)
    wanted, enough = rounds(20, 200), rounds(60, MAILS)
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
