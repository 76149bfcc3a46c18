"""Serve the application with its demonstration, as `make run` does, for a browser to look at.

`with serving(folder) as live:` has the pages at `live.url` and the mails in `live.mails()`.
"""

import email
import email.policy
import os
import re
import subprocess
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from email.message import EmailMessage
from pathlib import Path

from playwright.sync_api import ViewportSize

from tests.support import starting
from tests.support.processes import ended_afterwards, free_port, wait_until_it_lives

ROOT = Path(__file__).resolve().parents[2]
PASSWORD = "demostracion"
#: A desk, and the smallest telephone that still is in use.
VIEWPORTS = {
    "desktop": ViewportSize(width=1280, height=900),
    "phone": ViewportSize(width=360, height=740),
}
COORDINATION = "coordinacion@fecrecoop.example"
#: What the machine of whoever runs this has set must not reach the application.
_SETTINGS = frozenset(
    {
        "BASE_URL",
        "DATABASE_URL",
        "DEMO_PASSWORD",
        "FILES_URL",
        "HOST",
        "MAIL_FROM",
        "MAIL_URL",
        "METRICS_TOKEN",
        "PROXY_HOPS",
        "SECRET_KEY",
        "SECRET_KEY_FALLBACKS",
        "TRUSTED_HOSTS",
    }
)
_OWN_LINK = re.compile(r"https?://[^\s/]+(/inscripciones/[^\s/<>\"]+)")


@dataclass(frozen=True)
class Mail:
    """A mail as it was delivered; `ics` is its invitation, unfolded, or nothing.

    `method` is what the invitation asks, as the mail's own header says.
    """

    message: EmailMessage
    to: str
    subject: str
    text: str
    ics: str
    method: str

    @property
    def own_path(self) -> str:
        """Return the path of the person's own registration, or nothing."""
        found = _OWN_LINK.search(self.text)
        return found[1] if found else ""

    def of_calendar(self, name: str) -> str:
        """Return the value of the first line `name` of the invitation, without parameters."""
        found = re.search(rf"^{name}[^:\n]*:(.*)$", self.ics, re.MULTILINE)
        return found[1] if found else ""


@dataclass(frozen=True)
class Live:
    """A running application."""

    url: str
    folder: Path
    environment: Mapping[str, str]

    def run(self, *command: str, given: bytes = b"") -> str:
        """Run a program beside it, with its settings; return what it printed.

        :raises RuntimeError: when it fails
        """
        return _said(
            subprocess.run(
                command,
                cwd=ROOT,
                env=self.environment,
                input=given,
                check=False,
                capture_output=True,
            )
        )

    def receive(self, mail: bytes) -> str:
        """Hand a mail to it as a mail server does; return what it says it did, and why."""
        command = ["mail", "receive", "--explain"]
        return _said(starting.run(command, environment=self.environment, given=mail))

    def mails(self, to: str = "") -> list[Mail]:
        """Return the mails, the oldest first; those to one address if it is given."""
        read = [_mail(path) for path in sorted((self.folder / "mail").glob("*.eml"))]
        read.sort(key=lambda mail: mail.message["Date"].datetime)
        return [mail for mail in read if not to or mail.to == to]

    def mail(self, to: str, wanted: Callable[[Mail], bool], *, seconds: float = 45.0) -> Mail:
        """Return the latest mail to somebody that is as wanted, waiting for the worker.

        :raises AssertionError: when none comes
        """
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            found = [mail for mail in self.mails(to) if wanted(mail)]
            if found:
                return found[-1]
            time.sleep(0.1)
        subjects = [mail.subject for mail in self.mails(to)]
        raise AssertionError(f"No such mail came to {to}; these did: {subjects}")


@contextmanager
def serving(folder: Path) -> Iterator[Live]:
    """Load the demonstration into `folder`, serve it on a free port, and stop at the end.

    :raises RuntimeError: when it does not start
    """
    port = free_port()
    environment = {
        **{name: value for name, value in os.environ.items() if name not in _SETTINGS},
        "INSTANCE_PATH": str(folder),
        "PORT": str(port),
    }
    _said(starting.run(["demo", "load"], environment=environment))
    log = folder / "server.log"
    with ended_afterwards(starting.start(["serve"], environment=environment, log=log)) as server:
        live = Live(f"http://127.0.0.1:{port}", folder, environment)
        wait_until_it_lives(live.url, server, log)
        yield live


def _said(done: "subprocess.CompletedProcess[bytes]") -> str:
    if done.returncode:
        raise RuntimeError(done.stderr.decode(errors="replace"))
    return done.stdout.decode()


def _mail(path: Path) -> Mail:
    message = email.message_from_bytes(path.read_bytes(), policy=email.policy.default)
    text = message.get_body(("plain",))
    calendar = next(
        (part for part in message.walk() if part.get_content_type() == "text/calendar"), None
    )
    ics = ""
    if calendar is not None:
        payload = calendar.get_payload(decode=True)
        ics = payload.decode() if isinstance(payload, bytes) else ""
        ics = ics.replace("\r\n ", "").replace("\r\n", "\n")
    return Mail(
        message=message,
        to=message["To"].addresses[0].addr_spec,
        subject=str(message["Subject"]),
        text=text.get_content() if text else "",
        ics=ics,
        method=str(calendar.get_param("method")) if calendar is not None else "",
    )
