"""The ways a consent is refused."""

from coopoutreach.platform.core.errors import DomainError


class OtherWords(DomainError):
    """The words that were agreed to are not those in force: never read, forged or out of date."""
