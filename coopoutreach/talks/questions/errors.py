"""The ways a question is refused."""

from coopoutreach.platform.core.errors import DomainError


class QuestionRefused(DomainError):
    """A question cannot be as it was written, or where it was put."""


class NotAgreed(DomainError):
    """Something about a need was told without the consent that it takes to keep it."""


class NotAsked(DomainError):
    """The talk takes no more answers: it began, or the person gave up their place."""
