"""Programs of ours that listen on a port of this machine, started and stopped by a test."""

import random
import re
import signal
import socket
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from email.message import Message
from pathlib import Path
from typing import TypeVar

from tests.support.starting import Started

#: Starting takes a second or two; on a machine with much else to do, many times that.
START_SECONDS = 60
#: Where servers of tests listen: below 32768, where Linux begins with the ports of clients.
PORTS = (15_000, 32_000)
#: How long stopping may take before the program is killed.
STOP_SECONDS = 30


@dataclass(frozen=True)
class Answer:
    """What a server answered."""

    status: int
    headers: Message
    text: str

    def link(self, pattern: str) -> str:
        """Return the first group of what matches in the text.

        :raises AssertionError: if nothing does
        """
        found = re.search(pattern, self.text)
        assert found, f"nothing like {pattern} in {self.text[:500]}"
        return found[1]


def free_port() -> int:
    """Return a port of the loopback that nobody listens on.

    Below those that the system gives to clients, so that none of ours takes it meanwhile.
    """
    for port in random.sample(range(*PORTS), 100):
        with socket.socket() as listening:
            try:
                listening.bind(("127.0.0.1", port))
            except OSError:
                continue
            return port
    raise OSError("no port is free")


def asked(url: str) -> Answer:
    """Ask for a page of ours, whatever its status."""
    try:
        with urllib.request.urlopen(url, timeout=30) as got:  # noqa: S310 (our own)
            return Answer(got.status, got.headers, got.read().decode())
    except urllib.error.HTTPError as refused:
        return Answer(refused.code, refused.headers, refused.read().decode())


@contextmanager
def running(
    command: Sequence[str], *, cwd: Path, environment: Mapping[str, str], log: Path
) -> Iterator["subprocess.Popen[bytes]"]:
    """Run a program whose words go to `log`; end it afterwards, by force if need be."""
    with log.open("ab") as words:
        process = subprocess.Popen(
            command, cwd=cwd, env=environment, stdout=words, stderr=subprocess.STDOUT
        )
        with ended_afterwards(process):
            yield process


P = TypeVar("P", bound="Started | subprocess.Popen[bytes]")


@contextmanager
def ended_afterwards(process: P) -> Iterator[P]:
    """End a program after the block, by force if need be."""
    try:
        yield process
    finally:
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def wait_until_it_lives(url: str, process: "Started | subprocess.Popen[bytes]", log: Path) -> None:
    """Wait until the application at `url` answers.

    :raises RuntimeError: when it ends or says nothing; the message is its log
    """
    until = time.monotonic() + START_SECONDS
    while time.monotonic() < until and process.poll() is None:
        try:
            with urllib.request.urlopen(f"{url}/healthz", timeout=5):  # noqa: S310 (our own)
                return
        except OSError:
            time.sleep(0.05)
    raise RuntimeError(log.read_text(errors="replace"))
