"""What people are told about meetings and polls, and who."""

from coopoutreach.committee.meetings.notices.meeting import (
    agenda,
    agenda_lines,
    answered,
    context_of_convocation,
    convened,
    proposal_settled,
    uninvited,
)
from coopoutreach.committee.meetings.notices.telling import add_line, digest, tell

__all__ = [
    "add_line",
    "agenda",
    "agenda_lines",
    "answered",
    "context_of_convocation",
    "convened",
    "digest",
    "proposal_settled",
    "tell",
    "uninvited",
]
