"""The ways in which commitments say no."""

from coopoutreach.platform.core.errors import DomainError


class NotNow(DomainError):
    """A commitment stands where this cannot happen to it."""


class WordsAreFixed(DomainError):
    """What a commitment says stands in minutes that were approved."""


class BadCommitment(DomainError):
    """What was said of a commitment cannot be: a date, a reason or a side is wrong."""
