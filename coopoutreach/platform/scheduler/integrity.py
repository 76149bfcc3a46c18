"""Whether the database file is whole, as SQLite itself sees it."""

from sqlalchemy import text
from sqlalchemy.exc import DatabaseError

from coopoutreach.platform.core.db import Database


class Damaged(RuntimeError):
    """The database is damaged: what it says cannot be relied on."""


def damage(database: Database) -> str:
    """Return what SQLite finds wrong with its file; nothing if it is whole.

    PostgreSQL is only asked whether it is there: its pages have checksums of their own.
    """
    if database.engine.dialect.name != "sqlite":
        with database.reading() as session:
            session.execute(text("SELECT 1"))
        return ""
    try:
        with database.reading() as session:
            state = session.scalar(text("PRAGMA quick_check(1)"))
    except DatabaseError as error:
        state = str(error.orig)
    return "" if state == "ok" else str(state)
