"""Take a message apart: who wrote to which address, what calendar parts, what report is in it.

Nothing that a stranger can put into five megabytes takes more than a few seconds or a few times
its size (decision 0023): parts within parts are counted before the parser sees them, and header
fields are cut before anything looks into them.
"""

import hashlib
import re
from collections.abc import Iterator
from email import message_from_bytes
from email.errors import MessageError
from email.header import decode_header, make_header
from email.message import Message
from email.utils import collapse_rfc2231_value, getaddresses
from itertools import takewhile
from typing import Any, TypeAlias

from coopoutreach.core.text import clean_line
from coopoutreach.ics.reply import Unreadable
from coopoutreach.inbound.incoming import Bounced, Hashes, Incoming
from coopoutreach.inbound.rules import LONGEST_MESSAGE, CalendarPart

#: What may begin a part within a part, more often than any message of a person has.
MOST_MARKS = 60
MOST_LINES = 200_000
MOST_STEPS = 2_000_000
MOST_DASHES = 2_000
MOST_HEADER_BYTES = 256 * 1024
MOST_PARTS = 20
_LONGEST_FIELD = 8192
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
_TNEF = "application/ms-tnef"
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
    text = raw.replace(b"\r\n", b"\n")
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
    is_report = _is_report(message)
    return Incoming(
        sender=_sender(message),
        subject=_decoded(_field(message, "Subject")),
        recipients=tuple(_addresses(message, *_RECIPIENTS)),
        authentication=tuple(_fields(message, _RESULTS)),
        stamped=tuple(_stamped(message)),
        is_report=is_report,
        is_automatic=_is_automatic(message),
        calendars=() if is_report else tuple(_calendars(parts)),
        has_tnef=any(part.get_content_type() == _TNEF for part in parts),
        bounced=tuple(_bounced(message, parts)) if is_report else (),
        about=tuple(_about(message, parts)) if is_report else (),
    )


def _parts(message: Parsed) -> Iterator[Parsed]:
    """Yield the parts that hold something, in order, without going into enclosed messages.

    :raises Unreadable: if there are more than anybody sends
    """
    waiting, count = [message], 0
    while waiting:
        part = waiting.pop()
        if part.is_multipart() and part.get_content_maintype() != "message":
            waiting.extend(reversed(_enclosed(part)))
            continue
        count += 1
        if count > MOST_PARTS:
            raise Unreadable("more parts than any answer has")
        yield part


def _enclosed(part: Parsed) -> list[Parsed]:
    payload: Any = part.get_payload()
    return payload if isinstance(payload, list) else []


def _is_report(message: Parsed) -> bool:
    """Return whether it tells of a delivery: then no calendar part in it is anybody's answer.

    It holds our own invitation, which a careless reader takes for an answer (P1).
    """
    if message.get_content_type() == "multipart/report":
        return True
    return any(_NULL_SENDER.fullmatch(value) for value in _fields(message, "Return-Path"))


def _is_automatic(message: Parsed) -> bool:
    submitted = _field(message, "Auto-Submitted").strip().lower() or "no"
    precedence = _field(message, "Precedence").strip().lower()
    return (
        not submitted.startswith("no")
        or precedence in _PRECEDENCES
        or any(message.get(name) is not None for name in _AUTOMATIC)
    )


def _calendars(parts: list[Parsed]) -> Iterator[CalendarPart]:
    for part in parts:
        if part.get_content_maintype() in ("text", "application"):
            yield CalendarPart(
                media_type=part.get_content_type(),
                method=_parameter(part, "method").upper()[:32],
                file_name=clean_line(part.get_filename() or "")[:_LONGEST_TEXT],
                body=_bytes(part),
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


def _decoded(value: str) -> str:
    try:
        text = str(make_header(decode_header(value)))
    except (MessageError, ValueError, LookupError):
        text = value
    return clean_line(text)[:_LONGEST_TEXT]
