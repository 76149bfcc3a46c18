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
_PASS = "pass"  # noqa: S105 (what DMARC says)
#: Hosts that write their findings without saying who they are.
_NAMELESS_SERVERS = ("outlook.com", "office365.com", "microsoft.com")
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
#: Answers whose comment says something to a person, whether or not the answer counts.
_WITH_COMMENT = frozenset(
    {
        Reason.APPLIED,
        Reason.COUNTER,
        Reason.STALE_SEQUENCE,
        Reason.STALE_DTSTAMP,
        Reason.NOT_INVITED,
        Reason.UNAUTHENTICATED,
        Reason.CLOSED,
        Reason.UNREADABLE,
    }
)
#: What an attendee says who sends somebody else: noted, and for a person to deal with.
DELEGATED = "DELEGATED"


def comment_waits(reason: Reason, comment: str) -> bool:
    """Return whether a calendar's answer comes with words that somebody should read."""
    return bool(comment.strip()) and reason in _WITH_COMMENT


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
    #: As it is declared, right or wrong.
    charset: str = ""


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


def by_preference(parts: Iterable[CalendarPart]) -> list[CalendarPart]:
    """Return the parts that are calendars, the best first: the first that can be read is read."""
    ranked = [(rank, part) for part in parts if (rank := preference(part)) is not None]
    return [part for _, part in sorted(ranked, key=lambda one: one[0])]


def chosen(parts: Iterable[CalendarPart]) -> CalendarPart | None:
    """Return the one part that is read: programs send the same object twice, as one answer."""
    return next(iter(by_preference(parts)), None)


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


def passes_dmarc(results: Iterable[str], *, authserv_id: str, stamped: Sequence[str] = ()) -> bool:
    """Return whether our own server found that the sender is who From says.

    Only the topmost Authentication-Results of our own server counts (RFC 8601, 5): anybody can
    write others. Without a name for our server, none does. Servers write a header for each thing
    that they looked at: if the topmost says nothing of DMARC, those of ours do that are `stamped`,
    above the first Received, where whoever sends the message cannot write.
    """
    ours = authserv_id.lower()
    if not ours:
        return False
    first = next((read for value in results if (read := _read_results(value)).server == ours), None)
    if first is not None and first.dmarc:
        return first.dmarc == {_PASS}
    names = {ours, ""} if ours.endswith(_NAMELESS_SERVERS) else {ours}
    written = (_read_results(value) for value in stamped)
    return _found(one for one in written if one.server in names) == {_PASS}


def passes_dmarc_on_top(stamped: Sequence[str], *, domain: str, was_received: bool = False) -> bool:
    """Return the same where nobody said what our server is called: it is a host of our domain.

    `stamped` stand above the first Received: whoever sends the message cannot write there, since
    our server puts its own Received on top of all that came. The topmost says which server it is,
    and of that one all count. Microsoft 365 names none; then there must be a Received
    (`was_received`) above which it stands.
    """
    read = [_read_results(value) for value in stamped]
    if not read or not domain:
        return False
    server = read[0].server
    if not (f".{server}".endswith(f".{domain.lower()}") or (server == "" and was_received)):
        return False
    return _found([one for one in read if one.server == server]) == {_PASS}


@dataclass(frozen=True, slots=True)
class _Results:
    """An Authentication-Results: which server wrote it, and what it says of DMARC."""

    server: str
    dmarc: frozenset[str]


def _found(read: Iterable[_Results]) -> frozenset[str]:
    return frozenset().union(*(one.dmarc for one in read))


def _read_results(value: str) -> _Results:
    parts = _without_comments(value).split(";")
    server = "".join(parts[0].split()[:1])
    # A result where the server's name belongs: there is none, as in those of Microsoft 365.
    is_nameless = "=" in parts[0]
    told = parts if is_nameless else parts[1:]
    found = frozenset(one[1] for part in told if (one := _RESULT.match(part)))
    return _Results("" if is_nameless else server, found)


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
