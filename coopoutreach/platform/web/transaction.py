"""Hand a view its session: one that reads, or the request's one writing transaction."""

from collections.abc import Iterator
from contextlib import contextmanager

from flask import current_app
from sqlalchemy.orm import Session

from coopoutreach.platform.core.db import Database, begin_writing, db, end
from coopoutreach.platform.web.shown_again import is_shown_again


def reading() -> Session:
    """Return the request's session, to read from."""
    return db.session()


@contextmanager
def transaction() -> Iterator[Session]:
    """Yield the request's session as a writer: commit at the end, roll back if it raises.

    The guard has opened it already where the view is about a thing.
    """
    session = db.session()
    begin_writing(session)
    try:
        yield session
    except BaseException:
        end(session, keep=False)
        raise
    end(session, keep=not is_shown_again())


def let_others_write() -> None:
    """End the request's transaction, in which nothing was written, before what takes long.

    What was loaded is read anew by the transaction that follows, and nothing in between; whoever
    changes a thing in that one checks again who may.
    """
    end(db.session(), keep=False)


@contextmanager
def separate_transaction() -> Iterator[Session]:
    """Yield a session of its own, for what must stay whatever becomes of the request.

    Refused accesses and counted attempts are kept even though the request writes nothing. Where a
    form is only shown again, nothing is.
    """
    database: Database = current_app.extensions["database"]
    with database.reading() if is_shown_again() else database.transaction() as session:
        yield session
