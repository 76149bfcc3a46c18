"""A meeting before it is anywhere: a draft with an identity of its own."""

import secrets
from datetime import datetime
from email.utils import parseaddr

from coopoutreach.committee.meetings.models import Meeting, MeetingSeries
from coopoutreach.committee.meetings.rules import MeetingType
from coopoutreach.events.rules import EventState
from coopoutreach.platform.core import settings
from coopoutreach.platform.core.links import new_public_id


def new_draft(series: MeetingSeries, *, type: MeetingType, now: datetime) -> Meeting:  # noqa: A002 (the column's name)
    """Return a draft of a meeting with an identity of its own, not yet in the session."""
    domain = parseaddr(settings.current().mail_from)[1].rpartition("@")[2]
    public_id = new_public_id()
    return Meeting(
        uid=f"{secrets.token_hex(16)}@{domain}",
        public_id=public_id,
        path=f"/reuniones/{public_id}",
        series_id=series.id,
        zone=series.zone,
        type=type,
        fold=0,
        sequence=0,
        state=EventState.DRAFT,
        # Written into its calendar bytes before the database would give them.
        cancellation_reason="",
        description="",
        created_at=now,
        revised_at=now,
    )
