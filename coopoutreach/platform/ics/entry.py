"""What a calendar entry is made of, before it is bytes."""

import re
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

#: A name that every reader keeps as it is, and no longer than a column (RFC 7986, 5.3).
UID = re.compile(r"[A-Za-z0-9._@-]{1,255}")

#: SEQUENCE is an INTEGER of 32 bits, and starts at 0 (RFC 5545, 3.3.8 and 3.8.7.4).
SEQUENCES = range(2**31)


class Status(StrEnum):
    """Whether the event takes place (RFC 5545, 3.8.1.11)."""

    CONFIRMED = "CONFIRMED"
    CANCELLED = "CANCELLED"
    TENTATIVE = "TENTATIVE"


class Method(StrEnum):
    """What a message asks its reader's calendar to do (RFC 5546, 3.2).

    There is no PUBLISH and no ADD: Outlook shows either as raw lines in the body of the message.
    """

    REQUEST = "REQUEST"
    CANCEL = "CANCEL"


class Answer(StrEnum):
    """What a person invited has answered (RFC 5545, 3.2.12)."""

    NEEDS_ACTION = "NEEDS-ACTION"
    ACCEPTED = "ACCEPTED"
    TENTATIVE = "TENTATIVE"
    DECLINED = "DECLINED"


@dataclass(frozen=True, slots=True)
class Entry:
    """An event as calendars see it. All moments are aware; they travel in UTC.

    `uid` never changes; `sequence` rises when the time, the place or the status does;
    `revised_at` is the moment of the last change of any kind.

    :raises ValueError: when it could not be written so that every reader understands it.
    """

    uid: str
    sequence: int
    starts_at: datetime
    ends_at: datetime
    summary: str
    description: str
    location: str
    url: str
    status: Status
    created_at: datetime
    revised_at: datetime
    categories: tuple[str, ...] = ()
    conference_url: str = ""

    def __post_init__(self) -> None:
        """Refuse what some reader would take for another event or another time."""
        if not UID.fullmatch(self.uid):
            raise ValueError(f"{self.uid!r} is no UID: letters, digits and ._@- only, at most 255.")
        if self.sequence not in SEQUENCES:
            raise ValueError(f"{self.sequence} is no SEQUENCE: it counts from 0.")
        for at in (self.starts_at, self.ends_at, self.created_at, self.revised_at):
            if at.tzinfo is None:
                raise ValueError(f"{at} has no zone.")
        if self.ends_at <= self.starts_at:
            raise ValueError("An entry ends after it starts.")


@dataclass(frozen=True, slots=True)
class Party:
    """A person or office in an invitation: the organiser or somebody invited."""

    name: str
    address: str
