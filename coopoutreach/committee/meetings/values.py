"""What is said of an item, of somebody at a meeting, and of how it went: handed to commands."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from coopoutreach.committee.meetings.rules import Capacity, ItemKind, LobbyNeed
from coopoutreach.events.rules import Answer


@dataclass(frozen=True, slots=True)
class ItemFields:
    """What is written of an item."""

    title: str
    detail: str = ""
    kind: ItemKind = ItemKind.INFORMATIVE
    minutes: int = 10
    presenter_id: int | None = None
    reserved_for_id: int | None = None


@dataclass(frozen=True, slots=True)
class Place:
    """Who somebody sits for at a meeting, and how."""

    organisation_id: int | None
    post: str = ""
    capacity: Capacity = Capacity.GUEST


@dataclass(frozen=True, slots=True)
class Reply:
    """What somebody says: whether they come, why not, and who comes in their place."""

    answer: Answer
    excuse: str = ""
    #: «Subrogante»: a name that they wrote. Nobody is invited by it.
    stand_in: str = ""


class Presence(StrEnum):
    """What is ticked of somebody."""

    UNKNOWN = "unknown"
    ATTENDED = "attended"
    ABSENT = "absent"
    EXCUSED = "excused"


@dataclass(frozen=True, slots=True)
class Held:
    """How a meeting went: who led it and kept its minutes, and its wall times."""

    chair_id: int | None
    secretary_id: int | None
    began_at: datetime | None
    finished_at: datetime | None


@dataclass(frozen=True, slots=True)
class Lobby:
    """What is known of a meeting under the Ley del Lobby (Ley N° 20.730)."""

    need: LobbyNeed
    folio: str = ""
    #: Of its entry in the public register: https.
    link: str = ""
