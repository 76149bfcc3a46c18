"""Hear what other processes say on PostgreSQL: that there is work for a job."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import structlog
from sqlalchemy.exc import DBAPIError

from coopoutreach.platform.core.db import Database
from coopoutreach.platform.core.waking import CHANNEL, Waker

logger = structlog.get_logger(__name__)

#: How often the listener looks whether its worker stops, in seconds.
_LOOK_SECONDS = 0.2
#: How long it leaves a database alone that does not answer, in seconds.
_AGAIN_SECONDS = 5.0


def thread(database: Database, wake: Waker, stopping: threading.Event) -> threading.Thread | None:
    """Return a thread that calls `wake` with each job's name heard, or None on another database.

    It ends when `stopping` is set.
    """
    if database.engine.dialect.name != "postgresql":
        return None
    return threading.Thread(
        target=_listen, args=(database, wake, stopping), name="listener", daemon=True
    )


def _listen(database: Database, wake: Waker, stopping: threading.Event) -> None:
    while not stopping.is_set():
        try:
            with _connection(database) as connection:
                connection.execute(f"LISTEN {CHANNEL}")
                while not stopping.is_set():
                    for heard in connection.notifies(timeout=_LOOK_SECONDS):
                        wake(heard.payload)
        except (DBAPIError, database.engine.dialect.loaded_dbapi.Error) as error:
            # The jobs find their work at their next turn; nothing is lost but a second or two.
            logger.warning("listener.gone", error=str(error))
            stopping.wait(_AGAIN_SECONDS)


@contextmanager
def _connection(database: Database) -> Iterator[Any]:
    """Yield a driver's connection of its own, which the pool does not count."""
    pooled = database.engine.raw_connection()
    connection: Any = pooled.driver_connection
    pooled.detach()
    try:
        connection.autocommit = True
        yield connection
    finally:
        connection.close()
