"""Start `coopoutreach` in a process of its own, forked from one that has imported it already.

Importing takes two seconds of a core, and tests start it some hundred times. What is forked runs
the command as the shell would: its own process group, environment, folder, and log.
"""

import contextlib
import functools
import json
import os
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]


class Started:
    """A process that was started: what `subprocess.Popen` says of one, as far as tests ask."""

    def __init__(self, origin: "Origin", pid: int) -> None:
        self.pid = pid
        self.returncode: int | None = None
        self._origin = origin

    def poll(self) -> int | None:
        """Return how it ended, or None while it runs."""
        if self.returncode is None:
            self.returncode = self._origin.ask({"poll": self.pid})
        return self.returncode

    def wait(self, timeout: float | None = None) -> int:
        """Wait until it ends, and return how.

        :raises subprocess.TimeoutExpired: if it takes longer than `timeout` seconds
        """
        until = None if timeout is None else time.monotonic() + timeout
        while (code := self.poll()) is None:
            if until is not None and time.monotonic() > until:
                raise subprocess.TimeoutExpired(str(self.pid), timeout or 0.0)
            time.sleep(0.005)
        return code

    def send_signal(self, number: int) -> None:
        """Send it a signal, if it has not ended."""
        if self.poll() is None:
            os.kill(self.pid, number)

    def kill(self) -> None:
        """Kill it."""
        self.send_signal(signal.SIGKILL)


class Origin:
    """The process that has imported the application, and what is asked of it."""

    def __init__(self) -> None:
        ours, theirs = socket.socketpair()
        self._lines = ours.makefile("rw")
        self._turn = threading.Lock()
        self._process = subprocess.Popen(
            [sys.executable, __file__, str(theirs.fileno())],
            pass_fds=[theirs.fileno()],
            cwd=ROOT,
            env={**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))},
        )
        ours.close()
        theirs.close()

    def ask(self, question: Mapping[str, Any]) -> Any:
        """Ask it something, and return the answer.

        :raises RuntimeError: if it is gone
        """
        with self._turn:
            self._lines.write(json.dumps(question) + "\n")
            self._lines.flush()
            answer = self._lines.readline()
        if not answer:
            raise RuntimeError("the process that starts others is gone")
        return json.loads(answer)


@functools.cache
def _origin() -> Origin:
    return Origin()


def start(
    arguments: Sequence[str],
    *,
    environment: Mapping[str, str],
    log: Path,
    cwd: Path = ROOT,
    given: Path = Path(os.devnull),
    errors: Path | None = None,
) -> Started:
    """Start `coopoutreach`; `log` takes what it says, without its complaints if `errors` does."""
    asked = {
        "arguments": list(arguments),
        "environment": dict(environment),
        "cwd": str(cwd),
        "files": [str(given), str(log), str(errors or log)],
    }
    return Started(_origin(), _origin().ask({"start": asked}))


def run(
    arguments: Sequence[str],
    *,
    environment: Mapping[str, str],
    cwd: Path = ROOT,
    given: bytes = b"",
) -> "subprocess.CompletedProcess[bytes]":
    """Run `coopoutreach` with `arguments` to its end; return how it ended and what it said."""
    with tempfile.TemporaryDirectory() as folder:
        read, said, complained = (Path(folder, name) for name in ("read", "said", "complained"))
        read.write_bytes(given)
        files = {"given": read, "log": said, "errors": complained}
        code = start(arguments, environment=environment, cwd=cwd, **files).wait()
        words = said.read_bytes(), complained.read_bytes()
        return subprocess.CompletedProcess(list(arguments), code, *words)


def _answer(fileno: int) -> None:
    """Start a process for each line that asks for one, and say how each ended."""
    from coopoutreach import cli  # noqa: PLC0415 (this is what takes long)

    lines = socket.socket(fileno=fileno).makefile("rw")
    for line in lines:
        question = json.loads(line)
        if "poll" in question:
            pid, status = os.waitpid(question["poll"], os.WNOHANG)
            answer = os.waitstatus_to_exitcode(status) if pid else None
        else:
            answer = os.fork()
            if not answer:
                lines.close()
                _become(question["start"])
                cli.main(question["start"]["arguments"], prog_name="coopoutreach")
            # Here too, so that whoever is told of it may signal the group at once.
            with contextlib.suppress(OSError):
                os.setpgid(answer, answer)
        lines.write(json.dumps(answer) + "\n")
        lines.flush()


def _become(asked: Mapping[str, Any]) -> None:
    os.setpgid(0, 0)
    os.chdir(asked["cwd"])
    os.environ.clear()
    os.environ.update(asked["environment"])
    time.tzset()
    flags = (os.O_RDONLY, *[os.O_WRONLY | os.O_CREAT | os.O_APPEND] * 2)
    for number, (path, flag) in enumerate(zip(asked["files"], flags, strict=True)):
        opened = os.open(path, flag, 0o644)
        os.dup2(opened, number)
        os.close(opened)


if __name__ == "__main__":
    _answer(int(sys.argv[1]))
