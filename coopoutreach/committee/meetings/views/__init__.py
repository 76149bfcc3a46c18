"""Pages of the table's meetings: series, agendas, members, answers and polls."""

from coopoutreach.committee.meetings.views import (  # noqa: F401 (each adds its views)
    agenda,
    attendance,
    convening,
    documents,
    editing,
    index,
    invitation,
    lobby,
    meeting,
    members,
    poll_link,
    polls,
    series,
)
from coopoutreach.committee.meetings.views.blueprint import bp

__all__ = ["bp"]
