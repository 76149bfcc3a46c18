"""Series, meetings, their agendas and members, and polls for a date."""

from coopoutreach.meetings.models.meeting import (
    AgendaFile,
    AgendaItem,
    DigestLine,
    Meeting,
    Seat,
)
from coopoutreach.meetings.models.polls import (
    DatePoll,
    PollChoice,
    PollOption,
    PollVoter,
)
from coopoutreach.meetings.models.series import (
    MeetingSeries,
    SeriesMember,
    SeriesParty,
)

__all__ = [
    "AgendaFile",
    "AgendaItem",
    "DatePoll",
    "DigestLine",
    "Meeting",
    "MeetingSeries",
    "PollChoice",
    "PollOption",
    "PollVoter",
    "Seat",
    "SeriesMember",
    "SeriesParty",
]
