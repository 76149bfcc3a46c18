"""Workers that deliver mail in processes of their own, to be killed at any moment.

One process has everything imported and makes each worker by forking, in milliseconds: a line of
JSON on its standard input is a worker to make, a line on its output says that one ended.
"""

import json
import os
import signal
import smtplib
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy import event
from sqlalchemy.engine import Connection
from sqlalchemy.orm import configure_mappers

from coopoutreach.mail.outgoing import delivery, outbox
from coopoutreach.mail.outgoing.happenings import DeliveryEnded, StillWanted
from coopoutreach.mail.outgoing.models import MessageState, OutgoingMessage
from coopoutreach.mail.outgoing.transport import SmtpTransport
from coopoutreach.mail.outgoing.tries import Claimed, Outcome
from coopoutreach.platform.core import reactions
from coopoutreach.platform.core.db import Database, connect

SENDER = "agenda@fecrecoop.example"


@dataclass(frozen=True)
class Work:
    """What a worker is to do."""

    database: str
    mail: str
    now: str
    #: Kill yourself at the so-manieth point: before each commit, before and after each word sent
    #: to the server and each answer of it.
    crash_at: int = 0
    #: What is taken out, to see a test fail: `claim` or `record` (written first, then sent).
    without: str = ""
    #: How long one run goes on; 0 is as long as in use.
    run_seconds: float = 0.0
    #: Kill yourself each time a message to this address is about to be sent.
    deadly: str = ""


class Workers:
    """The process that makes workers."""

    def __init__(self) -> None:
        self._process = subprocess.Popen(
            [sys.executable, __file__],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env={**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))},
        )

    def start(self, work: Work) -> int:
        """Start a worker, and return its process id."""
        assert self._process.stdin is not None
        print(json.dumps(asdict(work)), file=self._process.stdin, flush=True)
        kind, pid = self._line()
        assert kind == "started", kind
        return int(pid)

    def wait(self) -> str:
        """Wait until some worker ends, and return how: `ended` or `killed`."""
        return self._line()[0]

    def run(self, work: Work) -> str:
        """Start a worker and wait for its end."""
        self.start(work)
        return self.wait()

    def close(self) -> None:
        """End the process."""
        assert self._process.stdin is not None
        self._process.stdin.close()
        self._process.wait(10)
        if self._process.stdout is not None:
            self._process.stdout.close()

    def _line(self) -> tuple[str, str]:
        assert self._process.stdout is not None
        kind, _, pid = self._process.stdout.readline().strip().partition(" ")
        return kind, pid


@contextmanager
def workers() -> Iterator[Workers]:
    """Give a maker of workers while the block runs."""
    made = Workers()
    try:
        yield made
    finally:
        made.close()


def _serve() -> None:
    """Make a worker for each line, and say when it ends."""
    for line in sys.stdin:
        pid = os.fork()
        if pid == 0:
            status = 1
            try:
                _deliver(Work(**json.loads(line)))
                status = 0
            finally:
                os._exit(status)
        _say(f"started {pid}")
        if os.fork() == 0:
            _tell_of_the_end_of(pid)


def _say(line: str) -> None:
    os.write(sys.stdout.fileno(), f"{line}\n".encode())


def _tell_of_the_end_of(pid: int) -> None:
    # Not our child, so it cannot be waited for; that it is gone can be seen.
    while True:
        state = _state_of(pid)
        if state in ("Z", ""):
            break
        time.sleep(0.001)
    _say(f"ended {pid}")
    os._exit(0)


def _state_of(pid: int) -> str:
    try:
        with open(f"/proc/{pid}/stat", encoding="ascii") as file:  # noqa: PTH123 (as fast as can be)
            return file.read().rpartition(")")[2].split()[0]
    except (FileNotFoundError, ProcessLookupError):
        return ""


