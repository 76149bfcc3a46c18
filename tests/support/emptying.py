"""A database between two tests: emptied of what the last one wrote, and in no need of a disk."""

import sqlite3
from functools import cache

import sqlalchemy as sa
from sqlalchemy import Engine, event

from coopoutreach.platform.core.db import Base, Database


def empty(database: Database) -> None:
    """Delete every row. The tables that hold any are asked for first: few do, of some sixty.

    Asked of the database, and not noted while it is written to: processes of a test write too.
    """
    tables = _tables()
    with database.transaction() as session:
        for number in session.scalars(_written()).all():
            session.execute(sa.delete(tables[number]))


def hurry(engine: Engine) -> None:
    """Let SQLite not wait for the disk: no test of this process cuts the power.

    What a crash leaves is tested with processes of their own, which wait for it as always.
    """
    if engine.dialect.name == "sqlite":
        engine.dispose()
        event.listen(engine, "connect", _without_waiting)


def _without_waiting(connection: sqlite3.Connection, _record: object) -> None:
    connection.execute("PRAGMA synchronous=OFF").close()


@cache
def _tables() -> list[sa.Table]:
    """Return all tables, those first that point to others."""
    return list(reversed(Base.metadata.sorted_tables))


@cache
def _written() -> sa.CompoundSelect[int]:
    """Return the statement that gives the numbers of the tables that hold a row."""
    return sa.union_all(
        *(
            sa.select(sa.literal_column(str(number), sa.Integer)).where(
                sa.exists(sa.select(sa.literal_column("1")).select_from(table))
            )
            for number, table in enumerate(_tables())
        )
    )
