"""The ways in which minutes say no."""

from collections.abc import Mapping

from coopoutreach.platform.core.errors import DomainError


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


class CannotBeSet(DomainError):
    """Their PDF cannot be made, so nobody may be asked to approve them."""

    def __init__(self, parts: Mapping[int, str], *, is_too_long: bool) -> None:
        #: The number and title of each part that is in the way; none: it is the whole.
        self.parts = dict(parts)
        named = " y ".join(f"{number}, «{title}»" for number, title in self.parts.items())
        where = f"del punto {named}" if len(self.parts) == 1 else f"de los puntos {named}"
        if not self.parts:
            where = "de esta acta"
        advice = "Acorte su texto." if is_too_long else "Escriba ese texto de otra manera."
        super().__init__(f"No se puede hacer el PDF {where}. {advice}", field="text")


class NotTypeset(DomainError):
    """Nobody has seen to it that this very text can be typeset."""

    def __init__(self) -> None:
        super().__init__(
            "Antes de aprobar el acta hay que comprobar que su PDF se puede hacer. "
            "Abra de nuevo la página del acta e inténtelo otra vez."
        )


class Unfit(DomainError):
    """What was typed cannot be kept as it is."""
