"""Do the same thing to many things, so that one bad one does not stop the rest."""

from collections.abc import Callable, Iterable
from typing import TypeVar

import structlog
from sqlalchemy.orm import Session

from coopoutreach.core.db import Database

logger = structlog.get_logger(__name__)
T = TypeVar("T")


def for_each(database: Database, items: Iterable[T], act: Callable[[Session, T], object]) -> int:
    """Act on each item in a transaction of its own; log what fails, go on, return how many did."""
    done = 0
    for item in items:
        try:
            with database.transaction() as session:
                act(session, item)
        except Exception:
            logger.exception("batch.item_failed", item=repr(item))
        else:
            done += 1
    return done
