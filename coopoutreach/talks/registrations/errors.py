"""The ways a registration is refused."""

from coopoutreach.platform.core.errors import DomainError


class RegistrationClosed(DomainError):
    """The talk takes no registrations now: not open yet, closed, cancelled or begun."""


class WrongState(DomainError):
    """A registration cannot go from where it stands to where it was sent."""


class NoSuchRoom(DomainError):
    """The talk has no places of that kind."""


class AlreadyRegistered(DomainError):
    """This person already has a place, or waits for one."""


class NotHandedOn(DomainError):
    """This place cannot go to another person, or not to that one."""


class NoSeatThere(DomainError):
    """They would have to give up their place to wait for another, and did not say that they do."""


class NameKeptElsewhere(DomainError):
    """This person is known by more than registrations: a link does not change their name."""
