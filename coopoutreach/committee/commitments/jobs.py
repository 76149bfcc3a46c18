"""Remind people of what they owe, in working hours; erase files that belong to nothing."""

from datetime import datetime

from sqlalchemy.orm import Session

from coopoutreach.committee.commitments import commands, queries
from coopoutreach.committee.commitments.files import PREFIX
from coopoutreach.committee.commitments.models import Commitment
from coopoutreach.committee.commitments.rules import is_open
from coopoutreach.platform.core import spanish
from coopoutreach.platform.core.batch import for_each
from coopoutreach.platform.core.calendar import is_working_day
from coopoutreach.platform.core.db import Database
from coopoutreach.platform.files import taking


def remind(database: Database, now: datetime) -> int:
    """Tell people of new commitments, and remind them of those whose day has come.

    Asked every hour; each reminder is owed once, whichever worker gets there first.
    """
    here = spanish.wall(now)
    if not is_open(here.time(), here.date(), is_working_day):
        return 0
    with database.reading() as session:
        found = queries.owing_ids(session)
    told = []

    def tell(session: Session, commitment_id: int) -> None:
        commitment = session.get_one(Commitment, commitment_id)
        told.append(commands.tell_made(session, commitment, now=now))
        told.append(commands.remind(session, commitment, now=now))

    for_each(database, found, tell)
    return sum(told)


def erase_what_is_nobodys(database: Database, now: datetime) -> int:
    """Erase bytes that belong to no commitment: a crash left them."""
    return taking.erase_nobodys(database, queries.stored_names, prefix=PREFIX, now=now)
