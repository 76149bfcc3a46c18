"""How limits say no."""

from coopoutreach.platform.core.errors import DomainError


class TooOften(DomainError):
    """Somebody tried something more often than they may; `retry_after` is in seconds."""

    status = 429

    def __init__(self, retry_after: int) -> None:
        minutes = -(-retry_after // 60)
        wait = "un minuto" if minutes <= 1 else f"{minutes} minutos"
        super().__init__(f"Hubo demasiados intentos seguidos. Inténtelo otra vez en {wait}.")
        self.retry_after = retry_after
