"""What has to be done about limits from time to time."""

from datetime import datetime

from coopoutreach.platform.core.db import Database
from coopoutreach.platform.limits import commands


def forget_old_attempts(database: Database, now: datetime) -> int:
    """Delete the counted attempts that no limit looks at any more."""
    with database.transaction() as session:
        return commands.forget_ended(session, now=now)
