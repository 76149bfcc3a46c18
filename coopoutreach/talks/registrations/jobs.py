"""What the scheduler does with registrations."""

from datetime import datetime

from sqlalchemy.orm import Session

from coopoutreach.platform.core.batch import for_each
from coopoutreach.platform.core.db import Database
from coopoutreach.talks.registrations import commands, queries
from coopoutreach.talks.registrations.rules import Cause


def fill_free_seats(database: Database, now: datetime) -> int:
    """Move every line up where a seat is free.

    What frees a seat moves the line at once; this catches what a crash left undone.
    """

    def promote(session: Session, talk_id: int) -> None:
        commands.follow_seats(session, talk_id, cause=Cause.ROUND, actor="job:round", now=now)

    with database.reading() as session:
        lines = queries.talk_ids_with_a_line(session)
    return for_each(database, lines, promote)


def release_held_seats(database: Database, now: datetime) -> int:
    """Release the held seats whose moment has come, each talk's once, however late."""

    def release(session: Session, talk_id: int) -> None:
        commands.release_held_seats(session, talk_id, actor="job:release", now=now)

    with database.reading() as session:
        due = queries.talk_ids_to_release(session, now=now)
    return for_each(database, due, release)
