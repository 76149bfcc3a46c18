"""A row that the database refuses to write, as one that was damaged would be."""

from collections.abc import Iterator
from contextlib import contextmanager

import sqlalchemy as sa

from coopoutreach.platform.core.db import Database

_SQLITE = (
    "CREATE TRIGGER bad_row BEFORE {on} ON {table} WHEN {when} "
    "BEGIN SELECT RAISE(ABORT, 'a bad row'); END"
)
_POSTGRESQL = (
    (
        "CREATE OR REPLACE FUNCTION bad_row() RETURNS trigger AS "
        "$$ BEGIN RAISE EXCEPTION 'a bad row'; END $$ LANGUAGE plpgsql"
    ),
    (
        "CREATE TRIGGER bad_row BEFORE {on} ON {table} FOR EACH ROW WHEN ({when}) "
        "EXECUTE FUNCTION bad_row()"
    ),
)


@contextmanager
def bad_row(database: Database, table: str, when: str, *, on: str = "UPDATE") -> Iterator[None]:
    """Refuse to write the rows of `table` for which `when` holds, which speaks of OLD and NEW."""
    sqlite = database.engine.dialect.name == "sqlite"
    made = (_SQLITE,) if sqlite else _POSTGRESQL
    with database.engine.begin() as connection:
        for statement in made:
            connection.execute(sa.text(statement.format(on=on, table=table, when=when)))
    try:
        yield
    finally:
        with database.engine.begin() as connection:
            gone = "DROP TRIGGER bad_row" if sqlite else f"DROP TRIGGER bad_row ON {table}"
            connection.execute(sa.text(gone))