def _deliver(work: Work) -> None:
    wiring: dict[type, list[Callable[..., Any]]] = {StillWanted: [], DeliveryEnded: []}
    reactions.install(wiring)
    database = connect(work.database)
    if work.crash_at:
        _crash_at(work.crash_at, database)
    if work.without == "claim":
        _without_claim()
    if work.deadly:
        _die_of(work.deadly)
    if work.run_seconds:
        delivery.RUN_SECONDS = work.run_seconds
    if work.without == "record":
        _mark_first(database)
    _run(database, work)


def _run(database: Database, work: Work) -> None:
    """Deliver as the scheduler has it done: run after run, until one finds nothing."""
    transport = SmtpTransport(work.mail)
    began, since = datetime.fromisoformat(work.now), time.monotonic()
    now = began
    while delivery.Delivery(database, transport, sender=SENDER, now=now).run():
        # By a clock that stood still, what a run gave back as its time was up would not be due.
        now = began + timedelta(seconds=time.monotonic() - since)
    transport.close()


def _crash_at(point: int, database: Database) -> None:
    reached = 0

    def pass_by() -> None:
        nonlocal reached
        reached += 1
        if reached == point:
            os.kill(os.getpid(), signal.SIGKILL)

    @event.listens_for(database.engine, "commit")
    def before_commit(_connection: Connection) -> None:
        pass_by()

    say, hear = smtplib.SMTP.send, smtplib.SMTP.getreply

    def send(self: smtplib.SMTP, s: Any) -> None:
        pass_by()
        say(self, s)
        pass_by()

    def getreply(self: smtplib.SMTP) -> tuple[int, bytes]:
        answer = hear(self)
        pass_by()
        return answer

    smtplib.SMTP.send = send  # type: ignore[method-assign]  # this process is ours alone
    smtplib.SMTP.getreply = getreply  # type: ignore[method-assign]  # likewise


def _die_of(recipient: str) -> None:
    say = smtplib.SMTP.putcmd

    def putcmd(self: smtplib.SMTP, cmd: str, args: str = "") -> None:
        if recipient in cmd:
            os.kill(os.getpid(), signal.SIGKILL)
        say(self, cmd, args)

    smtplib.SMTP.putcmd = putcmd  # type: ignore[method-assign]  # as in _crash_at


def _without_claim() -> None:
    """Take what is due without saying so, and write results whoever holds the message."""

    def claim(session: Any, *, now: datetime, count: int) -> list[Claimed]:
        live = sa.select(*outbox._COLUMNS).where(  # noqa: SLF001 (takes it apart on purpose)
            OutgoingMessage.state == MessageState.QUEUED
        )
        return [Claimed(**row._asdict()) for row in session.execute(live.limit(count))]

    def write(session: Any, claimed: Claimed, **values: Any) -> bool:
        session.execute(
            sa.update(OutgoingMessage).where(OutgoingMessage.id == claimed.id).values(values)
        )
        return True

    def both(
        session: Any, outcome: Outcome, following: Claimed, *, chance: float, **when: Any
    ) -> bool:
        outbox.record(session, outcome, now=when["now"], chance=chance)
        return outbox.take_up(session, following, **when)

    outbox.claim = claim
    outbox._write = write  # noqa: SLF001 (likewise)
    outbox.record_and_take_up = both


def _mark_first(database: Database) -> None:
    """Write that a message was sent before it is: the order that loses mail."""
    really = delivery.Delivery._try  # noqa: SLF001 (likewise)

    def attempt(self: delivery.Delivery, claimed: Claimed) -> Outcome:
        with database.transaction() as session:
            row = session.get_one(OutgoingMessage, claimed.id)
            row.state, row.lease_token = MessageState.SENT, None
        return really(self, claimed)

    delivery.Delivery._try = attempt  # type: ignore[method-assign]  # noqa: SLF001 (likewise)


def later(now: datetime, leases: int) -> str:
    """Return the moment so many leases after `now`, for `Work.now`."""
    return (now.astimezone(UTC) + timedelta(seconds=90) * leases).isoformat()


if __name__ == "__main__":
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    for url in ("sqlite:////dev/null", "postgresql://nobody@/none"):
        connect(url)  # reaches nobody; loads the driver once for all workers
    configure_mappers()
    _serve()
