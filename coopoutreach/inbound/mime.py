"""Take a message apart: who wrote to which address, what calendar parts, what report is in it.

Nothing that a stranger can put into five megabytes takes more than a few seconds or a few times
its size (decision 0023): parts within parts are counted before the parser sees them, and header
fields are cut before anything looks into them.
"""

import hashlib
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from email import message_from_bytes
from email.errors import MessageError
from email.header import decode_header
from email.message import Message
from email.utils import collapse_rfc2231_value, getaddresses, parsedate_to_datetime
from itertools import takewhile
from typing import Any, TypeAlias

from coopoutreach.core import charsets
from coopoutreach.core.text import clean_line
from coopoutreach.ics.reply import Unreadable
from coopoutreach.inbound import written_by_hand
from coopoutreach.inbound.incoming import Bounced, Hashes, Incoming
from coopoutreach.inbound.rules import LONGEST_MESSAGE, CalendarPart

#: What may begin a part within a part, more often than any message of a person has.
MOST_MARKS = 60
MOST_LINES = 200_000
MOST_STEPS = 2_000_000
MOST_DASHES = 2_000
MOST_HEADER_BYTES = 256 * 1024
MOST_PARTS = 20
_MOST_REFERENCES = 8
_LONGEST_FIELD = 8192
_LONGEST_CHARSET = 40
_LONGEST_TEXT = 200
_MOST_ADDRESSES = 50
_STATUS = b"message/delivery-status"
_MARKS = re.compile(rb"boundary\s*\*?\d*\*?\s*=|content-type:\s*message/", re.IGNORECASE)
_RECIPIENTS = ("To", "Cc", "Delivered-To", "X-Original-To", "Envelope-To", "X-Envelope-To")
_MESSAGE_ID = re.compile(r"<[^<>\s]{1,250}>")
_NULL_SENDER = re.compile(r"\s*<\s*>\s*")
#: How programs that answer by themselves say so, besides `Auto-Submitted` (RFC 3834).
_AUTOMATIC = ("X-Autoreply", "X-Autorespond", "X-Autorespond-Version")
_PRECEDENCES = {"bulk", "junk", "list", "auto_reply"}
_TNEF = ("application/ms-tnef", "application/vnd.ms-tnef")
_TNEF_NAME = re.compile(r"win(?:mail)?\.dat", re.IGNORECASE)
_TNEF_MARK = b"\x78\x9f\x3e\x22"
#: Lists and those who write to many at once say so (RFC 2369, RFC 2919).
_OF_LISTS = ("List-Id", "List-Unsubscribe", "List-Post")
#: Who sends word of deliveries, and never anything else.
_MACHINES = re.compile(r"(?:mailer-daemon|postmaster|no-?reply|noresponder|bounces?)(?:\+.*)?@.*")
_RESULTS = "Authentication-Results"

Parsed: TypeAlias = "Message[str, str]"


def hashes(raw: bytes) -> Hashes:
    """Return the hashes of a message: of its Message-ID (or head, without one) and of its body.

    They are the same whichever way it came, and whatever was added to its head on the way.
    """
    head, _, body = raw.replace(b"\r\n", b"\n").partition(b"\n\n")
    named = re.search(rb"^message-id:\s*(\S{1,998})", head, re.IGNORECASE | re.MULTILINE)
    known_by = named[1] if named else b"\n".join(_own_lines(head))
    return Hashes(
        hashlib.sha256(known_by).hexdigest(), hashlib.sha256(body.rstrip(b"\n")).hexdigest()
    )


def _own_lines(head: bytes) -> Iterator[bytes]:
    for line in head.split(b"\n"):
        if line.lower().startswith((b"from:", b"date:", b"subject:")):
            yield line


def read(raw: bytes) -> Incoming:
    """Return what a message is made of. Whatever is in it, nothing else is raised.

    :raises Unreadable: if it is beyond all measure, or the standard library gives it up
    """
    _refuse_bombs(raw)
    try:
        message = message_from_bytes(raw)
        return _incoming(message)
    except (
        MessageError,
        ValueError,
        LookupError,
        TypeError,
        AttributeError,
        AssertionError,
    ) as error:
        raise Unreadable(f"the message cannot be taken apart: {error!r}"[:_LONGEST_TEXT]) from None
    except RecursionError:
        raise Unreadable("parts within parts without end") from None


