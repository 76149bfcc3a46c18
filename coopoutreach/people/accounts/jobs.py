"""What has to be done about accounts from time to time."""

from datetime import datetime

from coopoutreach.people.accounts import commands
from coopoutreach.platform.core.db import Database


def forget_held_forms(database: Database, now: datetime) -> int:
    """Delete what was typed in forms that nobody came back for within the hour."""
    with database.transaction() as session:
        return commands.forget_held_forms(session, now=now)


def forget_ended_sessions(database: Database, now: datetime) -> int:
    """Delete the sessions and the links that nobody can use any more."""
    with database.transaction() as session:
        return commands.forget_ended(session, now=now)
