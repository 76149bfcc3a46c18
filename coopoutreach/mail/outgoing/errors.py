"""The ways messaging says no."""

from coopoutreach.platform.core.errors import DomainError


class WrongState(DomainError):
    """The message stands where this cannot be done to it."""
