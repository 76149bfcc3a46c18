"""The errors a person may be shown."""


class DomainError(Exception):
    """A rule said no. The message is a sentence in Spanish, fit to show to a person.

    `field` names the form field that the sentence belongs beside, where there is one.
    """

    #: The HTTP status that a page answers with.
    status = 409

    def __init__(self, sentence: str, *, field: str | None = None) -> None:
        super().__init__(sentence)
        self.field = field


class NotFound(DomainError):
    """There is no such thing, or not for whoever asks: the two look the same."""

    status = 404

    def __init__(self, sentence: str = "No encontramos lo que busca.") -> None:
        super().__init__(sentence)


class Busy(DomainError):
    """The database could not be had in time; trying again later is right."""

    status = 503
