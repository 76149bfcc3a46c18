"""Read a mailbox once, in a process of its own that kills itself where it is told to.

`with readers() as reader:` starts one process with everything imported; `reader.run(Reading(…))`
has it make a reader by forking, in milliseconds, and returns how that one ended.
"""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy.orm import configure_mappers

from coopoutreach.events import replies
from coopoutreach.mail.incoming import commands, jobs, mime
from coopoutreach.mail.incoming.imap import Mailbox
from coopoutreach.mail.incoming.incoming import Hashes
from coopoutreach.platform.core import db, reactions
from coopoutreach.platform.core import settings as process_settings
from coopoutreach.platform.core.settings import Settings
from coopoutreach.wiring import WIRING


@dataclass(frozen=True)
class Reading:
    """What a reader is to do."""

    database: str
    inbox: str
    now: str
    #: Where it kills itself: `commit` (all is done but the commit), `flag` (committed, not
    #: marked), `never`.
    where: str = "never"
    #: What is taken out, to see a test fail: `nothing`, `hashes`, `hashes,stamps`.
    without: str = "nothing"


class Readers:
    """The process that makes readers."""

    def __init__(self) -> None:
        self._process = subprocess.Popen(
            [sys.executable, __file__], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )

    def run(self, reading: Reading) -> int:
        """Have somebody read; return the exit status, negative for the signal that killed them."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        print(json.dumps(asdict(reading)), file=self._process.stdin, flush=True)
        return int(self._process.stdout.readline())

    def close(self) -> None:
        """End the process."""
        self._process.communicate(timeout=10)


@contextmanager
def readers() -> Iterator[Readers]:
    """Give a maker of readers while the block runs."""
    made = Readers()
    try:
        yield made
    finally:
        made.close()


def _serve() -> None:
    configure_mappers()
    for line in sys.stdin:
        pid = os.fork()
        if pid == 0:
            status = 1
            try:
                _read(Reading(**json.loads(line)))
                status = 0
            finally:
                os._exit(status)
        _, ended = os.waitpid(pid, 0)
        os.write(sys.stdout.fileno(), f"{os.waitstatus_to_exitcode(ended)}\n".encode())


def _read(reading: Reading) -> None:
    process_settings.install(
        Settings(
            database_url=reading.database,
            secret_key="prueba-" * 8,
            base_url="http://127.0.0.1:8000",
            mail_url="file:/dev/null",
            mail_from="FECRECOOP <agenda@fecrecoop.example.cl>",
            files_url="/dev/null",
            instance=Path("/dev/null"),
            trusted_hosts=("127.0.0.1",),
            inbox_url=reading.inbox,
        )
    )
    reactions.install(WIRING)
    _take_out(reading.without)
    _die_at(reading.where)
    jobs.read_mailbox(db.connect(reading.database), datetime.fromisoformat(reading.now))


def _take_out(without: str) -> None:
    if "hashes" in without:

        def unlike_any(raw: bytes) -> Hashes:
            return Hashes(os.urandom(16).hex(), os.urandom(16).hex())

        mime.hashes = unlike_any
    if "stamps" in without:
        replies._repeats = lambda *_, **__: None  # noqa: SLF001


def _die_at(where: str) -> None:
    def die(*_: Any, **__: Any) -> None:
        os.kill(os.getpid(), signal.SIGKILL)

    if where == "commit":
        receive = commands.receive

        def receive_and_die(*args: Any, **kwargs: Any) -> Any:
            decision = receive(*args, **kwargs)
            args[0].flush()
            die()
            return decision

        commands.receive = receive_and_die
    elif where == "flag":
        Mailbox.mark_seen = die  # type: ignore[method-assign]


if __name__ == "__main__":
    _serve()
