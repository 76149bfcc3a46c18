"""How materials say no."""

from coopoutreach.platform.core.errors import DomainError


class TalkIsFull(DomainError):
    """A talk has as many materials, or as heavy ones, as it may."""

    def __init__(self, sentence: str, *, field: str) -> None:
        super().__init__(sentence, field=field)
