"""What becomes of a message that came in, decided from values alone."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

#: More of a message is not fetched, nor read (SECURITY RS-08).
LONGEST_MESSAGE = 5 * 1024 * 1024
#: How long the mailbox may be out of reach before somebody is told.
PATIENCE = timedelta(minutes=30)
#: The first wait after it could not be read, and the longest.
_FIRST_WAIT, _LONGEST_WAIT = timedelta(minutes=1), timedelta(minutes=15)
#: More secrets than any message of a person carries.
_MOST_TOKENS = 5
_TOKEN = re.compile(r"[^@]{1,64}\+r-([a-z0-9]{8,32})@[^@]{1,255}", re.IGNORECASE)
_COMMENT = re.compile(r"\([^()]*\)|\"[^\"]*\"")
_RESULT = re.compile(r"\s*dmarc\s*=\s*([a-z]+)\b", re.IGNORECASE)


class Action(StrEnum):
    """What a message led to."""

    ACCEPT = "accept"
    COUNTER = "counter"
    BOUNCE = "bounce"
    IGNORE = "ignore"


class Reason(StrEnum):
    """Why; the names are part of the interface that stays fixed."""

    APPLIED = "applied"
    DUPLICATE = "duplicate"
    STALE_SEQUENCE = "stale-sequence"
    STALE_DTSTAMP = "stale-dtstamp"
    UNKNOWN_UID = "unknown-uid"
    NOT_INVITED = "not-invited"
    UNAUTHENTICATED = "unauthenticated"
    METHOD_MISMATCH = "method-mismatch"
    NO_CALENDAR = "no-calendar"
    AUTO_REPLY = "auto-reply"
    BOUNCE = "bounce"
    UNDELIVERABLE = "undeliverable"
    COUNTER = "counter"
    CLOSED = "closed"
    UNREADABLE = "unreadable"


#: What a person has to look at: nobody is answered, and nothing was changed, or not by a machine.
TO_LOOK_AT = (
    Reason.UNAUTHENTICATED,
    Reason.NOT_INVITED,
    Reason.UNREADABLE,
    Reason.COUNTER,
)
#: What an attendee says who sends somebody else: noted, and for a person to deal with.
DELEGATED = "DELEGATED"


class Kind(StrEnum):
    """What a message is, before anybody asks whose it is."""

    REPORT = "report"
    CALENDAR = "calendar"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class CalendarPart:
    """A part that may be a calendar object, and the method that its Content-Type tells."""

    media_type: str
    method: str
    file_name: str
    body: bytes


_PREFERENCE = ("text/calendar", "application/ics", "text/x-vcalendar")
_ANSWERS = ("REPLY", "COUNTER")


def preference(part: CalendarPart) -> int | None:
    """Return how good a candidate a part is, 0 the best; None if it is no calendar (P2)."""
    if part.media_type in _PREFERENCE:
        if part.media_type == _PREFERENCE[0] and part.method:
            return 0 if part.method in _ANSWERS else 1
        return 2 + _PREFERENCE.index(part.media_type)
    generic = part.media_type.startswith("application/x-") or part.media_type.endswith(
        "/octet-stream"
    )
    return 5 if generic and part.file_name.lower().endswith(".ics") else None


def chosen(parts: Iterable[CalendarPart]) -> CalendarPart | None:
    """Return the one part that is read: programs send the same object twice, as one answer."""
    ranked = [(rank, part) for part in parts if (rank := preference(part)) is not None]
    return min(ranked, key=lambda one: one[0])[1] if ranked else None


def is_answer(method: str, told: str) -> bool:
    """Return whether an object is an answer, and its Content-Type, if it tells, says the same."""
    return method in _ANSWERS and told in ("", method)


def reply_address(mailbox: str, token: str) -> str:
    """Return the address that says whose reply it is: `agenda+r-TOKEN@…` of `agenda@…`."""
    local, _, domain = mailbox.rpartition("@")
    return f"{local}+r-{token}@{domain}"


def tokens_in(addresses: Iterable[str]) -> tuple[str, ...]:
    """Return whose replies these addresses say that it is, in the order given."""
    found = (_TOKEN.fullmatch(address.strip()) for address in addresses)
    return tuple(dict.fromkeys(one[1].lower() for one in found if one))[:_MOST_TOKENS]


def passes_dmarc(results: Iterable[str], *, authserv_id: str) -> bool:
    """Return whether our own server found that the sender is who From says.

    Only the topmost Authentication-Results of our own server counts (RFC 8601, 5): anybody can
    write others. Without a name for our server, none does.
    """
    for value in results:
        name, passes = _read_results(value)
        if authserv_id and name == authserv_id.lower():
            return passes
    return False


def passes_dmarc_on_top(stamped: Sequence[str], *, domain: str) -> bool:
    """Return the same where nobody said what our server is called: it is a host of our domain.

    `stamped` stand above the first Received: whoever sends the message cannot write there, since
    our server puts its own Received on top of all that came. Only the topmost counts.
    """
    name, passes = _read_results(stamped[0]) if stamped else ("", False)
    return bool(domain) and passes and f".{name}".endswith(f".{domain.lower()}")


def _read_results(value: str) -> tuple[str, bool]:
    """Return which server wrote an Authentication-Results, and whether DMARC passed by it."""
    head, _, rest = _without_comments(value).partition(";")
    found = {one[1] for part in rest.split(";") if (one := _RESULT.match(part))}
    return "".join(head.split()[:1]), found == {"pass"}


def _without_comments(value: str) -> str:
    # Each pass takes the innermost away; what is nested deeper than this proves nothing.
    for _ in range(5):
        value, count = _COMMENT.subn(" ", value)
        if not count:
            break
    return value.lower()


def wait(failures: int) -> timedelta:
    """Return how long the mailbox is left alone after the `failures`-th try that failed."""
    return min(_FIRST_WAIT * (1 << min(max(failures, 1) - 1, 6)), _LONGEST_WAIT)
