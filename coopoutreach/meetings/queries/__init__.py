"""Read series, meetings, their agendas and who sits at them."""

from coopoutreach.meetings.queries.meetings import (
    meeting_by_public_id,
    meetings_ahead,
    meetings_of,
    meetings_past,
    series_follows,
)
from coopoutreach.meetings.queries.polls import (
    lock_poll,
    poll_by_public_id,
    polls_of,
    voter_by_token,
)
from coopoutreach.meetings.queries.series import (
    filled_slots,
    lock_series,
    member_by_public_id,
    members_of,
    parties_of,
    series_by_public_id,
    series_ids_that_go_on,
    series_of,
)

__all__ = [
    "filled_slots",
    "lock_poll",
    "lock_series",
    "meeting_by_public_id",
    "meetings_ahead",
    "meetings_of",
    "meetings_past",
    "member_by_public_id",
    "members_of",
    "parties_of",
    "poll_by_public_id",
    "polls_of",
    "series_by_public_id",
    "series_follows",
    "series_ids_that_go_on",
    "series_of",
    "voter_by_token",
]
