"""The ways events say no."""

from coopoutreach.platform.core.errors import DomainError


class WrongState(DomainError):
    """An event cannot go from where it stands to where it was sent."""


class NoSuchTime(DomainError):
    """The clock jumps over that wall time."""


class TimeTwice(DomainError):
    """The clock shows that wall time twice, and nobody said which is meant."""


class OutOfRange(DomainError):
    """The date is too far away, or the end is not after the start."""


class TooLate(DomainError):
    """What was done cannot be undone any more: its time is over, or people know of it."""


class NothingPending(DomainError):
    """There is nothing that waits to be told."""