def _refuse_bombs(raw: bytes) -> None:
    """Refuse what would cost the parser more than any message of a person does.

    It walks each line through every part that the line stands in: parts within parts times lines
    is what its time grows with.
    """
    if len(raw) > LONGEST_MESSAGE:
        raise Unreadable("larger than any answer")
    # A line may end with a return alone: the parser takes that for an end, too.
    text = raw.replace(b"\r\n", b"\n").replace(b"\r", b"\n")
    lines, marks = text.count(b"\n"), sum(1 for _ in _MARKS.finditer(text))
    if lines > MOST_LINES or marks > MOST_MARKS or lines * marks > MOST_STEPS:
        raise Unreadable("more lines, or parts within parts, than any answer has")
    if text.count(b"\n--") > MOST_DASHES or (
        _STATUS in text.lower() and text.count(b"\n\n") > MOST_DASHES
    ):
        raise Unreadable("more parts than any answer has")
    head = text.find(b"\n\n")
    if (head if head >= 0 else len(text)) > MOST_HEADER_BYTES:
        raise Unreadable("a head without end")


def _incoming(message: Parsed) -> Incoming:
    parts = list(_parts(message))
    is_report = message.get_content_type() == "multipart/report"
    is_from_nobody = _is_from_nobody(message)
    is_automatic = _is_automatic(message)
    written = written_by_hand.Written()
    if not is_report and not is_automatic:
        written = written_by_hand.read(parts)
    return Incoming(
        sender=_sender(message),
        subject=_decoded(_subject(message)),
        recipients=tuple(_addresses(message, *_RECIPIENTS)),
        authentication=tuple(_fields(message, _RESULTS)),
        stamped=tuple(_stamped(message)),
        is_report=is_report,
        is_automatic=is_automatic,
        calendars=() if is_report else tuple(_calendars(parts)),
        has_tnef=any(_is_tnef(part) for part in parts),
        bounced=tuple(_bounced(message, parts)) if is_report or is_from_nobody else (),
        about=tuple(_about(message, parts)),
        was_received=message.get("Received") is not None,
        is_from_nobody=is_from_nobody,
        sent_at=_sent_at(message),
        text=written.text,
        attachments=written.attachments,
        thread=tuple(_thread(message)),
    )


def _parts(message: Parsed) -> Iterator[Parsed]:
    """Yield the parts that hold something, in order, without going into enclosed messages.

    :raises Unreadable: if there are more than anybody sends
    """
    waiting, count = [message], 0
    while waiting:
        part = waiting.pop()
        _cut_fields(part)
        if part.is_multipart() and part.get_content_maintype() != "message":
            waiting.extend(reversed(_enclosed(part)))
            continue
        count += 1
        if count > MOST_PARTS:
            raise Unreadable("more parts than any answer has")
        yield part


def _cut_fields(part: Parsed) -> None:
    """Cut the fields whose parameters are taken apart at each question: it takes its time."""
    for name in ("Content-Type", "Content-Disposition"):
        value = part.get(name)
        if value is not None and len(str(value)) > _LONGEST_FIELD:
            part.replace_header(name, str(value)[:_LONGEST_FIELD])


def _enclosed(part: Parsed) -> list[Parsed]:
    payload: Any = part.get_payload()
    return payload if isinstance(payload, list) else []


def _is_from_nobody(message: Parsed) -> bool:
    return any(_NULL_SENDER.fullmatch(value) for value in _fields(message, "Return-Path"))


def _is_tnef(part: Parsed) -> bool:
    """Return whether Outlook packed everything into one file, whatever its type says."""
    name = part.get_filename() or ""
    return (
        part.get_content_type() in _TNEF
        or _TNEF_NAME.fullmatch(name.strip()) is not None
        or (part.get_content_maintype() == "application" and _bytes(part).startswith(_TNEF_MARK))
    )


def _sent_at(message: Parsed) -> datetime | None:
    try:
        found = parsedate_to_datetime(_field(message, "Date")[:_LONGEST_TEXT])
        return found.astimezone(UTC) if found.tzinfo else found.replace(tzinfo=UTC)
    except (ValueError, TypeError, OverflowError, IndexError):
        return None


def _thread(message: Parsed) -> list[str]:
    """Return what a mail to this one refers to (RFC 5322, 3.6.4): the first, and the latest."""
    before = _MESSAGE_ID.findall(_field(message, "References"))
    before = before or _MESSAGE_ID.findall(_field(message, "In-Reply-To"))[:1]
    own = _MESSAGE_ID.findall(_field(message, "Message-ID"))[:1]
    return [*dict.fromkeys([*before[:1], *before[-_MOST_REFERENCES:], *own])]


def _is_automatic(message: Parsed) -> bool:
    submitted = _field(message, "Auto-Submitted").strip().lower() or "no"
    precedence = _field(message, "Precedence").strip().lower()
    return (
        not submitted.startswith("no")
        or precedence in _PRECEDENCES
        or any(message.get(name) is not None for name in (*_AUTOMATIC, *_OF_LISTS))
        or _MACHINES.fullmatch(_sender(message)) is not None
    )


