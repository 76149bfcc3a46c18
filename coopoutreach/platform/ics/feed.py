"""Write a calendar to subscribe to: a fixed head and the kept VEVENTs, joined.

There is no METHOD, so a DTSTAMP means the last revision (RFC 5545, 3.8.7.2) and the bytes change
only when an event does. Which events, in which order, is the caller's to say.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from coopoutreach.platform.ics import text
from coopoutreach.platform.ics.envelope import CLOSING, OPENING
from coopoutreach.platform.ics.zones import SANTIAGO, vtimezone

#: How often a reader should come back: every four hours. Google and others do as they please.
_REFRESH = "PT4H"

_COLOR_NAME = re.compile("[a-z]+")


@dataclass(frozen=True)
class FeedHead:
    """What a calendar says of itself: its name, what it holds, where it is, its colour.

    `source` is the feed's own address, and is left empty when the address is a secret.
    `color` is a CSS3 colour by name (RFC 7986, 5.9).

    :raises ValueError: when the colour is not a name.
    """

    name: str
    description: str
    source: str = ""
    color: str = "darkgreen"

    def __post_init__(self) -> None:
        """Refuse a colour in numbers, which readers skip."""
        if not _COLOR_NAME.fullmatch(self.color):
            raise ValueError(f"{self.color!r} is not the name of a CSS3 colour.")


def feed(head: FeedHead, kept: Iterable[bytes]) -> bytes:
    """Return the calendar of the `kept` VEVENTs, in the order given."""
    # The zone is there although all times are in UTC: a calendar must have a component (3.6).
    return b"".join((OPENING, _head_lines(head), vtimezone(SANTIAGO), *kept, CLOSING))


def _head_lines(head: FeedHead) -> bytes:
    """Return the calendar's own properties (RFC 7986, 5), each with its older X- name."""
    name = text.escape_text(head.name)
    description = text.escape_text(head.description)
    lines = [f"NAME:{name}", f"X-WR-CALNAME:{name}"]
    if description:
        lines += [f"DESCRIPTION:{description}", f"X-WR-CALDESC:{description}"]
    lines += [
        f"X-WR-TIMEZONE:{SANTIAGO}",
        f"REFRESH-INTERVAL;VALUE=DURATION:{_REFRESH}",
        f"X-PUBLISHED-TTL:{_REFRESH}",
        f"COLOR:{head.color}",
    ]
    if head.source:
        lines.append(f"SOURCE;VALUE=URI:{text.uri(head.source)}")
    return b"".join(text.fold(line) for line in lines)
