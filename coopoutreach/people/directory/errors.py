"""The ways the directory says no."""

from coopoutreach.platform.core.errors import DomainError


class RutTaken(DomainError):
    """Another cooperative has that RUT."""

    def __init__(self) -> None:
        super().__init__("Ya existe una cooperativa con ese RUT.", field="rut")


class NameTaken(DomainError):
    """There is an institution of that name, or a unit beside this one."""

    def __init__(self) -> None:
        super().__init__("Ya existe una con ese nombre.", field="name")


class PersonTaken(DomainError):
    """Another person has that name and address."""

    def __init__(self) -> None:
        super().__init__("Ya existe otra persona con ese nombre y ese correo.", field="email")


class GroundsMissing(DomainError):
    """A level was set without saying why."""

    def __init__(self) -> None:
        super().__init__("Escriba por qué cambia el nivel.", field="grounds")


class NotACooperative(DomainError):
    """What was asked is for cooperatives only."""


class NotAnInstitution(DomainError):
    """Only an institution has units; a unit has none of its own."""


class PostTaken(DomainError):
    """The person holds that post there already."""

    def __init__(self) -> None:
        super().__init__("Esta persona ya tiene ese cargo aquí.", field="post")


class PostEnded(DomainError):
    """The post is over."""

    def __init__(self) -> None:
        super().__init__("Este cargo ya terminó.")


class EndsTooSoon(DomainError):
    """A post would end before it began, or on a day that has not come."""


class DeputyRefused(DomainError):
    """Somebody cannot stand in for that person, or not then."""


class AccessRefused(DomainError):
    """The post cannot have that access, or its person's address cannot be its account."""


class VouchRefused(DomainError):
    """Somebody cannot speak for that institution, or nobody there can say so."""


class AddressGuarded(DomainError):
    """The address of somebody who speaks for an institution: what is asked of it goes there."""

    def __init__(self) -> None:
        super().__init__(
            "Esta persona habla por su institución, y a ese correo se le pide su palabra. Para "
            "cambiarlo, la administración quita antes esa confirmación.",
            field="email",
        )