def _calendars(parts: list[Parsed]) -> Iterator[CalendarPart]:
    for part in parts:
        if part.get_content_maintype() in ("text", "application"):
            yield CalendarPart(
                media_type=part.get_content_type(),
                method=_parameter(part, "method").upper()[:32],
                file_name=clean_line(part.get_filename() or "")[:_LONGEST_TEXT],
                body=_bytes(part),
                charset=part.get_content_charset("")[:_LONGEST_CHARSET],
            )


def _parameter(part: Parsed, name: str) -> str:
    given: Any = part.get_param(name)
    return clean_line(collapse_rfc2231_value(given or ""))


def _bytes(part: Parsed) -> bytes:
    payload: Any = part.get_payload(decode=True)
    return payload if isinstance(payload, bytes) else b""


def _bounced(message: Parsed, parts: list[Parsed]) -> Iterator[Bounced]:
    blocks = [
        block
        for part in parts
        if part.get_content_type() == "message/delivery-status"
        for block in _enclosed(part)
    ]
    for block in blocks[: MOST_PARTS + 1]:
        final = _typed(_field(block, "Final-Recipient")) or _typed(
            _field(block, "Original-Recipient")
        )
        status = _field(block, "Status").strip()[:20]
        action = _field(block, "Action").strip().lower()
        if final:
            failed = action == "failed" or (not action and status.startswith("5"))
            told = clean_line(_typed(_field(block, "Diagnostic-Code")))[:_LONGEST_TEXT]
            yield Bounced(final.lower(), failed, status, told)
    if not blocks:
        for address in _addresses(message, "X-Failed-Recipients"):
            yield Bounced(address, failed=True, status="", diagnostic="")


def _typed(value: str) -> str:
    """Return what follows the type in `rfc822; ana@coop.example`."""
    return clean_line(value.partition(";")[2]).strip("<>")


def _about(message: Parsed, parts: list[Parsed]) -> Iterator[str]:
    for part in parts:
        if part.get_content_type() == "message/rfc822":
            for enclosed in _enclosed(part)[:1]:
                yield from _MESSAGE_ID.findall(_field(enclosed, "Message-ID"))[:1]
        elif part.get_content_type() == "text/rfc822-headers":
            head = message_from_bytes(_bytes(part)[:MOST_HEADER_BYTES])
            yield from _MESSAGE_ID.findall(_field(head, "Message-ID"))[:1]
    for name in ("In-Reply-To", "References"):
        yield from _MESSAGE_ID.findall(_field(message, name))[:5]


def _sender(message: Parsed) -> str:
    """Return who wrote, if From names one address alone; else nobody did."""
    froms = message.get_all("From") or []
    found = list(_addresses(message, "From"))
    return found[0] if len(froms) == 1 and len(found) == 1 else ""


def _addresses(message: Parsed, *names: str) -> Iterator[str]:
    fields = [value for name in names for value in _fields(message, name)]
    found = (clean_line(address).lower() for _, address in getaddresses(fields))
    for address, _ in zip(
        (one for one in found if "@" in one), range(_MOST_ADDRESSES), strict=False
    ):
        yield address


def _fields(message: Parsed, name: str) -> list[str]:
    return [str(value)[:_LONGEST_FIELD] for value in (message.get_all(name) or [])[:MOST_PARTS]]


def _stamped(message: Parsed) -> list[str]:
    above = takewhile(lambda field: field[0].lower() != "received", message.items())
    found = [
        str(value)[:_LONGEST_FIELD] for name, value in above if name.lower() == _RESULTS.lower()
    ]
    return found[:MOST_PARTS]


def _field(message: Parsed, name: str) -> str:
    return next(iter(_fields(message, name)), "")


def _subject(message: Parsed) -> str:
    """Return the subject as it came: bytes that are not ASCII are in it still."""
    found = (str(value) for name, value in message.raw_items() if name.lower() == "subject")
    return next(found, "")[:_LONGEST_FIELD]


def _decoded(value: str) -> str:
    """Return a field's text: its encoded words, and what stands in it as bytes."""
    try:
        text = "".join(_word(*one) for one in decode_header(value))
    except (MessageError, ValueError, LookupError):
        text = value
    return clean_line(text)[:_LONGEST_TEXT]


def _word(text: str | bytes, charset: str | None) -> str:
    if isinstance(text, bytes) and charset is None:
        # Beside encoded words the library writes everything out as escapes.
        text = text.decode("raw-unicode-escape")
    if isinstance(text, str):
        text = text.encode("utf-8", "surrogateescape")
    return charsets.decoded(text, charset or "")
