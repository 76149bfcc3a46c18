"""What the scheduler does with private addresses of calendars."""

from datetime import datetime

from sqlalchemy.orm import Session

from coopoutreach.calendars.feeds import commands, queries, rules
from coopoutreach.platform.core.batch import for_each
from coopoutreach.platform.core.db import Database


def expire_unused_addresses(database: Database, now: datetime) -> int:
    """Take back the private addresses that nothing has used for thirteen months."""

    def expire(session: Session, address_id: int) -> None:
        commands.expire(session, address_id, now=now)

    with database.reading() as session:
        unused = queries.unused_before(session, rules.unused_since(now))
    return for_each(database, unused, expire)
