"""Read what a calendar program answers to an invitation: a REPLY or a COUNTER (RFC 5546, 3.2).

Programs differ (CALENDAR P2 to P6): the organiser is left out, names come in any case, times in
zones of Windows. So little is asked for: which event, who answers, what.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final, TypeAlias
from urllib.parse import unquote

from coopoutreach.platform.core.text import clean_line, clean_text
from coopoutreach.platform.ics import own_zones, reading, times
from coopoutreach.platform.ics.own_zones import OwnZone
from coopoutreach.platform.ics.reading import Line, Unreadable

__all__ = ["LONGEST_COMMENT", "Answered", "Attendee", "Reply", "Unreadable", "read"]

#: What is kept of a comment.
LONGEST_COMMENT: Final = 500
_LONGEST_UID: Final = 255
_LONGEST_ADDRESS: Final = 320
_SEQUENCE = re.compile(r"\+?(\d{1,10})")
_HIGHEST_SEQUENCE: Final = 2**31 - 1
_MAILTO = re.compile(r"^mailto\s*:\s*", re.IGNORECASE)
_IN_BRACKETS = re.compile(r"<\s*([^<>\s]{1,320}@[^<>\s]{1,320})\s*(?:>|$)")
COUNTER: Final = "COUNTER"

Zones: TypeAlias = dict[str, OwnZone]


@dataclass(frozen=True, slots=True)
class Attendee:
    """Who answers, by address in lower case, and what; `delegated_to` somebody else perhaps."""

    address: str
    partstat: str
    delegated_to: str = ""


@dataclass(frozen=True, slots=True)
class Answered:
    """What is said of one event. The times are those that a COUNTER proposes.

    A time without a zone is on the clocks of wherever the event is, a date is a whole day there.
    """

    uid: str
    sequence: int
    stamp: datetime | None
    attendees: tuple[Attendee, ...]
    recurrence_id: str | None
    comment: str
    starts_at: datetime | None = None
    ends_at: datetime | None = None
    #: In place of an end.
    lasts: timedelta | None = None
    is_whole_days: bool = False
    old_starts_at: datetime | None = None
    old_ends_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Reply:
    """A whole object: its method, in capitals, and what it says of each event."""

    method: str
    answered: tuple[Answered, ...]


def read(body: bytes, charset: str = "") -> Reply:
    """Return what a calendar part says, which says it is in `charset`. Nothing else is raised.

    :raises Unreadable: if it is no calendar object, or beyond all measure
    """
    found = reading.lines(body, charset)
    zones = own_zones.read(found.zones)
    with_times = found.method == COUNTER
    events = (list(reading.parsed(event, with_times=with_times)) for event in found.events)
    return Reply(found.method, tuple(_answered(event, zones) for event in events))


def _answered(event: Sequence[Line], zones: Zones) -> Answered:
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
        starts_at=_proposed(first.get("DTSTART"), zones),
        ends_at=_proposed(first.get("DTEND"), zones),
        lasts=times.duration(_value(first.get("DURATION"))),
        is_whole_days=times.day(_value(first.get("DTSTART"))) is not None,
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
    """Return the address in `mailto:a@b`, `MAILTO:<a@b>`, `mailto:Ana%20<a%40b>?subject=…`."""
    bare = clean_line(unquote(_MAILTO.sub("", _stripped(text))))
    bare = _MAILTO.sub("", _stripped(bare))
    within = _IN_BRACKETS.search(bare)
    address = within[1] if within else bare.partition("?")[0]
    return _MAILTO.sub("", _stripped(address)).lower()[:_LONGEST_ADDRESS]


def _stripped(text: str) -> str:
    return text.strip(" \t\"'<>")


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


def _proposed(line: Line | None, zones: Zones) -> datetime | None:
    """Return a time that is proposed: without a zone where it is of wherever the event is."""
    if line is None:
        return None
    tzid = line.parameters.get("TZID", "").strip().strip('"')
    found = times.moment(line.value, tzid)
    wall = times.wall(line.value)
    if found is not None or wall is None or "TZID" not in line.parameters:
        return found or wall
    own = zones.get(tzid.lower())
    if own is None:
        return None
    return times.moment(line.value, own.known_as) or own.at(wall)


def _value(line: Line | None) -> str:
    return line.value if line else ""
