"""What a registration form hands to the commands: who, in whose name, by which form."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum, auto

from coopoutreach.people.directory.models import Organisation
from coopoutreach.talks.questions.rules import Given
from coopoutreach.talks.registrations.rules import Room


@dataclass(frozen=True, slots=True)
class Registrant:
    """One person of a form: name, address, and whether in the room or online."""

    name: str
    email: str
    room: Room
    phone: str | None = None
    #: What they answered and agreed to; None where the talk asks nothing.
    given: Given | None = None


@dataclass(frozen=True, slots=True)
class Request:
    """A form as it was sent in: its key, its people, and in whose name."""

    form_key: str
    people: Sequence[Registrant]
    organisation: Organisation | None = None
    organisation_name: str = ""
    by_user_id: int | None = None
    #: Its people get their seats together, or wait together.
    all_or_none: bool = False
    #: Whoever sends it may see all who are registered: the coordination.
    sees_all: bool = False


class Within(Enum):
    """How far putting somebody's name or address right reaches."""

    #: This registration alone: what a link opens.
    THIS = auto()
    #: All that their cooperative registered them for.
    COOPERATIVE = auto()
    #: All that they are registered for: the coordination's hand.
    EVERYTHING = auto()


@dataclass(frozen=True, slots=True)
class Contact:
    """How somebody is called, and where mail reaches them."""

    name: str
    email: str


@dataclass(frozen=True, slots=True)
class Destination:
    """Where somebody wants to go: a session of the same talk, how, and whether they would wait."""

    talk_id: int
    room: Room
    may_wait: bool = False
