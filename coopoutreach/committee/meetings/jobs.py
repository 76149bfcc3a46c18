"""What the scheduler does about series, meetings and polls."""

from datetime import datetime

from sqlalchemy.orm import Session

from coopoutreach.committee.meetings import commands, queries, slots
from coopoutreach.committee.meetings.models import MeetingSeries
from coopoutreach.platform.core import calendar, spanish
from coopoutreach.platform.core.batch import for_each
from coopoutreach.platform.core.db import Database
from coopoutreach.platform.files import taking


def fill_horizons(database: Database, now: datetime) -> int:
    """Make the drafts of every series that goes on, for the months ahead."""
    made = 0

    def fill(session: Session, series_id: int) -> None:
        nonlocal made
        series = session.get_one(MeetingSeries, series_id)
        until = slots.horizon_of(series, now=now)
        made += len(commands.fill_horizon(session, series, until=until, now=now))

    with database.reading() as session:
        going_on = queries.series_ids_that_go_on(session)
    for_each(database, going_on, fill)
    return made


def tell_agenda_news(database: Database, now: datetime) -> int:
    """Tell people how agendas changed that have stood still for a while."""
    told = 0

    def tell(session: Session, meeting_id: int) -> None:
        nonlocal told
        told += commands.tell_agenda_news(session, meeting_id, now=now)

    with database.reading() as session:
        due = queries.meetings_with_agenda_news(session, now=now)
    for_each(database, due, tell)
    return told


def send_digests(database: Database, now: datetime) -> int:
    """Send the one mail a day to who prefers it, on working mornings; return how many."""
    day = spanish.wall(now).date()
    if not calendar.is_working_day(day):
        return 0
    sent = 0

    def send(session: Session, person_id: int) -> None:
        nonlocal sent
        sent += bool(commands.send_digest(session, person_id, day=day, now=now))

    with database.reading() as session:
        people = queries.people_with_lines(session)
    for_each(database, people, send)
    return sent


def erase_documents_of_no_agenda(database: Database, now: datetime) -> int:
    """Erase bytes that belong to no document of an agenda: a crash left them."""
    return taking.erase_nobodys(database, queries.names_in_use, prefix=commands.PREFIX, now=now)
