"""How the care for personal data says no."""

from coopoutreach.platform.core.errors import DomainError


class CaseClosed(DomainError):
    """The case was answered, or is not confirmed yet."""

    def __init__(self) -> None:
        super().__init__("Esta solicitud ya se respondió o todavía no se confirma.")


class ExtendedBefore(DomainError):
    """The law lets it be put off once."""

    def __init__(self) -> None:
        super().__init__("El plazo ya se amplió una vez: la ley no permite otra.")


class TooLate(DomainError):
    """The deadline has passed: it cannot be moved any more."""

    def __init__(self) -> None:
        super().__init__("El plazo ya venció. Responda hoy.")


class NotExtendable(DomainError):
    """A request to block has two working days, and no more."""

    def __init__(self) -> None:
        super().__init__("Un bloqueo se responde en 2 días hábiles: no se puede ampliar.")


class WordsMissing(DomainError):
    """An answer or an extension has to say why."""

    def __init__(self, sentence: str, field: str) -> None:
        super().__init__(sentence, field=field)


class CannotErase(DomainError):
    """Something stands against erasing somebody now; each reason is a sentence."""

    def __init__(self, reasons: list[str]) -> None:
        super().__init__(" ".join(reasons))
        self.reasons = reasons
