"""What has to be done about accounts from time to time."""

from datetime import datetime

from coopoutreach.people.accounts import commands
from coopoutreach.platform.core.db import Database


def forget_ended_sessions(database: Database, now: datetime) -> int:
    """Delete the sessions and the links that nobody can use any more."""
    with database.transaction() as session:
        return commands.forget_ended(session, now=now)
