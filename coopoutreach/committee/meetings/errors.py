"""The ways in which series, meetings, agendas and polls say no."""

from coopoutreach.platform.core.errors import DomainError


class NoParties(DomainError):
    """A table is between institutions: it needs two of them, each once."""


class PartyHasMembers(DomainError):
    """An institution cannot leave the table while people sit there for it."""


class SeriesEnded(DomainError):
    """A series that ended meets no more."""


class DayMovesAlone(DomainError):
    """Another day is for one meeting; that of the others is in the pattern of the series."""


class NotOfTheTable(DomainError):
    """Somebody, or their institution, does not sit at the table."""


class AlreadyMember(DomainError):
    """Somebody is in the standing list already."""


class PollClosed(DomainError):
    """A poll takes no more answers."""


class NoOptions(DomainError):
    """A poll asks about two dates or more, each once."""


class AgendaClosed(DomainError):
    """The meeting took place, or was called off: its agenda is what it was."""


class AgendaFull(DomainError):
    """An agenda has as many items, or documents, as it may."""


class AnswersClosed(DomainError):
    """The meeting began, or was called off: nobody is waiting for an answer."""


class AlreadyInvited(DomainError):
    """They have a seat at the meeting."""


class NotConvened(DomainError):
    """Nobody was called to the meeting yet."""


class MeetingIsPast(DomainError):
    """A meeting is convened before it begins."""


class GivesNoWord(DomainError):
    """Somebody would approve for an institution that has not said that they speak for it."""
