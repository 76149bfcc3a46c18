"""A mailbox as servers have it: mail comes in by SMTP and is kept in a Maildir that IMAP serves."""

import imaplib
import mailbox
import shutil
import smtplib
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Self

from aiosmtpd.controller import Controller
from pysasl.hashing import BuiltinHash

from tests.support.processes import free_port

USER, PASSWORD = "buzon", "secreto"
_PATIENCE = 20.0


class _Keeper:
    """Keeps what comes in by SMTP in a Maildir."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Any) -> str:  # noqa: N802 (aiosmtpd's name)
        """Take a message."""
        mailbox.Maildir(self._folder, create=True).add(envelope.content)
        return "250 OK"


class MailHost:
    """pymap over a Maildir, and an SMTP server that delivers into it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.imap_port = free_port()
        (folder / "pymap-etc-passwd").write_text(f"{USER}:x:::Buzon:{USER}:\n")
        hashed = BuiltinHash(rounds=10).hash(PASSWORD)
        (folder / "pymap-etc-shadow").write_text(f"{USER}:{hashed}:::::::\n")
        (folder / "pymap-etc-group").write_text("")
        self._smtp = Controller(_Keeper(folder / USER), hostname="127.0.0.1", port=free_port())
        command = [str(Path(sys.executable).parent / "pymap"), "--host", "127.0.0.1"]
        command += ["--port", str(self.imap_port), "--no-tls", "maildir", str(folder)]
        with (folder / "log").open("w") as log:
            self._imap = subprocess.Popen(command, stdout=log, stderr=subprocess.STDOUT)

    def __enter__(self) -> Self:
        self._smtp.start()
        until = time.monotonic() + _PATIENCE
        while True:
            try:
                self.client().logout()
            except (OSError, imaplib.IMAP4.error):
                if time.monotonic() > until:
                    raise
                time.sleep(0.05)
            else:
                return self

    def __exit__(self, *_: object) -> None:
        self._smtp.stop()
        self._imap.terminate()
        self._imap.wait()

    @property
    def url(self) -> str:
        """Return what INBOX_URL would be."""
        return f"imap://{USER}:{PASSWORD}@127.0.0.1:{self.imap_port}/INBOX"

    @property
    def process(self) -> "subprocess.Popen[bytes]":
        """Return the IMAP server, to be stopped and started."""
        return self._imap

    def client(self) -> imaplib.IMAP4:
        """Return a client that is signed in."""
        client = imaplib.IMAP4("127.0.0.1", self.imap_port, timeout=5)
        client.login(USER, PASSWORD)
        return client

    def deliver(self, *messages: bytes) -> None:
        """Send messages by SMTP and wait until IMAP shows them."""
        before = len(self.uids("ALL"))
        with smtplib.SMTP("127.0.0.1", self._smtp.port) as smtp:
            for message in messages:
                smtp.sendmail("ana@coop.example", ["agenda@fecrecoop.example"], message)
        until = time.monotonic() + _PATIENCE
        while len(self.uids("ALL")) < before + len(messages):
            if time.monotonic() > until:
                raise TimeoutError("the messages do not show")
            time.sleep(0.05)

    def uids(self, wanted: str = "UNSEEN") -> list[bytes]:
        """Return the UIDs of what is in the mailbox."""
        with self.opened() as client:
            return list(client.uid("SEARCH", wanted)[1][0].split())

    def forget_flags(self) -> None:
        """Mark everything as unseen again."""
        with self.opened() as client:
            client.store("1:*", "-FLAGS", r"(\Seen)")

    def make_anew(self) -> None:
        """Put all messages into a mailbox that begins to count anew: another UIDVALIDITY."""
        with self.opened() as client:
            found = client.fetch("1:*", "(BODY.PEEK[])")[1]
        # A Maildir keeps lines as this machine writes them; SMTP wants both characters.
        bodies = [part[1] for part in found if isinstance(part, tuple)]
        kept = [body.replace(b"\r\n", b"\n").replace(b"\n", b"\r\n") for body in bodies]
        shutil.rmtree(self.folder / USER)
        self.deliver(*kept)

    def empty(self) -> None:
        """Throw everything away."""
        with self.opened() as client:
            client.store("1:*", "+FLAGS", r"(\Deleted)")
            client.expunge()

    @contextmanager
    def opened(self) -> Iterator[Any]:
        """Yield a client with the folder open."""
        client = self.client()
        try:
            client.select("INBOX")
            yield client
        finally:
            client.logout()
