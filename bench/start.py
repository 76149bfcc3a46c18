"""Measure starting: from the command to the first page."""

import http.client
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

from bench import fill, stage
from bench.figures import Bound, Figure, judge, take_turns
from bench.stage import Engine, Place

ROUNDS = 5
TALKS = 12
COMMAND = str(Path(sys.executable).with_name("coopoutreach"))
HOME = "/"


def measure(engine: Engine, *, now: datetime) -> Iterator[Figure]:
    """Yield the figure of starting."""
    place = engine.place("start")
    fill.talks(place.database, count=TALKS, now=now)
    url = place.environment["DATABASE_URL"].replace("postgresql://", "postgresql+psycopg://")

    def ours() -> float:
        port = stage.free_port()
        return _first_page(place, [COMMAND, "serve", "--port", str(port)], port)

    def bare() -> float:
        port = stage.free_port()
        command = [sys.executable, "-m", "bench.floor_start", str(port), url]
        return _first_page(place, command, port)

    _first_page_warms_up = ours(), bare()
    assert all(_first_page_warms_up)
    rounds = take_turns(ours, bare, rounds=ROUNDS)
    place.close()
    yield judge("start to first page", engine.name, "s", rounds, Bound(most=3))


def _first_page(place: Place, command: list[str], port: int) -> float:
    """Run a command; return how many seconds went by until its first page was here."""
    environment = {**place.environment, "PORT": str(port)}
    with (place.folder / "start.log").open("ab") as log:
        began = time.perf_counter()
        process = subprocess.Popen(
            command, cwd=stage.PROJECT, env=environment, stdout=log, stderr=log
        )
        try:
            stage.wait_for(port, process)
            connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
            connection.request("GET", HOME)
            response = connection.getresponse()
            response.read()
            took = time.perf_counter() - began
            connection.close()
            assert response.status == http.HTTPStatus.OK
        finally:
            process.terminate()
            process.wait()
    return took
