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
from email.utils import collapse_rfc2231_value
from typing import Any

from coopoutreach.mail.incoming import heads, written_by_hand
from coopoutreach.mail.incoming.heads import Parsed
from coopoutreach.mail.incoming.incoming import Bounced, Hashes, Incoming
from coopoutreach.mail.incoming.rules import LONGEST_MESSAGE, CalendarPart
from coopoutreach.platform.core.text import clean_line
from coopoutreach.platform.ics.reply import Unreadable

#: What may begin a part within a part, more often than any message of a person has.
MOST_MARKS = 60
MOST_LINES = 200_000
MOST_STEPS = 2_000_000
MOST_DASHES = 2_000
MOST_HEADER_BYTES = 256 * 1024
MOST_PARTS = 20
_LONGEST_CHARSET = 40
_STATUS = b"message/delivery-status"
_MARKS = re.compile(rb"boundary\s*\*?\d*\*?\s*=|content-type:\s*message/", re.IGNORECASE)
_RECIPIENTS = ("To", "Cc", "Delivered-To", "X-Original-To", "Envelope-To", "X-Envelope-To")
_TNEF = ("application/ms-tnef", "application/vnd.ms-tnef")
_TNEF_NAME = re.compile(r"win(?:mail)?\.dat", re.IGNORECASE)
_TNEF_MARK = b"\x78\x9f\x3e\x22"


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
        raise Unreadable(
            f"the message cannot be taken apart: {error!r}"[: heads.LONGEST_TEXT]
        ) from None
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
    is_from_nobody = heads.is_from_nobody(message)
    is_automatic = heads.is_automatic(message)
    written = written_by_hand.Written()
    if not is_report and not is_automatic:
        written = written_by_hand.read(parts)
    return Incoming(
        sender=heads.sender(message),
        subject=heads.decoded(heads.raw_subject(message)),
        recipients=tuple(heads.addresses(message, *_RECIPIENTS)),
        authentication=tuple(heads.values(message, heads.RESULTS)),
        stamped=tuple(heads.stamped(message)),
        is_report=is_report,
        is_automatic=is_automatic,
        calendars=() if is_report else tuple(_calendars(parts)),
        has_tnef=any(_is_tnef(part) for part in parts),
        bounced=tuple(_bounced(message, parts)) if is_report or is_from_nobody else (),
        about=tuple(_about(message, parts)),
        was_received=message.get("Received") is not None,
        is_from_nobody=is_from_nobody,
        sent_at=heads.sent_at(message),
        text=written.text,
        attachments=written.attachments,
        thread=tuple(heads.thread(message)),
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
        if value is not None and len(str(value)) > heads.LONGEST_FIELD:
            part.replace_header(name, str(value)[: heads.LONGEST_FIELD])


def _enclosed(part: Parsed) -> list[Parsed]:
    payload: Any = part.get_payload()
    return payload if isinstance(payload, list) else []


def _is_tnef(part: Parsed) -> bool:
    """Return whether Outlook packed everything into one file, whatever its type says."""
    name = part.get_filename() or ""
    return (
        part.get_content_type() in _TNEF
        or _TNEF_NAME.fullmatch(name.strip()) is not None
        or (part.get_content_maintype() == "application" and _bytes(part).startswith(_TNEF_MARK))
    )


def _calendars(parts: list[Parsed]) -> Iterator[CalendarPart]:
    for part in parts:
        if part.get_content_maintype() in ("text", "application"):
            yield CalendarPart(
                media_type=part.get_content_type(),
                method=_parameter(part, "method").upper()[:32],
                file_name=clean_line(part.get_filename() or "")[: heads.LONGEST_TEXT],
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
        final = _typed(heads.value(block, "Final-Recipient")) or _typed(
            heads.value(block, "Original-Recipient")
        )
        status = heads.value(block, "Status").strip()[:20]
        action = heads.value(block, "Action").strip().lower()
        if final:
            failed = action == "failed" or (not action and status.startswith("5"))
            told = clean_line(_typed(heads.value(block, "Diagnostic-Code")))[: heads.LONGEST_TEXT]
            yield Bounced(final.lower(), failed, status, told)
    if not blocks:
        for address in heads.addresses(message, "X-Failed-Recipients"):
            yield Bounced(address, failed=True, status="", diagnostic="")


def _typed(value: str) -> str:
    """Return what follows the type in `rfc822; ana@coop.example`."""
    return clean_line(value.partition(";")[2]).strip("<>")


def _about(message: Parsed, parts: list[Parsed]) -> Iterator[str]:
    for part in parts:
        if part.get_content_type() == "message/rfc822":
            for enclosed in _enclosed(part)[:1]:
                yield from heads.MESSAGE_ID.findall(heads.value(enclosed, "Message-ID"))[:1]
        elif part.get_content_type() == "text/rfc822-headers":
            head = message_from_bytes(_bytes(part)[:MOST_HEADER_BYTES])
            yield from heads.MESSAGE_ID.findall(heads.value(head, "Message-ID"))[:1]
    for name in ("In-Reply-To", "References"):
        yield from heads.MESSAGE_ID.findall(heads.value(message, name))[:5]
