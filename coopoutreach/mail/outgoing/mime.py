"""Write a message as the bytes that go to the server.

The standard library's builder takes two milliseconds for an invitation. The trees that we send
are two, so they are written out here; the tests read them back with the standard library and
compare them with what it would have built.
"""

import binascii
import hashlib
import re
from dataclasses import dataclass
from datetime import datetime
from email.utils import format_datetime, parseaddr
from functools import lru_cache

from coopoutreach.mail.outgoing.letters import Calendar
from coopoutreach.platform.core import addresses
from coopoutreach.platform.core.text import clean_line

_MESSAGE_ID = re.compile(r"<[!-;=?-~]{1,250}>")
_PLAIN = re.compile(r"[A-Za-z0-9 !#$%&'*+/?^_`{|}~.,:;()@-]*")
_ATOMS = re.compile(r"[A-Za-z0-9 ]*")
#: A line with an encoded word holds 76 characters (RFC 2047, 2): after `Subject: ` and what marks
#: the word, 39 octets of text.
_LONGEST_PLAIN = 60
_OCTETS_OF_A_WORD = 39
_BASE64_LINE = 76


@dataclass(frozen=True, slots=True)
class Text:
    """A message's texts, rendered."""

    subject: str
    plain: str
    html: str


@dataclass(frozen=True, slots=True)
class Envelope:
    """Who writes to whom, when, and by what name the message is known."""

    message_id: str
    sender: str
    name: str
    #: None: no mail can be written to the person, and the message is kept only to be looked at.
    address: str | None
    date: datetime
    reply_to: str | None = None
    #: Where one POST stops mails of this kind (RFC 8058).
    unsubscribe: str | None = None
    #: Message-IDs of the conversation that a person goes on with, the one answered last.
    answers: tuple[str, ...] = ()


def message_id(key: str, sender: str) -> str:
    """Return the Message-ID of what `key` names: the same however often it is written."""
    domain = address_of(sender).rpartition("@")[2]
    return f"<{hashlib.sha256(key.encode()).hexdigest()[:32]}@{domain}>"


@lru_cache(maxsize=64)
def address_of(mailbox: str) -> str:
    """Return the bare address in `FECRECOOP <agenda@fecrecoop.example>`.

    :raises ValueError: when there is none
    """
    return checked_address(parseaddr(mailbox)[1])


def checked_address(address: str) -> str:
    """Return `address` if it may stand in a header and in an SMTP command.

    :raises ValueError: when it may not: forms refuse such addresses long before
    """
    if not addresses.can_be_written(address):
        raise ValueError(f"{address!r} is no address that mail can go to.")
    return address


def write(envelope: Envelope, text: Text, calendar: Calendar | None = None) -> bytes:
    """Return the whole message: text, HTML and, if there is one, the invitation (CALENDAR B1).

    The same arguments give the same bytes, boundaries included.
    """
    mark = envelope.message_id[1:33]
    parts = [_part("text/plain; charset=utf-8", text.plain)]
    parts.append(_part("text/html; charset=utf-8", text.html))
    if calendar is None:
        return _headers(envelope, text.subject) + _multipart("alternative", mark + "a", parts)
    encoded = _base64(calendar.body)
    method = calendar.method.value
    parts.append(_encoded(f"text/calendar; charset=UTF-8; method={method}", encoded))
    attachment = _encoded(
        'application/ics; name="invite.ics"',
        encoded,
        disposition='attachment; filename="invite.ics"',
    )
    alternative = _multipart("alternative", mark + "a", parts)
    return _headers(envelope, text.subject) + _multipart(
        "mixed", mark + "m", [alternative, attachment]
    )


