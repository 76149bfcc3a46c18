"""Read meetings."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from coopoutreach.meetings.models import Meeting


def meeting_by_public_id(session: Session, public_id: str) -> Meeting | None:
    """Return the meeting that an address names."""
    return session.scalar(select(Meeting).where(Meeting.public_id == public_id))
