"""Write something that falls on a day as a VEVENT (RFC 5545, 3.6.1) that takes up no time.

It is written without the library: it has no zone, no clock and no parameter that needs one, and a
feed may hold hundreds that are written as it is read.
"""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from coopoutreach.platform.ics import text
from coopoutreach.platform.ics.entry import SEQUENCES, UID

_DAY = "%Y%m%d"


@dataclass(frozen=True, slots=True)
class Day:
    """Something due on a day, as calendars see it: a date and no time, the same in every zone.

    `uid` never changes; `sequence` rises when the day does; `revised_at` is the moment of the last
    change of any kind.

    :raises ValueError: when it could not be written so that every reader understands it.
    """

    uid: str
    sequence: int
    on: date
    summary: str
    description: str
    url: str
    created_at: datetime
    revised_at: datetime

    def __post_init__(self) -> None:
        """Refuse what some reader would take for another event."""
        if not UID.fullmatch(self.uid):
            raise ValueError(f"{self.uid!r} is no UID: letters, digits and ._@- only, at most 255.")
        if self.sequence not in SEQUENCES:
            raise ValueError(f"{self.sequence} is no SEQUENCE: it counts from 0.")
        if not text.clean(self.summary):
            raise ValueError("What falls on a day has a title.")


def vevent(day: Day) -> bytes:
    """Return the day as a VEVENT: the same bytes for the same day."""
    revised = text.moment(day.revised_at)
    lines = [
        "BEGIN:VEVENT",
        f"UID:{day.uid}",
        f"SEQUENCE:{day.sequence}",
        f"DTSTAMP:{revised}",
        f"CREATED:{text.moment(day.created_at)}",
        f"LAST-MODIFIED:{revised}",
        f"DTSTART;VALUE=DATE:{day.on:{_DAY}}",
        # The day on which it is over (3.6.1): the end is not part of it.
        f"DTEND;VALUE=DATE:{day.on + timedelta(days=1):{_DAY}}",
        f"SUMMARY:{text.escape_text(day.summary)}",
    ]
    # What is empty has no line, which libical would refuse.
    if description := text.escape_text(day.description):
        lines.append(f"DESCRIPTION:{description}")
    if url := text.uri(day.url):
        lines.append(f"URL:{url}")
    lines += [
        "STATUS:CONFIRMED",
        "TRANSP:TRANSPARENT",
        "CLASS:PUBLIC",
        "X-MICROSOFT-CDO-ALLDAYEVENT:TRUE",
        "X-MICROSOFT-CDO-BUSYSTATUS:FREE",
        "END:VEVENT",
    ]
    return b"".join(text.fold(line) for line in lines)
