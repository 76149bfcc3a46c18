"""How the mailroom says no."""

from coopoutreach.platform.core.errors import DomainError


class CannotAnswer(DomainError):
    """There is no address that an answer could go to."""
