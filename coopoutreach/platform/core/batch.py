"""Do the same thing to many things, so that one bad one does not stop the rest.

What fails is logged and counted: whoever runs a job learns by `counting` that some of it failed.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import TypeVar

import structlog
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from coopoutreach.platform.core.db import Database, savepoint

logger = structlog.get_logger(__name__)
T = TypeVar("T")


@dataclass(slots=True)
class Tally:
    """How many things failed, and what was said of the first."""

    failed: int = 0
    first: str = ""


_tally: ContextVar[Tally | None] = ContextVar("tally", default=None)


@contextmanager
def counting() -> Iterator[Tally]:
    """Count what fails while the block runs."""
    tally = Tally()
    token = _tally.set(tally)
    try:
        yield tally
    finally:
        _tally.reset(token)


def note_failure(what: str, *, count: int = 1) -> None:
    """Count `count` things as failed, for a reason in a few words."""
    tally = _tally.get()
    if tally is not None and count:
        tally.first = tally.first or what
        tally.failed += count


def for_each(database: Database, items: Iterable[T], act: Callable[[Session, T], object]) -> int:
    """Act on each item in a transaction of its own; log and count what fails, and go on.

    Return how many went well.
    """

    def in_a_transaction(item: T) -> None:
        with database.transaction() as session:
            act(session, item)

    return each(items, in_a_transaction)


def each(items: Iterable[T], act: Callable[[T], object]) -> int:
    """Act on each item, outside of any transaction; log and count what fails, and go on.

    Return how many went well.
    """
    done = 0
    for item in items:
        try:
            act(item)
        except Exception as error:
            logger.exception("batch.item_failed", item=repr(item))
            note_failure(f"{type(error).__name__}: {error}")
        else:
            done += 1
    return done


def apart(
    session: Session, items: Sequence[T], act: Callable[[Session, Sequence[T]], object]
) -> list[T]:
    """Act on all items within the caller's transaction; if that fails, on each one apart.

    What fails is undone, logged and counted, and returned; the rest stands.

    :raises OperationalError: if the database is away or busy: that says nothing of any item
    """
    try:
        with savepoint(session):
            act(session, items)
    except OperationalError:
        raise
    except Exception:
        logger.exception("batch.together_failed")
    else:
        return []
    failed = []
    for item in items:
        try:
            with savepoint(session):
                act(session, [item])
        except OperationalError:
            raise
        except Exception as error:
            logger.exception("batch.item_failed", item=repr(item))
            note_failure(f"{type(error).__name__}: {error}")
            failed.append(item)
    return failed
