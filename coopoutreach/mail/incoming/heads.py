"""Read the head of a message: who wrote, to whom, when, and whether a program did.

Fields are cut before anything looks into them (decision 0023).
"""

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from email.errors import MessageError
from email.header import decode_header
from email.message import Message
from email.utils import getaddresses, parsedate_to_datetime
from itertools import takewhile
from typing import TypeAlias

from coopoutreach.platform.core import charsets
from coopoutreach.platform.core.text import clean_line

#: More of a field is not looked at, nor of what is kept of one.
LONGEST_FIELD = 8192
LONGEST_TEXT = 200
#: Nor more fields of one name.
MOST_VALUES = 20
_MOST_REFERENCES = 8
_MOST_ADDRESSES = 50
MESSAGE_ID = re.compile(r"<[^<>\s]{1,250}>")
_NULL_SENDER = re.compile(r"\s*<\s*>\s*")
#: How programs that answer by themselves say so, besides `Auto-Submitted` (RFC 3834).
_AUTOMATIC = ("X-Autoreply", "X-Autorespond", "X-Autorespond-Version")
_PRECEDENCES = {"bulk", "junk", "list", "auto_reply"}
#: Lists and those who write to many at once say so (RFC 2369, RFC 2919).
_OF_LISTS = ("List-Id", "List-Unsubscribe", "List-Post")
#: Who sends word of deliveries, and never anything else.
_MACHINES = re.compile(r"(?:mailer-daemon|postmaster|no-?reply|noresponder|bounces?)(?:\+.*)?@.*")
RESULTS = "Authentication-Results"

Parsed: TypeAlias = "Message[str, str]"


def values(message: Parsed, name: str) -> list[str]:
    """Return the values of a field, each cut; the first of many."""
    return [str(value)[:LONGEST_FIELD] for value in (message.get_all(name) or [])[:MOST_VALUES]]


def value(message: Parsed, name: str) -> str:
    """Return the first value of a field, or nothing."""
    return next(iter(values(message, name)), "")


def addresses(message: Parsed, *names: str) -> Iterator[str]:
    """Yield the addresses in some fields, in lower case, without names."""
    fields = [value for name in names for value in values(message, name)]
    found = (clean_line(address).lower() for _, address in getaddresses(fields))
    for address, _ in zip(
        (one for one in found if "@" in one), range(_MOST_ADDRESSES), strict=False
    ):
        yield address


def sender(message: Parsed) -> str:
    """Return who wrote, if From names one address alone; else nobody did."""
    froms = message.get_all("From") or []
    found = list(addresses(message, "From"))
    return found[0] if len(froms) == 1 and len(found) == 1 else ""


def raw_subject(message: Parsed) -> str:
    """Return the subject as it came: bytes that are not ASCII are in it still."""
    found = (str(value) for name, value in message.raw_items() if name.lower() == "subject")
    return next(found, "")[:LONGEST_FIELD]


def decoded(value: str) -> str:
    """Return a field's text: its encoded words, and what stands in it as bytes."""
    try:
        text = "".join(_word(*one) for one in decode_header(value))
    except (MessageError, ValueError, LookupError):
        text = value
    return clean_line(text)[:LONGEST_TEXT]


def _word(text: str | bytes, charset: str | None) -> str:
    if isinstance(text, bytes) and charset is None:
        # Beside encoded words the library writes everything out as escapes.
        text = text.decode("raw-unicode-escape")
    if isinstance(text, str):
        text = text.encode("utf-8", "surrogateescape")
    return charsets.decoded(text, charset or "")


def sent_at(message: Parsed) -> datetime | None:
    """Return when a message says that it was written, in UTC, or None."""
    try:
        found = parsedate_to_datetime(value(message, "Date")[:LONGEST_TEXT])
        return found.astimezone(UTC) if found.tzinfo else found.replace(tzinfo=UTC)
    except (ValueError, TypeError, OverflowError, IndexError):
        return None


def thread(message: Parsed) -> list[str]:
    """Return what a mail to this one refers to (RFC 5322, 3.6.4): the first, and the latest."""
    before = MESSAGE_ID.findall(value(message, "References"))
    before = before or MESSAGE_ID.findall(value(message, "In-Reply-To"))[:1]
    own = MESSAGE_ID.findall(value(message, "Message-ID"))[:1]
    return [*dict.fromkeys([*before[:1], *before[-_MOST_REFERENCES:], *own])]


def is_from_nobody(message: Parsed) -> bool:
    """Return whether the envelope had no sender, as that of a bounce has none."""
    return any(_NULL_SENDER.fullmatch(value) for value in values(message, "Return-Path"))


def is_automatic(message: Parsed) -> bool:
    """Return whether a program wrote it, or it goes to many at once."""
    submitted = value(message, "Auto-Submitted").strip().lower() or "no"
    precedence = value(message, "Precedence").strip().lower()
    return (
        not submitted.startswith("no")
        or precedence in _PRECEDENCES
        or any(message.get(name) is not None for name in (*_AUTOMATIC, *_OF_LISTS))
        or _MACHINES.fullmatch(sender(message)) is not None
    )


def stamped(message: Parsed) -> list[str]:
    """Return the Authentication-Results that stand above the first Received."""
    above = takewhile(lambda field: field[0].lower() != "received", message.items())
    wanted = (str(value) for name, value in above if name.lower() == RESULTS.lower())
    found = [one[:LONGEST_FIELD] for one in wanted]
    return found[:MOST_VALUES]
