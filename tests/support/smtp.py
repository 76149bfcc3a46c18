"""A mail server for tests, that answers, drops, hangs or drips as it is told.

`with MailServer() as server:` takes everything; `server.faults` is a function of the step and of
how often it was reached (from 1 on) that returns what to answer there instead, or None.
Steps, in order: banner, hello, auth, mail, rcpt, data, body (the message begins), dot (it is here
and not kept), taken (it is kept).
"""

import hashlib
import re
import socket
import ssl
import threading
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from types import TracebackType
from typing import Self

#: Instead of an answer: hang up; say nothing more; answer one byte at a time.
DROP, HANG, DRIP = "drop", "hang", "drip"

Faults = Callable[[str, int], str | None]

_NORMAL = {
    "banner": "220 sink.example ESMTP",
    "hello": "250-sink.example\r\n250-AUTH PLAIN\r\n250 SIZE 10000000",
    "auth": "235 2.7.0 welcome",
    "mail": "250 2.1.0 ok",
    "rcpt": "250 2.1.5 ok",
    "data": "354 go on",
    "taken": "250 2.0.0 taken",
}
_STEPS = {"EHLO": "hello", "HELO": "hello", "AUTH": "auth", "MAIL": "mail", "RCPT": "rcpt"}


@dataclass(frozen=True)
class Taken:
    """A message that the server kept."""

    message_id: str
    recipient: str
    raw: bytes

    @property
    def sha256(self) -> str:
        """Return what its bytes come to."""
        return hashlib.sha256(self.raw).hexdigest()


class _Dropped(Exception):
    """We hung up on purpose."""


def at(step: str, answer: str, *, times: int = 10**9, first: int = 1) -> Faults:
    """Return faults that answer so at one step, from the `first` time on, `times` times."""

    def faults(reached: str, count: int) -> str | None:
        return answer if reached == step and first <= count < first + times else None

    return faults


def none(_step: str, _count: int) -> str | None:
    """Return no fault at any step."""
    return None


class MailServer:
    """Listens on a free port of 127.0.0.1 until the block ends."""

    def __init__(self, faults: Faults = none, *, tls: ssl.SSLContext | None = None) -> None:
        self.faults = faults
        self.taken: list[Taken] = []
        self.reached: Counter[str] = Counter()
        self.last_recipient = ""
        self._tls = tls
        self._stopped = threading.Event()
        self._open = 0
        self._lock = threading.Lock()
        self._socket = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._socket.getsockname()[1]

    @property
    def url(self) -> str:
        """Return the address for MAIL_URL."""
        return f"smtp://127.0.0.1:{self.port}"

    def copies(self) -> Counter[str]:
        """Return how often each Message-ID was taken."""
        with self._lock:
            return Counter(taken.message_id for taken in self.taken)

    def settle(self, seconds: float = 5.0) -> None:
        """Wait until nobody is connected: whoever was killed may have left bytes on the way."""
        until = time.monotonic() + seconds
        while self._open and time.monotonic() < until:
            time.sleep(0.002)

    def __enter__(self) -> Self:
        threading.Thread(target=self._accept, daemon=True).start()
        return self

    def __exit__(
        self,
        _kind: type[BaseException] | None,
        _error: BaseException | None,
        _trace: TracebackType | None,
    ) -> None:
        self._stopped.set()
        # Closing alone leaves the thread that accepts with a socket that still listens.
        self._socket.shutdown(socket.SHUT_RDWR)
        self._socket.close()

    def _accept(self) -> None:
        while not self._stopped.is_set():
            try:
                connection, _ = self._socket.accept()
            except OSError:
                return
            with self._lock:
                self._open += 1
            threading.Thread(target=self._serve, args=(connection,), daemon=True).start()

    def _serve(self, connection: socket.socket) -> None:
        try:
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            _Conversation(self, connection, self._stopped).run(self._tls)
        except (OSError, _Dropped):
            pass
        finally:
            connection.close()
            with self._lock:
                self._open -= 1

    def reach(self, step: str) -> str | None:
        """Count that `step` was reached, and return what goes wrong there."""
        with self._lock:
            self.reached[step] += 1
            count = self.reached[step]
        return self.faults(step, count)

    def keep(self, raw: bytes, recipient: str) -> None:
        """Take a message."""
        found = re.search(rb"(?im)^message-id:\s*(\S+)", raw)
        identity = found[1].decode() if found else ""
        with self._lock:
            self.taken.append(Taken(identity, recipient, raw))


class _Conversation:
    """One client's connection."""

    def __init__(
        self, server: MailServer, connection: socket.socket, stopped: threading.Event
    ) -> None:
        self._server = server
        self._connection = connection
        self._stopped = stopped
        self._recipient = ""

    def run(self, tls: ssl.SSLContext | None) -> None:
        if tls is not None:
            self._connection = tls.wrap_socket(self._connection, server_side=True)
        self._lines = self._connection.makefile("rb")
        self._answer("banner")
        while line := self._lines.readline():
            verb = line[:4].upper().decode("ascii", "replace")
            if verb == "QUIT":
                self._say("221 bye")
                return
            if verb == "DATA":
                self._data()
            elif verb in _STEPS:
                if verb == "RCPT":
                    self._recipient = line.split(b"<")[1].split(b">")[0].decode()
                    self._server.last_recipient = self._recipient
                self._answer(_STEPS[verb])
            else:
                self._say("250 ok")

    def _data(self) -> None:
        if not self._answer("data"):
            return
        first = self._lines.readline()
        self._meet("body")
        lines = [first]
        while lines[-1] != b".\r\n":
            lines.append(self._lines.readline())
            if not lines[-1]:
                raise _Dropped
        if not self._meet("dot"):
            return
        raw = b"".join(line[1:] if line[:1] == b"." else line for line in lines[:-1])
        self._server.keep(raw, self._recipient)
        self._answer("taken")

    def _answer(self, step: str) -> bool:
        """Say what is normal at `step` unless something goes wrong; return whether it did not."""
        well = self._meet(step)
        if well:
            self._say(_NORMAL[step])
        return well

    def _meet(self, step: str) -> bool:
        fault = self._server.reach(step)
        if fault is None:
            return True
        if fault == DROP:
            raise _Dropped
        if fault == HANG:
            self._stopped.wait()
            raise _Dropped
        if fault == DRIP:
            self._drip()
        self._say(fault)
        return False

    def _drip(self) -> None:
        for letter in b"250-" + b"x" * 1000:
            if self._stopped.wait(0.05):
                break
            self._connection.sendall(bytes([letter]))
        raise _Dropped

    def _say(self, text: str) -> None:
        self._connection.sendall(text.encode() + b"\r\n")
