"""A server as it is run: with people who send slowly, and with a disk that fails under it."""

import http.client
import os
import re
import shutil
import socket
import subprocess
import sys
import time
from contextlib import ExitStack, closing, contextmanager
from urllib.parse import urlencode

import pytest
import sqlalchemy as sa

import config
from coopoutreach.platform.core import settings as process_settings
from coopoutreach.platform.core.db import connect
from coopoutreach.platform.core.schema import upgrade_url
from coopoutreach.talks.registrations.models import Registration
from tests.support import registering

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("live")


@pytest.fixture(scope="module")
def database(folder):
    """A database of the server's own; this module asks for no other."""
    url = f"sqlite:///{folder / 'live.sqlite3'}"
    process_settings.install(config.load({"INSTANCE_PATH": str(folder), "DATABASE_URL": url}))
    upgrade_url(url)
    database = connect(url)
    with database.transaction() as session:
        registering.a_talk_to_register_for(session)
    yield database
    database.engine.dispose()


@pytest.fixture(scope="module")
def server(folder, database):
    """The process of the server, and its port."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    environment = {
        "PATH": os.environ["PATH"],
        "INSTANCE_PATH": str(folder),
        "DATABASE_URL": str(database.engine.url),
    }
    command = [sys.executable, "-m", "coopoutreach", "serve", "--no-worker", "--port", str(port)]
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen(command, env=environment, stdout=log, stderr=log)
        until = time.monotonic() + 60
        while not answers(port):
            assert time.monotonic() < until, (folder / "log").read_text()
            time.sleep(0.1)
        yield process, port
        process.kill()
        process.wait()


def answers(port):
    try:
        return ask(port, "/healthz")[0] == 200
    except OSError:
        return False


def ask(port, path, form=None, cookie=""):
    """Return status, cookie and page."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
    headers = {"Cookie": cookie, "Content-Type": "application/x-www-form-urlencoded"}
    method = "GET" if form is None else "POST"
    with closing(connection):
        connection.request(method, path, urlencode(form) if form else None, headers)
        answer = connection.getresponse()
        page = answer.read().decode()
        return answer.status, (answer.getheader("Set-Cookie") or "").partition(";")[0], page


def register(port, email):
    status, cookie, page = ask(port, registering.PATH)
    if status != 200:
        return status
    return ask(port, registering.PATH, registering.filled(page, email), cookie)[0]


def registrations(database):
    with database.reading() as session:
        return session.scalar(sa.select(sa.func.count()).select_from(Registration))


def test_nw_07_two_hundred_who_send_slowly_hold_nobody_up(server):
    _process, port = server
    begun = b"POST /charlas/creditos/inscripcion HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 900"
    with ExitStack() as slow:
        for _ in range(200):
            one = slow.enter_context(socket.create_connection(("127.0.0.1", port), timeout=10))
            one.sendall(begun)
        took = []
        for _ in range(20):
            start = time.monotonic()
            assert ask(port, "/")[0] == 200
            took.append(time.monotonic() - start)
    assert sorted(took)[18] < 2.0


@contextmanager
def failing(process, calls, error):
    """Have the kernel answer these calls of a process with an error."""
    if not shutil.which("strace"):
        pytest.skip("strace is not installed")
    inject = ["-e", f"trace={calls}", "-e", f"inject={calls}:error={error}"]
    command = ["strace", "-f", "-qq", "-o", "/dev/null", "-p", str(process.pid), *inject]
    tracer = subprocess.Popen(command, stderr=subprocess.PIPE)
    until = time.monotonic() + 20
    while not traced(process.pid):
        if tracer.poll() is not None:
            pytest.skip("processes may not be traced here")
        assert time.monotonic() < until
        time.sleep(0.05)
    time.sleep(0.5)
    try:
        yield
    finally:
        tracer.terminate()
        tracer.wait()
        tracer.stderr.close()


def traced(pid):
    with open(f"/proc/{pid}/status", encoding="ascii") as file:  # noqa: PTH123 (not a file)
        return not re.search(r"TracerPid:\t0\n", file.read())


@pytest.mark.parametrize(("calls", "error"), [("fsync,fdatasync", "EIO"), ("pwrite64", "ENOSPC")])
def test_f_31_what_the_disk_did_not_take_is_not_acknowledged(server, database, calls, error):
    process, port = server
    assert register(port, f"antes{error}@coop.example") == 303
    before = registrations(database)
    with failing(process, calls, error):
        codes = {register(port, f"durante{error}{number}@coop.example") for number in range(5)}
    assert codes == {503}
    assert register(port, f"despues{error}@coop.example") == 303
    assert registrations(database) == before + 1
    with database.reading() as session:
        assert session.scalar(sa.text("PRAGMA integrity_check")) == "ok"
