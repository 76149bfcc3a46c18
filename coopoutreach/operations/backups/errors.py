"""Why a backup or a restore is refused."""

from coopoutreach.platform.core.errors import DomainError


class Damaged(DomainError):
    """The file is no backup, or not whole."""


class WrongPlace(DomainError):
    """The backup cannot be restored here: something is in its way, or another engine."""
