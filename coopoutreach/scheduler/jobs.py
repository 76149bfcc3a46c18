"""Tidy up after workers that are gone."""

from datetime import datetime

from coopoutreach.core.db import Database
from coopoutreach.scheduler import commands


def forget_old_runs(database: Database, now: datetime) -> int:
    """Forget workers and days of more than two weeks ago."""
    with database.transaction() as session:
        commands.forget_old(session, now=now)
    return 0
