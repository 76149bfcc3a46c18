"""Watch the clocks of the law, purge what was kept long enough, and clean up after erasures."""

from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from coopoutreach.platform.core import settings, spanish
from coopoutreach.platform.core.batch import for_each
from coopoutreach.platform.core.db import Database
from coopoutreach.privacy import commands, ledger, queries, rules, scrubbing
from coopoutreach.privacy.models import DataCase

#: Erasures this far back are cleaned up after again: somebody may have been in the way.
_LATELY = timedelta(hours=36)


def alert_of_deadlines(database: Database, now: datetime) -> int:
    """Tell the coordination of requests that are ten days from their deadline, and three."""
    soon = spanish.wall(now).date() + timedelta(days=rules.ALERTS[-1][0])
    with database.reading() as session:
        found = [case.id for case in queries.cases_due_by(session, soon)]
    told = []

    def alert(session: Session, case_id: int) -> None:
        told.append(commands.alert(session, session.get_one(DataCase, case_id), now=now))

    for_each(database, found, alert)
    return sum(told)


def purge_old_data(database: Database, now: datetime) -> int:
    """Erase what has been kept for as long as the data map says, and keep how much it was."""
    with database.transaction() as session:
        return sum(commands.purge(session, now=now).values())


def forget_last_answers(database: Database, now: datetime) -> int:
    """Erase the answers that told people of their erasure, once they went out."""
    with database.transaction() as session:
        count = commands.forget_last_answers(session, now=now)
    if count:
        scrubbing.scrub(database)
    return count


def keep_ledger(database: Database, now: datetime) -> int:  # noqa: ARG001 (every job is told the time)
    """Keep who was erased outside the database as well, where no restore reaches it."""
    with database.reading() as session:
        erased = queries.ledger(session)
    return ledger.keep(settings.current().instance, erased)


def clean_up_after_erasures(database: Database, now: datetime) -> int:
    """Take what was erased lately out of the database's file as well."""
    with database.reading() as session:
        if not queries.erased_after(session, now - _LATELY):
            return 0
    return int(scrubbing.scrub(database, whole=True))
