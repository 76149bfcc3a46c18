"""Read what a calendar program answers to an invitation: a REPLY or a COUNTER (RFC 5546, 3.2).

Programs differ (CALENDAR P2 to P6): the organiser is left out, names come in any case, times in
zones of Windows. So little is asked for: which event, who answers, what.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final
from urllib.parse import unquote

from coopoutreach.core.text import clean_line, clean_text
from coopoutreach.ics import reading, times
from coopoutreach.ics.reading import Line, Unreadable

__all__ = ["LONGEST_COMMENT", "Answered", "Attendee", "Reply", "Unreadable", "read"]

#: What is kept of a comment.
LONGEST_COMMENT: Final = 500
_LONGEST_UID: Final = 255
_LONGEST_ADDRESS: Final = 320
_SEQUENCE = re.compile(r"\+?(\d{1,10})")
_HIGHEST_SEQUENCE: Final = 2**31 - 1
_MAILTO = re.compile("^mailto:", re.IGNORECASE)
COUNTER: Final = "COUNTER"


@dataclass(frozen=True, slots=True)
class Attendee:
    """Who answers, by address in lower case, and what; `delegated_to` somebody else perhaps."""

    address: str
    partstat: str
    delegated_to: str = ""


@dataclass(frozen=True, slots=True)
class Answered:
    """What is said of one event; moments are aware. The times are those that a COUNTER proposes."""

    uid: str
    sequence: int
    stamp: datetime | None
    attendees: tuple[Attendee, ...]
    recurrence_id: str | None
    comment: str
    starts_at: datetime | None = None
    ends_at: datetime | None = None
    old_starts_at: datetime | None = None
    old_ends_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Reply:
    """A whole object: its method, in capitals, and what it says of each event."""

    method: str
    answered: tuple[Answered, ...]


def read(body: bytes) -> Reply:
    """Return what a calendar part says. Whatever is in it, nothing else is raised.

    :raises Unreadable: if it is no calendar object, or beyond all measure
    """
    found = reading.lines(body)
    with_times = found.method == COUNTER
    events = (list(reading.parsed(event, with_times=with_times)) for event in found.events)
    return Reply(found.method, tuple(_answered(event) for event in events))


def _answered(event: Sequence[Line]) -> Answered:
    first: dict[str, Line] = {}
    for line in event:
        first.setdefault(line.name, line)
    stamp = _moment(first.get("DTSTAMP"))
    return Answered(
        uid=clean_line(_value(first.get("UID")))[:_LONGEST_UID],
        sequence=_sequence(_value(first.get("SEQUENCE"))),
        stamp=stamp.astimezone(UTC) if stamp else None,
        attendees=_attendees(event),
        recurrence_id=_recurrence_id(first.get("RECURRENCE-ID")),
        comment=clean_text(_value(first.get("COMMENT")))[:LONGEST_COMMENT],
        starts_at=_moment(first.get("DTSTART")),
        ends_at=_moment(first.get("DTEND")),
        old_starts_at=_moment(first.get("X-MS-OLK-ORIGINALSTART")),
        old_ends_at=_moment(first.get("X-MS-OLK-ORIGINALEND")),
    )


def _attendees(event: Sequence[Line]) -> tuple[Attendee, ...]:
    found = (_attendee(line) for line in event if line.name == "ATTENDEE")
    return tuple(one for one in found if one.address)


def _attendee(line: Line) -> Attendee:
    address = _address(line.value)
    if "@" not in address:  # Apple's `urn:uuid:…`, with the address beside it
        address = _address(line.parameters.get("EMAIL", ""))
    return Attendee(
        address=address if "@" in address else "",
        partstat=clean_line(line.parameters.get("PARTSTAT", "NEEDS-ACTION")).upper()[:32],
        delegated_to=_address(line.parameters.get("DELEGATED-TO", "")),
    )


def _address(text: str) -> str:
    bare = _MAILTO.sub("", text.strip().strip('"').strip())
    return clean_line(unquote(bare)).lower()[:_LONGEST_ADDRESS]


def _sequence(text: str) -> int:
    """Return the SEQUENCE, which is 0 where there is none, or none that can be read."""
    matched = _SEQUENCE.fullmatch(text.strip())
    return min(int(matched[1]), _HIGHEST_SEQUENCE) if matched else 0


def _recurrence_id(line: Line | None) -> str | None:
    if line is None:
        return None
    found = _moment(line)
    return found.isoformat() if found else clean_line(line.value)[:64]


def _moment(line: Line | None) -> datetime | None:
    return times.moment(line.value, line.parameters.get("TZID", "")) if line else None


def _value(line: Line | None) -> str:
    return line.value if line else ""
