"""Read the file mailbox back, as the person who got the mail would see it."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from email import policy
from email.message import EmailMessage
from email.parser import BytesParser
from email.utils import parsedate_to_datetime
from pathlib import Path

from markupsafe import Markup, escape

from coopoutreach.mail.outgoing import invitation
from coopoutreach.platform.files import store

#: How many mails a list shows: a mailbox of a first run is small.
LONGEST_LIST = 200
_NAME = re.compile(r"[0-9TZ]{16}-[A-Za-z0-9]{1,64}\.eml")
_LINK = re.compile(r"https?://[^\s<>\"]+[^\s<>\".,;:!?)»]")


@dataclass(frozen=True, slots=True)
class Line:
    """A mail in the list."""

    name: str
    sender: str
    to: str
    subject: str
    date: datetime | None
    has_invitation: bool


@dataclass(frozen=True, slots=True)
class Part:
    """A part of a mail: what it is, how large, and how deep it lies."""

    depth: int
    content_type: str
    filename: str
    size: int


@dataclass(frozen=True, slots=True)
class Mail:
    """A mail taken apart."""

    headers: Sequence[tuple[str, str]]
    subject: str
    date: datetime | None
    plain: str
    html: str
    parts: Sequence[Part]
    invited: invitation.Invitation | None


def mails(folder: Path) -> list[Line]:
    """Return the newest mails of `folder`, the newest first."""
    if not folder.is_dir():
        return []
    names = sorted((p.name for p in folder.iterdir() if _NAME.fullmatch(p.name)), reverse=True)
    return [
        _line(name, data) for name in names[:LONGEST_LIST] if (data := store.read(folder, name))
    ]


def mail(folder: Path, name: str) -> Mail | None:
    """Return the mail kept as `name`, taken apart, or None."""
    data = store.read(folder, name) if _NAME.fullmatch(name) else None
    if data is None:
        return None
    message = _parsed(data)
    return Mail(
        headers=[(key, str(value)) for key, value in message.items()],
        subject=str(message["Subject"] or ""),
        date=_date(message),
        plain=_text(message, "plain"),
        html=_text(message, "html"),
        parts=list(_parts(message)),
        invited=_invitation(message),
    )


def plain_text(raw: bytes) -> str:
    """Return what a message says, as plain text."""
    return _text(_parsed(raw), "plain")


def linked(text: str) -> Markup:
    """Return `text` as HTML in which addresses can be followed."""
    done, end = [], 0
    for link in _LINK.finditer(text):
        url = escape(link[0])
        done += [escape(text[end : link.start()]), Markup('<a href="{0}">{0}</a>').format(url)]
        end = link.end()
    return Markup("").join([*done, escape(text[end:])])


def _parsed(data: bytes) -> EmailMessage:
    message = BytesParser(policy=policy.default).parsebytes(data)
    assert isinstance(message, EmailMessage)  # noqa: S101 (what that policy makes)
    return message


def _line(name: str, data: bytes) -> Line:
    message = _parsed(data)
    return Line(
        name=name,
        sender=_person(message, "From"),
        to=str(message["To"] or ""),
        subject=str(message["Subject"] or ""),
        date=_date(message),
        has_invitation=_calendar_part(message) is not None,
    )


def _person(message: EmailMessage, header: str) -> str:
    addresses = getattr(message[header], "addresses", ())
    return str(addresses[0].display_name or addresses[0].addr_spec) if addresses else ""


def _date(message: EmailMessage) -> datetime | None:
    try:
        return parsedate_to_datetime(str(message["Date"]))
    except ValueError:
        return None


def _text(message: EmailMessage, kind: str) -> str:
    body = message.get_body((kind,))
    return str(body.get_content()) if isinstance(body, EmailMessage) else ""


def _parts(message: EmailMessage, depth: int = 0) -> Iterator[Part]:
    content = message.get_payload(decode=True)
    yield Part(
        depth=depth,
        content_type=str(message["Content-Type"] or message.get_content_type()),
        filename=message.get_filename() or "",
        size=len(content) if isinstance(content, bytes) else 0,
    )
    if message.is_multipart():
        for inner in message.iter_parts():
            if isinstance(inner, EmailMessage):
                yield from _parts(inner, depth + 1)


def _calendar_part(message: EmailMessage) -> EmailMessage | None:
    for part in message.walk():
        if part.get_content_type() == "text/calendar" and isinstance(part, EmailMessage):
            return part
    return None


def _invitation(message: EmailMessage) -> invitation.Invitation | None:
    part = _calendar_part(message)
    content = part.get_payload(decode=True) if part is not None else None
    return invitation.read(content) if isinstance(content, bytes) else None
