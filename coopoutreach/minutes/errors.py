"""The ways in which minutes say no."""

from coopoutreach.core.errors import DomainError


class Locked(DomainError):
    """Minutes that were approved never change."""

    def __init__(self) -> None:
        super().__init__(
            "El acta está aprobada y no se puede cambiar. "
            "Si hay un error, inicie una rectificación."
        )


class NotNow(DomainError):
    """Minutes stand where this cannot happen to them."""


class NotYours(DomainError):
    """Whoever acts may not do so for the institution."""


class TextChanged(DomainError):
    """What somebody meant is not what stands there any more."""

    def __init__(self) -> None:
        super().__init__("El texto del acta cambió. Léalo de nuevo antes de continuar.")


class Unfit(DomainError):
    """What was typed cannot be kept as it is."""
