"""How private calendars say no."""

from coopoutreach.platform.core.errors import DomainError


class TooManyAddresses(DomainError):
    """Somebody has as many private addresses as anybody may."""

    def __init__(self, most: int) -> None:
        super().__init__(
            f"Puede tener hasta {most} calendarios privados. Elimine uno que ya no use.",
            field="regions",
        )
