"""What forms hand to the commands about series, their members, meetings and polls, typed."""

from collections.abc import Sequence
from dataclasses import dataclass, fields
from datetime import date, datetime, time

from coopoutreach.committee.meetings.rules import Capacity, HolidayRule, Pattern
from coopoutreach.events.rules import Modality


@dataclass(frozen=True, slots=True)
class PartyFields:
    """An institution that sits at the table, how many of it are a quorum, and its head."""

    organisation_id: int
    quorum: int = 0
    head_id: int | None = None


@dataclass(frozen=True, slots=True)
class SeriesFields:
    """A series as its form gives it; the names are those of the columns."""

    name: str
    pattern: Pattern
    starts_on: date
    wall_time: time
    zone: str
    modality: Modality
    parties: Sequence[PartyFields]
    purpose: str = ""
    weekday: int | None = None
    ordinal: int | None = None
    month_day: int | None = None
    interval: int = 1
    picked: Sequence[str] = ()
    skipped: Sequence[str] = ()
    holiday_rule: HolidayRule = HolidayRule.NEXT
    ends_on: date | None = None
    minutes: int = 90
    place: str = ""
    address: str = ""
    comuna: str | None = None
    link: str = ""
    reminder_days: Sequence[int] = (7, 1)
    review_days: int = 5
    silence_approves: bool = False
    escalation_days: int = 10


@dataclass(frozen=True, slots=True)
class MemberFields:
    """Somebody of the standing list, as the form gives them."""

    person_id: int
    organisation_id: int
    capacity: Capacity
    post: str = ""
    deputy_for_id: int | None = None
    approves: bool = False
    digest: bool = False


@dataclass(frozen=True, slots=True)
class MeetingFields:
    """When and where one meeting is; the names are those of the columns."""

    title: str
    wall_start: datetime
    wall_end: datetime
    modality: Modality
    fold: int = 0
    place: str = ""
    address: str = ""
    comuna: str | None = None
    link: str = ""

    @property
    def region(self) -> str | None:
        """Return the region that the comuna is in."""
        return self.comuna[:2] if self.comuna else None


@dataclass(frozen=True, slots=True)
class PollFields:
    """«¿Qué día les acomoda?»: the dates asked about, as wall times, and until when."""

    title: str
    options: Sequence[tuple[datetime, datetime]]
    closes_at: datetime


#: The columns of a series that its form sets, but for lists, which are kept as JSON.
SERIES_COLUMNS = tuple(
    item.name
    for item in fields(SeriesFields)
    if item.name not in {"parties", "picked", "skipped", "reminder_days"}
)
SERIES_LISTS = ("picked", "skipped", "reminder_days")
#: What of a meeting can be said of others of its series too.
SHARED_COLUMNS = ("modality", "place", "address", "comuna", "link")
