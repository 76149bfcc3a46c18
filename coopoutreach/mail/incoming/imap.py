"""Read a mailbox over IMAP. Nothing else imports `imaplib`.

Messages are asked for by UID and without marking them: one is marked as seen once what it led to is
written. Nothing is remembered of UIDs, which a server may give anew (UIDVALIDITY): a message is
known by what it says.
"""

import imaplib
import re
import ssl
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote, urlsplit

from coopoutreach.mail.incoming.rules import LONGEST_MESSAGE

#: How long the server may take to say anything at all, in seconds.
SECONDS = 15.0
#: What is fetched of a message that is too large: its head, to say whose it is.
_HEAD_BYTES = 64 * 1024
_PORT, _TLS_PORT = 143, 993
_SIZE = re.compile(rb"RFC822\.SIZE (\d+)")


class Unreachable(Exception):
    """The mailbox cannot be read; the words hold neither its password nor anybody's mail."""


@dataclass(frozen=True, slots=True)
class Fetched:
    """A message as the server has it; the head alone if it is too large."""

    raw: bytes
    is_whole: bool


class Mailbox:
    """An open folder."""

    def __init__(self, client: imaplib.IMAP4) -> None:
        self._client = client

    def unseen(self) -> list[str]:
        """Return the UIDs of the messages that nobody has dealt with, oldest first."""
        found = _expect(self._client.uid("SEARCH", "UNSEEN"))
        return found[0].decode("ascii").split() if found and isinstance(found[0], bytes) else []

    def fetch(self, uid: str) -> Fetched | None:
        """Return a message without marking it; None if it is gone.

        Its size is asked before it is taken.
        """
        told = _expect(self._client.uid("FETCH", uid, "(RFC822.SIZE)"))
        size = next((one for part in told if (one := _SIZE.search(_bytes(part)))), None)
        if size is None:
            return None
        whole = int(size[1]) <= LONGEST_MESSAGE
        wanted = "(BODY.PEEK[])" if whole else f"(BODY.PEEK[HEADER]<0.{_HEAD_BYTES}>)"
        found = _expect(self._client.uid("FETCH", uid, wanted))
        body = next((part[1] for part in found if isinstance(part, tuple)), None)
        return Fetched(body, whole) if isinstance(body, bytes) else None

    def mark_seen(self, uid: str) -> None:
        """Mark a message that was dealt with."""
        _expect(self._client.uid("STORE", uid, "+FLAGS", r"(\Seen)"))


@contextmanager
def opened(url: str) -> Iterator[Mailbox]:
    """Yield the folder at `url`, signed in; the connection is closed at the end.

    :raises Unreachable: whenever the server is away, silent, refuses us, or does not make sense
    """
    client: imaplib.IMAP4 | None = None
    try:
        client = _connected(url)
        yield Mailbox(client)
    except (OSError, imaplib.IMAP4.error) as error:
        raise Unreachable(_words(error)) from None
    finally:
        if client is not None:
            _leave(client)


def _connected(url: str) -> imaplib.IMAP4:
    parts = urlsplit(url)
    host = parts.hostname or ""
    if parts.scheme == "imaps":
        context = ssl.create_default_context()
        port = parts.port or _TLS_PORT
        client: imaplib.IMAP4 = imaplib.IMAP4_SSL(host, port, ssl_context=context, timeout=SECONDS)
    else:
        client = imaplib.IMAP4(host, parts.port or _PORT, timeout=SECONDS)
    try:
        client.login(unquote(parts.username or ""), unquote(parts.password or ""))
        folder = unquote(parts.path.strip("/")) or "INBOX"
        quoted = folder.replace("\\", "\\\\").replace('"', '\\"')
        _expect(client.select(f'"{quoted}"'))
    except BaseException:
        _leave(client)
        raise
    return client


def _expect(answer: tuple[str, Sequence[Any]]) -> Sequence[Any]:
    status, data = answer
    if status != "OK":
        told = data[0].decode("utf-8", "replace") if data and isinstance(data[0], bytes) else status
        raise imaplib.IMAP4.error(told)
    return data


def _leave(client: imaplib.IMAP4) -> None:
    try:
        client.sock.settimeout(1.0)
        client.logout()
    except (OSError, imaplib.IMAP4.error):
        client.shutdown()


def _bytes(part: object) -> bytes:
    head = part[0] if isinstance(part, tuple) else part
    return head if isinstance(head, bytes) else b""


def _words(error: Exception) -> str:
    if isinstance(error, TimeoutError):
        return "El servidor no responde."
    if isinstance(error, ssl.SSLError):
        return "La conexión con el servidor no es de confianza."
    if isinstance(error, OSError):
        return "No hay conexión con el servidor."
    given = error.args[0] if error.args else ""
    said = given.decode("utf-8", "replace") if isinstance(given, bytes) else str(given)
    told = " ".join(said.split())[:200]
    return f"El servidor no lo permite: {told}" if told else "El servidor no lo permite."
