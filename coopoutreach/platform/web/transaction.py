"""Hand a view its session: one that reads, or the request's one writing transaction."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from flask import current_app
from sqlalchemy import event
from sqlalchemy.orm import ORMExecuteState, Session

from coopoutreach.platform.core.db import Database, begin_writing, db, end
from coopoutreach.platform.web.shown_again import NotSentError, is_shown_again


def reading() -> Session:
    """Return the request's session, to read from."""
    return db.session()


@contextmanager
def transaction() -> Iterator[Session]:
    """Yield the request's session as a writer: commit at the end, roll back if it raises.

    The guard has opened it already where the view is about a thing. Where a form is only shown
    again nothing is committed, and a view that would have changed something is stopped here.
    """
    session = db.session()
    begin_writing(session)
    wrote = _watch(session) if is_shown_again() else None
    try:
        yield session
    except BaseException:
        end(session, keep=False)
        raise
    if wrote is None:
        end(session, keep=True)
        return
    would_write = wrote() or bool(session.new or session.dirty or session.deleted)
    end(session, keep=False)
    if would_write:
        # What follows a change, such as erasing a file, would be done though nothing changed.
        raise NotSentError


def _watch(session: Session) -> Callable[[], bool]:
    """Return what tells whether the session has written anything from now on."""
    seen: list[str] = []

    def note_flush(*_given: Any) -> None:
        seen.append("flush")

    def note_statement(state: ORMExecuteState) -> None:
        if not state.is_select:
            seen.append("statement")

    event.listen(session, "after_flush", note_flush)
    event.listen(session, "do_orm_execute", note_statement)
    return lambda: bool(seen)


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
