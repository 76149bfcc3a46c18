"""The application in processes of its own, over a database of its own, and visitors over sockets.

Nothing here uses the framework's client: what a visitor sends goes through a real server.
"""

import http.client
import os
import signal
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from typing import Self
from urllib.parse import urlencode

import sqlalchemy as sa

import config
from coopoutreach.mail.outgoing.models import MessageState, OutgoingMessage
from coopoutreach.platform.core import settings as process_settings
from coopoutreach.platform.core.db import Database, connect
from tests.factories import a_cooperative, a_talk
from tests.support import registering
from tests.support.migrated import migrate
from tests.support.processes import free_port
from tests.support.starting import Started, start

ROOT = Path(__file__).resolve().parents[2]
#: How long something that must come is waited for; far more than it takes.
PATIENCE = 120.0
#: What the machine has set must not reach the application.
_KEPT = ("PATH", "LANG", "LD_LIBRARY_PATH", "TZ")
#: So many visitors share an address of the loopback: limits count by address.
_VISITORS_AN_ADDRESS = 20


@dataclass
class Application:
    """Where it runs, and with which settings."""

    folder: Path
    database_url: str
    mail_url: str
    more: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Choose a port."""
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.log = self.folder / "log"

    @property
    def environment(self) -> dict[str, str]:
        """Return what its processes are started with."""
        return {
            **{name: os.environ[name] for name in _KEPT if name in os.environ},
            "INSTANCE_PATH": str(self.folder / "instance"),
            "DATABASE_URL": self.database_url,
            "MAIL_URL": self.mail_url,
            "PORT": str(self.port),
            "BASE_URL": self.url,
            **self.more,
        }

    def prepare(self, *, seats: int) -> None:
        """Make the tables, and the talk that people register for."""
        process_settings.install(config.load(self.environment))
        migrate(self.database_url)
        with self.database() as database, database.transaction() as session:
            a_talk(session, slug="creditos", capacity_room=seats)  # type: ignore[no-untyped-call]  # of tests
            a_cooperative(session, public_id="cobre-alto")  # type: ignore[no-untyped-call]  # likewise

    @contextmanager
    def database(self) -> Iterator[Database]:
        """Yield its database, to look into."""
        database = connect(self.database_url)
        try:
            yield database
        finally:
            database.engine.dispose()

    def serve(self, *options: str) -> Started:
        """Start `coopoutreach serve`."""
        return start(["serve", *options], environment=self.environment, log=self.log)

    def worker(self) -> Started:
        """Start `coopoutreach worker`."""
        return start(["worker"], environment=self.environment, log=self.log)

    def gunicorn(self, *, workers: int = 2) -> "subprocess.Popen[bytes]":
        """Start gunicorn as the README says."""
        program = str(Path(sys.executable).with_name("gunicorn"))
        options = ["--worker-class", "gthread", "--workers", str(workers), "--threads", "8"]
        bind = ["--no-control-socket", "--bind", f"127.0.0.1:{self.port}"]
        with self.log.open("ab") as log:
            return subprocess.Popen(
                [program, "wsgi:app", *options, *bind],
                cwd=ROOT,
                env=self.environment,
                stdout=log,
                stderr=log,
                process_group=0,
            )

    def wait_until_it_answers(self) -> None:
        """Wait until pages are served.

        :raises AssertionError: with its log, when none are
        """
        wait_for(lambda: get(self.port, "/healthz") == 200, lambda: self.log.read_text()[-3000:])


def wait_for(condition: Callable[[], object], story: Callable[[], object] = str) -> None:
    """Wait until something holds; a server that does not answer yet does not.

    :raises AssertionError: with `story`, when it never does
    """
    until = time.monotonic() + PATIENCE
    while True:
        try:
            if condition():
                return
        except (OSError, http.client.HTTPException):
            pass
        assert time.monotonic() < until, story()
        time.sleep(0.02)


def stop(
    process: "Started | subprocess.Popen[bytes]", how: signal.Signals = signal.SIGTERM
) -> None:
    """End a program and all that it started."""
    if process.poll() is None:
        os.killpg(process.pid, how)
    process.wait(PATIENCE)


def get(port: int, path: str) -> int:
    """Return the status of a page."""
    return _ask(port, path, "127.0.0.1")[0]


_visitors = count()


def register(port: int, email: str) -> int:
    """Open the form as a new visitor and send it for one person; return the last status."""
    number = next(_visitors) // _VISITORS_AN_ADDRESS
    here = f"127.0.{1 + number // 250}.{1 + number % 250}"
    status, cookie, page = _ask(port, registering.PATH, here)
    if status != 200:
        return status
    return _ask(port, registering.PATH, here, registering.filled(page, email), cookie)[0]


def register_all(port: int, emails: list[str], *, at_once: int = 16) -> dict[str, int]:
    """Register everybody, so many at once; return each one's status, 0 for no answer."""

    def one(email: str) -> int:
        try:
            return register(port, email)
        except (OSError, http.client.HTTPException):
            return 0

    with ThreadPoolExecutor(at_once) as pool:
        return dict(zip(emails, pool.map(one, emails), strict=True))


def _ask(
    port: int, path: str, source: str, form: dict[str, str] | None = None, cookie: str = ""
) -> tuple[int, str, str]:
    """Return status, cookie and page."""
    connection = http.client.HTTPConnection(
        "127.0.0.1", port, timeout=60, source_address=(source, 0)
    )
    headers = {"Cookie": cookie} if cookie else {}
    if form is not None:
        headers["Content-Type"] = "application/x-www-form-urlencoded"
    with closing(connection):
        body = None if form is None else urlencode(form)
        connection.request("GET" if form is None else "POST", path, body, headers)
        answer = connection.getresponse()
        page = answer.read().decode()
        return answer.status, (answer.getheader("Set-Cookie") or "").partition(";")[0], page


class People:
    """Some who register all the time, until enough of them are in; who is told so is kept.

    `codes` counts what they were answered; "nothing" where nobody listened, or died meanwhile.
    """

    def __init__(self, port: int, wanted: int, name: str = "p") -> None:
        self.told: set[str] = set()
        self.codes: Counter[int | str] = Counter()
        self._port, self._wanted, self._name = port, wanted, name
        self._stopping = threading.Event()
        self._threads = [threading.Thread(target=self._go_on, args=(n,)) for n in range(3)]

    def __enter__(self) -> Self:
        """Begin."""
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_failure: object) -> None:
        """Stop."""
        self._stopping.set()
        for thread in self._threads:
            thread.join()

    def wait_for(self, more: int) -> None:
        """Wait until so many more are in."""
        wanted = len(self.told) + more
        wait_for(lambda: len(self.told) >= wanted, lambda: f"nobody got in: {self.codes}")

    def _go_on(self, number: int) -> None:
        turn = 0
        while len(self.told) < self._wanted and not self._stopping.is_set():
            turn += 1
            email = f"{self._name}{number}x{turn}@coop.example"
            try:
                code = register(self._port, email)
            except (OSError, http.client.HTTPException):
                self.codes["nothing"] += 1
                time.sleep(0.02)
            else:
                self.codes[code] += 1
                if code == 303:
                    self.told.add(email)


def unsent(database: Database) -> set[str]:
    """Return the identities of the messages that have not been sent."""
    wanted = sa.select(OutgoingMessage.message_id).where(OutgoingMessage.state != MessageState.SENT)
    with database.reading() as session:
        return set(session.scalars(wanted))


def owed(database: Database) -> set[str]:
    """Return the identities of all messages."""
    with database.reading() as session:
        return set(session.scalars(sa.select(OutgoingMessage.message_id)))
