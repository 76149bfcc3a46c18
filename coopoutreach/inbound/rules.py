"""What becomes of a message that came in, decided from values alone."""

from enum import StrEnum


class Action(StrEnum):
    """What a message led to."""

    ACCEPT = "accept"
    COUNTER = "counter"
    BOUNCE = "bounce"
    IGNORE = "ignore"


class Reason(StrEnum):
    """Why; the names are part of the interface that stays fixed."""

    APPLIED = "applied"
    DUPLICATE = "duplicate"
    STALE_SEQUENCE = "stale-sequence"
    STALE_DTSTAMP = "stale-dtstamp"
    UNKNOWN_UID = "unknown-uid"
    NOT_INVITED = "not-invited"
    UNAUTHENTICATED = "unauthenticated"
    METHOD_MISMATCH = "method-mismatch"
    NO_CALENDAR = "no-calendar"
    AUTO_REPLY = "auto-reply"
    BOUNCE = "bounce"
    UNDELIVERABLE = "undeliverable"
    COUNTER = "counter"
    CLOSED = "closed"
    UNREADABLE = "unreadable"
