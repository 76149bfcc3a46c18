"""Tidy up after workers that are gone, and look whether the database is whole."""

from datetime import datetime

from coopoutreach.platform.core.db import Database
from coopoutreach.platform.scheduler import commands
from coopoutreach.platform.scheduler.integrity import Damaged, damage


def forget_old_runs(database: Database, now: datetime) -> int:
    """Forget workers and days of more than two weeks ago."""
    with database.transaction() as session:
        commands.forget_old(session, now=now)
    return 0


def check_database(database: Database, now: datetime) -> int:  # noqa: ARG001 (every job is told the time)
    """Look whether the database is whole: a page that went bad is found within a day.

    :raises Damaged: if it is not; the board and the log say so
    """
    state = damage(database)
    if state:
        raise Damaged(f"La base de datos está dañada ({state}). Restaure el último respaldo.")
    return 0
