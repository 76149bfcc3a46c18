"""The kinds, states and capacities that a series, a meeting and its agenda have."""

from enum import StrEnum


class Pattern(StrEnum):
    """How the dates of a series follow each other."""

    #: The second Tuesday of every month.
    WEEKDAY_OF_MONTH = "weekday-of-month"
    #: The 15th of every month.
    DAY_OF_MONTH = "day-of-month"
    #: Every second Thursday.
    EVERY_WEEKS = "every-weeks"
    #: Dates that somebody picked.
    PICKED = "picked"


class HolidayRule(StrEnum):
    """Where a date goes that falls on a holiday or a weekend."""

    KEEP = "keep"
    NEXT = "next"
    PREVIOUS = "previous"


class MeetingType(StrEnum):
    """Whether a meeting is one of the series, or was called beside it."""

    ORDINARY = "ordinaria"
    EXTRAORDINARY = "extraordinaria"


class Capacity(StrEnum):
    """In which capacity somebody sits at the table (`DOMAIN.md` 3.2)."""

    PRINCIPAL = "titular"
    ALTERNATE = "suplente"
    ACTING = "subrogante"
    GUEST = "invitada"


class ItemKind(StrEnum):
    """What an item of the agenda asks of the meeting."""

    INFORMATIVE = "informativo"
    TO_DECIDE = "decidir"
    FOLLOW_UP = "seguimiento"


class ItemState(StrEnum):
    """Whether an item is in the agenda."""

    #: By a participant; the coordination has not looked at it yet.
    PROPOSED = "proposed"
    ACCEPTED = "accepted"
    REFUSED = "refused"
    #: Into the agenda of another meeting, where a copy of it stands.
    MOVED = "moved"


class LobbyNeed(StrEnum):
    """Whether a meeting must be registered under the Ley del Lobby (Ley N° 20.730)."""

    UNKNOWN = "unknown"
    NO = "no"
    YES = "yes"


class Suits(StrEnum):
    """What somebody says of a date of a poll."""

    YES = "yes"
    IF_NEEDED = "if-needed"
    NO = "no"


class Scope(StrEnum):
    """How many meetings of a series a change is for."""

    THIS = "this"
    #: This one and those after it.
    LATER = "later"
    #: All that are still ahead.
    ALL = "all"
