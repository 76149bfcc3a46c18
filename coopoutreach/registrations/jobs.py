"""What the scheduler does with registrations."""

from datetime import datetime

from sqlalchemy.orm import Session

from coopoutreach.core.batch import for_each
from coopoutreach.core.db import Database
from coopoutreach.registrations import commands, queries


def fill_free_seats(database: Database, now: datetime) -> int:
    """Move every line up where a seat is free.

    What frees a seat moves the line at once; this catches what a crash left undone.
    """

    def promote(session: Session, talk_id: int) -> None:
        commands.follow_capacity(session, talk_id, now=now)

    with database.reading() as session:
        lines = queries.talk_ids_with_a_line(session)
    return for_each(database, lines, promote)
