"""What the scheduler does about series, meetings and polls."""

from datetime import datetime

from sqlalchemy.orm import Session

from coopoutreach.core.batch import for_each
from coopoutreach.core.db import Database
from coopoutreach.meetings import commands, queries
from coopoutreach.meetings.models import MeetingSeries


def fill_horizons(database: Database, now: datetime) -> int:
    """Make the drafts of every series that goes on, for the months ahead."""
    made = 0

    def fill(session: Session, series_id: int) -> None:
        nonlocal made
        series = session.get_one(MeetingSeries, series_id)
        until = commands.horizon_of(series, now=now)
        made += len(commands.fill_horizon(session, series, until=until, now=now))

    with database.reading() as session:
        going_on = queries.series_ids_that_go_on(session)
    for_each(database, going_on, fill)
    return made