def _headers(envelope: Envelope, subject: str) -> bytes:
    lines = [
        f"From: {mailbox_header(*_parsed(envelope.sender))}",
        f"To: {_recipient(envelope)}",
        f"Subject: {text_header(subject)}",
        f"Date: {format_datetime(envelope.date)}",
        f"Message-ID: {envelope.message_id}",
        *_conversation(envelope.answers),
        "MIME-Version: 1.0",
    ]
    if envelope.reply_to is not None:
        lines.insert(2, f"Reply-To: {mailbox_header(*_parsed(envelope.reply_to))}")
    if envelope.unsubscribe is not None:
        lines.append(f"List-Unsubscribe: <{envelope.unsubscribe}>")
        lines.append("List-Unsubscribe-Post: List-Unsubscribe=One-Click")
    return "\r\n".join(lines).encode("ascii") + b"\r\n"


def _recipient(envelope: Envelope) -> str:
    if envelope.address is None:
        return "undisclosed-recipients:;"
    return mailbox_header(envelope.name, envelope.address)


def _conversation(answers: tuple[str, ...]) -> list[str]:
    """Return what a person's answer refers to; of any other message, that a program wrote it."""
    known = [one for one in answers if _MESSAGE_ID.fullmatch(one)]
    if not answers:
        return ["Auto-Submitted: auto-generated"]
    if not known:
        return []
    return [f"In-Reply-To: {known[-1]}", "References: " + "\r\n ".join(known)]


@lru_cache(maxsize=64)
def _parsed(mailbox: str) -> tuple[str, str]:
    name, address = parseaddr(mailbox)
    return name, address


def mailbox_header(name: str, address: str) -> str:
    """Return a name and an address as a header holds them, on lines short enough."""
    address = checked_address(address)
    name = clean_line(name)
    if not name:
        return address
    if not _PLAIN.fullmatch(name) or len(name) > _LONGEST_PLAIN:
        name = _encoded_words(name)
    elif not _ATOMS.fullmatch(name):
        name = f'"{name}"'
    return f"{name}\r\n <{address}>"


def text_header(text: str) -> str:
    """Return free text as a header holds it: nothing in it can begin another header."""
    text = clean_line(text)
    if text.isascii() and "=?" not in text and len(text) <= _LONGEST_PLAIN:
        return text
    return _encoded_words(text)


def _encoded_words(text: str) -> str:
    words, octets = [], b""
    for char in text:
        encoded = char.encode()
        if len(octets) + len(encoded) > _OCTETS_OF_A_WORD:
            words.append(octets)
            octets = b""
        octets += encoded
    words.append(octets)
    return "\r\n ".join(
        f"=?utf-8?b?{binascii.b2a_base64(word, newline=False).decode()}?=" for word in words
    )


def _part(content_type: str, text: str) -> bytes:
    lines = text.replace("\r\n", "\n").replace("\r", "\n").rstrip("\n") + "\n"
    quoted = binascii.b2a_qp(lines.replace("\n", "\r\n").encode(), istext=True)
    head = f"Content-Type: {content_type}\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n"
    return head.encode("ascii") + quoted


def _encoded(content_type: str, encoded: bytes, disposition: str = "") -> bytes:
    head = f"Content-Type: {content_type}\r\nContent-Transfer-Encoding: base64\r\n"
    if disposition:
        head += f"Content-Disposition: {disposition}\r\n"
    return f"{head}\r\n".encode("ascii") + encoded


def _base64(body: bytes) -> bytes:
    encoded = binascii.b2a_base64(body, newline=False)
    starts = range(0, len(encoded), _BASE64_LINE)
    return b"".join(encoded[start : start + _BASE64_LINE] + b"\r\n" for start in starts)


def _multipart(subtype: str, boundary: str, parts: list[bytes]) -> bytes:
    # "=_" stands in no quoted-printable and no base64 text: no part can hold the boundary.
    boundary = f"=_{boundary}"
    head = f'Content-Type: multipart/{subtype};\r\n boundary="{boundary}"\r\n\r\n'.encode("ascii")
    mark = b"--" + boundary.encode("ascii")
    return head + b"".join(mark + b"\r\n" + part + b"\r\n" for part in parts) + mark + b"--\r\n"
