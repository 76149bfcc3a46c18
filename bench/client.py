"""Ask for pages, as quickly as one thread can: raw sockets that are kept open.

Run as a process of its own, so that it takes no time from the server's: a task a line on standard
input, as JSON; what it came to a line on standard output. `Client` is the other end.
"""

import json
import re
import selectors
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Generator, Iterator
from dataclasses import asdict, dataclass
from itertools import count
from types import TracebackType
from typing import Any, Self
from urllib.parse import urlencode

_LENGTH = re.compile(rb"\r\ncontent-length: *(\d+)", re.IGNORECASE)
_COOKIE = re.compile(rb"\r\nset-cookie: *([^;\r]+)", re.IGNORECASE)
_CLOSES = re.compile(rb"\r\nconnection: *close\r\n", re.IGNORECASE)
_TOKEN = re.compile(rb'name="csrf_token" value="([^"]+)"')
_KEY = re.compile(rb'name="form_key" value="([^"]+)"')
_CHOICE = re.compile(rb'<option value="([^"]+)"')
_BLOCK = 1 << 18
_PATIENCE_SECONDS = 60.0


@dataclass(frozen=True, slots=True)
class Task:
    """What to ask for: how (`get`, `register` or `post`), where, and for how long."""

    how: str
    port: int
    path: str
    seconds: float
    connections: int = 8
    headers: str = ""
    status: int = 200
    #: Where the numbers of people begin, so that nobody registers twice.
    first: int = 0
    #: Stop after so many units, however little time went by; 0 for as many as there is time for.
    most: int = 0


@dataclass(frozen=True, slots=True)
class Answer:
    """A response: its status, and the whole of it as it came."""

    status: int
    raw: bytes


#: Yields what to send and for how many units it counts; is sent the answer.
Conversation = Generator[tuple[bytes, int], Answer, None]


def _head(task: Task, method: str, more: str = "") -> str:
    return f"{method} {task.path} HTTP/1.1\r\nHost: 127.0.0.1:{task.port}\r\n{task.headers}{more}"


def _expect(answer: Answer, status: int) -> None:
    if answer.status != status:
        raise RuntimeError(f"Wanted {status}: {answer.raw[:2000].decode('utf-8', 'replace')}")


def _get(task: Task, _numbers: Iterator[int]) -> Conversation:
    request = (_head(task, "GET") + "\r\n").encode()
    while True:
        _expect((yield request, 1), task.status)


def _body(task: Task, fields: dict[str, str], more: str = "") -> bytes:
    body = urlencode(fields)
    head = _head(
        task,
        "POST",
        "Content-Type: application/x-www-form-urlencoded\r\n"
        f"Content-Length: {len(body)}\r\n{more}\r\n",
    )
    return (head + body).encode()


def _person(number: int) -> dict[str, str]:
    return {
        "people-0-name": f"Fernanda Muñoz Prueba {number}",
        "people-0-email": f"persona{number}@carga{number % 50}.example",
    }


def _register(task: Task, numbers: Iterator[int]) -> Conversation:
    """Open the form as a browser would, each time a new one, and send it in."""
    blank = (_head(task, "GET") + "\r\n").encode()
    while True:
        page = yield blank, 0
        _expect(page, 200)
        token, key = _TOKEN.search(page.raw), _KEY.search(page.raw)
        cookie, choice = _COOKIE.search(page.raw), _CHOICE.search(page.raw)
        assert token
        assert key
        assert cookie
        assert choice
        fields = {
            "csrf_token": token[1].decode(),
            "form_key": key[1].decode(),
            "organisation": choice[1].decode(),
            "organisation_name": "",
            "website": "",
            **_person(next(numbers)),
        }
        _expect((yield _body(task, fields, f"Cookie: {cookie[1].decode()}\r\n"), 1), 303)


def _post(task: Task, numbers: Iterator[int]) -> Conversation:
    while True:
        _expect((yield _body(task, _person(next(numbers))), 1), 303)


