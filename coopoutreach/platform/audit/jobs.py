"""Look every night whether the trail is as it was written."""

from datetime import datetime

import structlog

from coopoutreach.platform.audit.errors import TrailBroken
from coopoutreach.platform.audit.verifying import verify
from coopoutreach.platform.core.db import Database

logger = structlog.get_logger(__name__)


def verify_trail(database: Database, now: datetime) -> int:  # noqa: ARG001 (every job is told the time)
    """Read the trail against its chain: what was changed past the application is found.

    The log keeps the last hash, out of the reach of whoever writes in the database.

    :raises TrailBroken: if it does not fit, and where; the board and the log say so
    """
    with database.reading() as session:
        if session.get_bind().dialect.name == "postgresql":
            session.connection(execution_options={"isolation_level": "REPEATABLE READ"})
        found = verify(session)
    if found.broken is not None:
        raise TrailBroken(f"El registro de cambios fue alterado: {found.broken}.")
    logger.info("audit.verified", entries=found.entries, hash=found.hash)
    return 0
