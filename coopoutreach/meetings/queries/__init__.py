"""Read series, meetings, their agendas and who sits at them."""

from coopoutreach.meetings.queries.meetings import meeting_by_public_id
from coopoutreach.meetings.queries.series import parties_of, series_by_public_id

__all__ = [
    "meeting_by_public_id",
    "parties_of",
    "series_by_public_id",
]
