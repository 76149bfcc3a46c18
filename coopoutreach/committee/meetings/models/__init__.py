"""Series, meetings, their agendas and members, and polls for a date."""

from coopoutreach.committee.meetings.models.meeting import (
    AgendaFile,
    AgendaItem,
    DigestLine,
    Meeting,
    Seat,
)
from coopoutreach.committee.meetings.models.polls import (
    DatePoll,
    PollChoice,
    PollOption,
    PollVoter,
)
from coopoutreach.committee.meetings.models.series import (
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
