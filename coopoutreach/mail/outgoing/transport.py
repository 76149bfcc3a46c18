"""Hand a message to a mail server, or to a folder."""

import re
import time
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import Protocol
from urllib.parse import urlsplit

from coopoutreach.mail.outgoing import mime, smtp
from coopoutreach.mail.outgoing.rules import ATTEMPT_SECONDS, Answer, Phase, closing
from coopoutreach.platform.core.settings import Settings
from coopoutreach.platform.files import store

#: What a file mailbox answers: it has the message.
_KEPT = Answer(Phase.DOT, 250, "kept")
_GO_AHEAD = 354


@dataclass(frozen=True, slots=True)
class Parcel:
    """What goes to the server: the message as bytes, and the envelope around it."""

    message_id: str
    sender: str
    recipient: str
    raw: bytes


class Transport(Protocol):
    """Something that messages are handed to, one after the other."""

    def send(self, parcel: Parcel) -> Answer:
        """Hand over `parcel`, and return the last answer: of refusal, or of having taken it."""

    def close(self) -> None:
        """Say goodbye, if anybody still listens."""


def transport_for(settings: Settings) -> Transport:
    """Return the transport that MAIL_URL names.

    :raises ValueError: when it names none
    """
    url = settings.mail_url
    folder = mailbox_folder(url)
    return FileTransport(folder) if folder is not None else SmtpTransport(url)


def mailbox_folder(url: str) -> Path | None:
    """Return the folder of `file:instance/mail`, or None for an address of a server."""
    if not url.startswith("file:"):
        return None
    return Path(re.sub(r"^//(?=/)", "", url.removeprefix("file:"))).absolute()


class FileTransport:
    """Keeps each message as a file: a mailbox to look into, for a first run."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def send(self, parcel: Parcel) -> Answer:
        """Keep the message; one that is sent twice is kept once, for its name is the same."""
        store.write(self.folder, _file_name(parcel), parcel.raw)
        return _KEPT

    def close(self) -> None:
        """Do nothing: a folder is not open."""


def _file_name(parcel: Parcel) -> str:
    found = re.search(rb"^Date: ([^\r\n]+)", parcel.raw, re.MULTILINE)
    date = parsedate_to_datetime(found[1].decode("ascii")) if found else None
    stamp = f"{date:%Y%m%dT%H%M%SZ}" if date else "00000000T000000Z"
    return f"{stamp}-{re.sub(r'[^A-Za-z0-9]', '', parcel.message_id.partition('@')[0])}.eml"


class SmtpTransport:
    """Speaks to one server over a connection that stays open from message to message."""

    def __init__(self, url: str, *, attempt_seconds: float = ATTEMPT_SECONDS) -> None:
        self._url = urlsplit(url)
        if self._url.scheme not in ("smtp", "smtps") or not self._url.hostname:
            raise ValueError(
                "MAIL_URL es file:CARPETA, smtp://SERVIDOR:PUERTO o smtps://SERVIDOR:PUERTO."
            )
        self._attempt_seconds = attempt_seconds
        self._connection: smtp.Connection | None = None
        self._tidy = True

    def send(self, parcel: Parcel) -> Answer:
        """Hand over `parcel` within the time of one try; never raises for what a server does."""
        until = time.monotonic() + self._attempt_seconds
        kept_open = self._connection is not None
        answer = self._try(parcel, until)
        if kept_open and answer.phase is Phase.MAIL and closing(answer):
            # A server may close a connection that it kept open: nothing was said of the message.
            answer = self._try(parcel, until)
        return answer

    def reach(self) -> None:
        """Connect and sign in, as before a message, and leave again.

        :raises smtp.Failed: when that does not go well
        """
        smtp.open_connection(self._url, time.monotonic() + self._attempt_seconds).leave()

    def close(self) -> None:
        """Say goodbye, if the server still listens."""
        connection, self._connection = self._connection, None
        if connection is not None:
            connection.leave()

    def _try(self, parcel: Parcel, until: float) -> Answer:
        try:
            if self._connection is None:
                self._connection = smtp.open_connection(self._url, until)
                self._tidy = True
            answer = self._hand_over(self._connection, parcel, until)
        except smtp.Failed as failed:
            answer = failed.answer
        if closing(answer) or answer.phase is Phase.BODY:
            self._drop()
        return answer

    def _drop(self) -> None:
        connection, self._connection = self._connection, None
        if connection is not None:
            connection.close()

    def _hand_over(self, connection: smtp.Connection, parcel: Parcel, until: float) -> Answer:
        connection.until = until
        if not self._tidy:
            connection.step(Phase.MAIL, "RSET", smtp.OK)
        self._tidy = False
        connection.step(Phase.MAIL, f"MAIL FROM:<{parcel.sender}>", smtp.OK)
        connection.step(Phase.RCPT, f"RCPT TO:<{parcel.recipient}>", smtp.OK)
        connection.step(Phase.DATA, "DATA", _GO_AHEAD)
        answer = connection.body(parcel.raw)
        self._tidy = True
        return answer


def sender_of(settings: Settings) -> str:
    """Return the address that mail comes from, and that bounces go to."""
    return mime.address_of(settings.mail_from)
