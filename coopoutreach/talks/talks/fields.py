"""What the talk editor's form hands to the commands: a talk and its speakers, typed."""

from collections.abc import Sequence
from dataclasses import dataclass, field, fields
from datetime import datetime

from coopoutreach.events.rules import Modality
from coopoutreach.talks.talks.models import OutreachPlan
from coopoutreach.talks.talks.rules import Format


@dataclass(frozen=True, slots=True)
class SpeakerFields:
    """One speaker, as the form gives them."""

    name: str
    post: str = ""
    organisation: str = ""


@dataclass(frozen=True, slots=True)
class TalkFields:
    """A talk as the editor's form gives it; the names are those of the columns."""

    title: str
    description: str
    format: Format
    wall_start: datetime
    wall_end: datetime
    zone: str
    modality: Modality
    fold: int = 0
    place: str = ""
    address: str = ""
    comuna: str | None = None
    region: str | None = None
    link: str = ""
    capacity_room: int = 0
    capacity_online: int = 0
    registration_opens_at: datetime | None = None
    registration_closes_at: datetime | None = None
    prioritised_levels: list[str] = field(default_factory=list)
    held_room: int = 0
    held_online: int = 0
    held_until: datetime | None = None
    limit_per_cooperative: int | None = None
    photos: bool = False
    plan: OutreachPlan | None = None
    speakers: Sequence[SpeakerFields] = ()
    topics: Sequence[str] = ()
    #: Reminders, as days before.
    reminder_days: frozenset[int] = frozenset()


#: What of a talk is not a column of it.
_LISTS = frozenset({"speakers", "topics", "reminder_days"})
#: The columns of a talk that its form sets, in one list for writing and for comparing.
COLUMNS = tuple(item.name for item in fields(TalkFields) if item.name not in _LISTS)
#: Those that decide who may have the seats.
SEAT_RULES = (
    "prioritised_levels",
    "held_room",
    "held_online",
    "held_until",
    "limit_per_cooperative",
)
