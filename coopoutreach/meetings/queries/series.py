"""Read series, and who sits at them."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from coopoutreach.meetings.models import MeetingSeries, SeriesParty


def series_by_public_id(session: Session, public_id: str) -> MeetingSeries | None:
    """Return the series that an address names."""
    return session.scalar(select(MeetingSeries).where(MeetingSeries.public_id == public_id))


def parties_of(session: Session, series_id: int) -> frozenset[int]:
    """Return the institutions that sit at a table."""
    found = session.scalars(
        select(SeriesParty.organisation_id).where(SeriesParty.series_id == series_id)
    )
    return frozenset(found)
