"""Where measuring takes place: databases of both engines, and processes that serve."""

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from support.postgres import DURABLE, Server

import config
from coopoutreach.platform.core import reactions, settings
from coopoutreach.platform.core.db import Database, connect
from coopoutreach.platform.core.schema import upgrade
from coopoutreach.wiring import WIRING

PROJECT = Path(__file__).parents[1]
PYTHON = sys.executable
_START_SECONDS = 60.0


@dataclass(frozen=True, slots=True)
class Place:
    """A database of one engine, filled for one purpose, and the environment that names it."""

    engine: str
    folder: Path
    environment: dict[str, str]
    database: Database

    def close(self) -> None:
        """Let go of its connections."""
        self.database.engine.dispose()


class Engine:
    """One of the two engines: makes databases."""

    def __init__(self, name: str, folder: Path, server: Server | None) -> None:
        self.name = name
        self._folder = folder
        self._server = server

    def place(self, name: str) -> Place:
        """Return a new database with its schema."""
        folder = self._folder / self.name / name
        folder.mkdir(parents=True)
        url = f"sqlite:///{folder / 'bench.sqlite3'}"
        if self._server is not None:
            url = self._server.new_database(name)
        environment = {
            **os.environ,
            "INSTANCE_PATH": str(folder),
            "DATABASE_URL": url,
            "SECRET_KEY": "for-measuring-only-" * 3,
            "MAIL_URL": f"file:{folder / 'mail'}",
            "PYTHONWARNINGS": "ignore",
        }
        current = config.load(environment)
        settings.install(current)
        reactions.install(WIRING)
        upgrade(current)
        return Place(self.name, folder, environment, connect(current.database_url))


@contextmanager
def engines(folder: Path) -> Iterator[list[Engine]]:
    """Yield both engines, as durable as in use and on a disk."""
    server = Server.make(settings=DURABLE, on_disk=True)
    try:
        yield [Engine("sqlite", folder, None), Engine("postgresql", folder, server)]
    finally:
        server.remove()


def free_port() -> int:
    """Return a port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def running(
    command: list[str], environment: dict[str, str], port: int
) -> Iterator[subprocess.Popen[bytes]]:
    """Run a server until the block ends; yield once it answers."""
    log = (Path(environment["INSTANCE_PATH"]) / f"log-{port}").open("wb")
    process = subprocess.Popen(
        command, cwd=PROJECT, env={**environment, "PORT": str(port)}, stdout=log, stderr=log
    )
    try:
        wait_for(port, process)
        yield process
    finally:
        process.terminate()
        process.wait()
        log.close()


def wait_for(port: int, process: subprocess.Popen[bytes]) -> None:
    """Wait until somebody listens.

    :raises RuntimeError: when the process ends instead, or takes too long
    """
    until = time.monotonic() + _START_SECONDS
    while time.monotonic() < until and process.poll() is None:
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
        except OSError:
            time.sleep(0.002)
        else:
            return
    raise RuntimeError(f"No server came up: {process.args!r}")


@contextmanager
def ours(place: Place, *, worker: bool = False) -> Iterator[tuple[int, subprocess.Popen[bytes]]]:
    """Serve a place's application, with limits out of the way; yield its port and process."""
    port = free_port()
    with_worker = "--worker" if worker else "--no-worker"
    command = [PYTHON, "-m", "bench.serve", "serve", "--port", str(port), with_worker]
    with running(command, place.environment, port) as process:
        yield port, process


@contextmanager
def floor(place: Place, folder: Path) -> Iterator[int]:
    """Serve the bare application over a place's database; yield its port."""
    port = free_port()
    command = [PYTHON, "-m", "bench.floor", str(port), str(folder)]
    with running(command, place.environment, port):
        yield port


@contextmanager
def floor_of_minutes(place: Place) -> Iterator[int]:
    """Serve the bare application of minutes over a place's database; yield its port."""
    port = free_port()
    command = [PYTHON, "-m", "bench.floor_minutes", str(port)]
    with running(command, place.environment, port):
        yield port


@contextmanager
def sink() -> Iterator[int]:
    """Run a mail server that takes everything; yield its port."""
    process = subprocess.Popen(
        [PYTHON, "-m", "bench.sink"], cwd=PROJECT, stdout=subprocess.PIPE, text=True
    )
    try:
        assert process.stdout
        yield int(process.stdout.readline())
    finally:
        process.terminate()
        process.wait()
