"""How accounts say no."""

from coopoutreach.platform.core.errors import DomainError


class WrongCredentials(DomainError):
    """Address unknown, password wrong or account closed: nobody is told which."""

    status = 422

    def __init__(self) -> None:
        super().__init__("El correo o la clave no coinciden.", field="password")


class WrongPassword(DomainError):
    """Somebody who is signed in did not know their password."""

    status = 422

    def __init__(self) -> None:
        super().__init__("Esta no es su clave actual.", field="current")


class UnsuitablePassword(DomainError):
    """The new password is too short, too long or among the first that anybody would try."""

    status = 422

    def __init__(self, sentence: str) -> None:
        super().__init__(sentence, field="password")


class LinkSpent(DomainError):
    """The link was used, is too old, or never was one: nobody is told which."""

    status = 410

    def __init__(self) -> None:
        super().__init__("Este enlace ya no sirve. Pida uno nuevo.")


class OtherBrowser(DomainError):
    """The link was opened in a browser that did not ask for it, without saying whose it is."""

    status = 422

    def __init__(self) -> None:
        super().__init__("Escriba el correo al que le enviamos este enlace.", field="email")


class EmailTaken(DomainError):
    """There is an account with that address already."""

    def __init__(self) -> None:
        super().__init__("Ya hay una cuenta con ese correo.", field="email")


class LastAdministrator(DomainError):
    """Without this person nobody could manage accounts."""

    def __init__(self) -> None:
        super().__init__("Debe quedar al menos una persona de administración con cuenta activa.")
