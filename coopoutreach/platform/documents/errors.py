"""Why a document could not be typeset, in sentences that a person may read."""

from coopoutreach.platform.core.errors import Busy, DomainError


class TooBig(DomainError):
    """What is to be typeset is more than a document may be."""

    status = 413

    def __init__(self) -> None:
        super().__init__(
            "El documento es demasiado largo para hacer su PDF. "
            "Acorte los textos, o separe las tablas muy grandes."
        )


class Failed(DomainError):
    """The document was not typeset: our own template, or what it needs, is at fault."""

    status = 500

    def __init__(self) -> None:
        super().__init__("No pudimos hacer el PDF. Ya quedó registrado; inténtelo más tarde.")


class TooMany(Busy):
    """As many documents as may be are being typeset already."""

    #: In seconds: what a document takes at most.
    retry_after = 30

    def __init__(self) -> None:
        super().__init__("Se están haciendo otros PDF. Inténtelo otra vez en un minuto.")