_WAYS: dict[str, Callable[[Task, Iterator[int]], Conversation]] = {
    "get": _get,
    "register": _register,
    "post": _post,
}


class _Connection:
    """One connection, and the conversation held over it."""

    def __init__(self, port: int, conversation: Conversation) -> None:
        self._port = port
        self.socket = _connect(port)
        self._conversation = conversation
        self._received = bytearray()
        self._wanted = 0
        request, self._counts = next(conversation)
        self.socket.sendall(request)

    def read(self) -> Answer | None:
        """Take in what came; return the answer when it is whole."""
        block = self.socket.recv(_BLOCK)
        if not block:
            raise RuntimeError(f"Hung up after {bytes(self._received[:500])!r}")
        self._received += block
        if not self._wanted:
            self._wanted = _length(self._received)
        if not self._wanted or len(self._received) < self._wanted:
            return None
        raw = bytes(self._received)
        self._received.clear()
        self._wanted = 0
        return Answer(int(raw[9:12]), raw)

    def go_on(self, answer: Answer) -> int:
        """Send what follows; return for how many units the answer counts."""
        counted = self._counts
        request, self._counts = self._conversation.send(answer)
        if _CLOSES.search(answer.raw, 0, answer.raw.find(b"\r\n\r\n") + 2):
            # The server hangs up, as waitress does after each 304.
            self.socket.close()
            self.socket = _connect(self._port)
        self.socket.sendall(request)
        return counted


def _connect(port: int) -> socket.socket:
    opened = socket.create_connection(("127.0.0.1", port), _PATIENCE_SECONDS)
    opened.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return opened


def _length(received: bytearray) -> int:
    end = received.find(b"\r\n\r\n")
    if end < 0:
        return 0
    found = _LENGTH.search(received, 0, end)
    return end + 4 + (int(found[1]) if found else 0)


def run(task: Task) -> dict[str, float]:
    """Do a task; return how many units were done, and in how many seconds."""
    numbers = count(task.first)
    way = _WAYS[task.how]
    waiting = selectors.DefaultSelector()
    done, began = 0, time.perf_counter()
    open_ones = [_Connection(task.port, way(task, numbers)) for _ in range(task.connections)]
    for connection in open_ones:
        waiting.register(connection.socket, selectors.EVENT_READ, connection)
    until = began + task.seconds
    while (now := time.perf_counter()) < until or done < task.most:
        for key, _ in waiting.select(_PATIENCE_SECONDS):
            answer = key.data.read()
            if answer is None:
                continue
            done += key.data.go_on(answer)
            if key.data.socket is not key.fileobj:
                waiting.unregister(key.fileobj)
                waiting.register(key.data.socket, selectors.EVENT_READ, key.data)
    for connection in open_ones:
        connection.socket.close()
    return {"done": done, "seconds": now - began, "next": next(numbers)}


class Client:
    """The process that asks."""

    def __init__(self) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "bench.client"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        _kind: type[BaseException] | None,
        _error: BaseException | None,
        _trace: TracebackType | None,
    ) -> None:
        self._process.terminate()
        self._process.wait()

    def do(self, task: Task) -> dict[str, float]:
        """Have a task done, and return what it came to.

        :raises RuntimeError: when a server answered otherwise than it should
        """
        assert self._process.stdin
        assert self._process.stdout
        self._process.stdin.write(json.dumps(asdict(task)) + "\n")
        self._process.stdin.flush()
        answer = self._process.stdout.readline()
        if not answer:
            raise RuntimeError(f"The client ended over {task}")
        came_to: dict[str, float] = json.loads(answer)
        return came_to

    def per_second(self, task: Task) -> float:
        """Return how many units a second a task came to."""
        came_to = self.do(task)
        return came_to["done"] / came_to["seconds"]


def _serve() -> None:
    for line in sys.stdin:
        given: dict[str, Any] = json.loads(line)
        print(json.dumps(run(Task(**given))), flush=True)


if __name__ == "__main__":
    _serve()
