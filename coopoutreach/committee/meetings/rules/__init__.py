"""What a series, a meeting and its agenda are, decided from values alone."""

from coopoutreach.committee.meetings.rules.kinds import (
    Capacity,
    HolidayRule,
    ItemKind,
    ItemState,
    LobbyNeed,
    MeetingType,
    Pattern,
    Scope,
    Suits,
)

__all__ = [
    "Capacity",
    "HolidayRule",
    "ItemKind",
    "ItemState",
    "LobbyNeed",
    "MeetingType",
    "Pattern",
    "Scope",
    "Suits",
]
