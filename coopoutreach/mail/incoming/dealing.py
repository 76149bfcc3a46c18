"""Deal with one message in a transaction of its own, whatever it is made of."""

from datetime import datetime

import structlog
from sqlalchemy.exc import OperationalError

from coopoutreach.mail.incoming import commands
from coopoutreach.mail.incoming.decision import Decision
from coopoutreach.platform.core.db import Database

logger = structlog.get_logger(__name__)


def deal_with(
    database: Database, raw: bytes, *, is_whole: bool = True, now: datetime
) -> Decision | None:
    """Return what a message led to. One that breaks what reads it is put aside for a person.

    None: it could not even be kept.

    :raises OperationalError: if the database is away or busy: that says nothing of the message
    """
    try:
        with database.transaction() as session:
            return commands.receive(session, raw, is_whole=is_whole, now=now)
    except OperationalError:
        raise
    except Exception:
        logger.exception("inbound.quarantined")
    try:
        with database.transaction() as session:
            return commands.quarantine(session, raw, now=now)
    except OperationalError:
        raise
    except Exception:
        logger.exception("inbound.not_kept")
    return None
