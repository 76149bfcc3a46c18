"""A row that the database refuses to write, as one that was damaged would be."""

from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count

import sqlalchemy as sa

from coopoutreach.platform.core.db import Database

_numbers = count()
_SQLITE = (
    "CREATE TRIGGER {name} BEFORE {on} ON {table} WHEN {when} "
    "BEGIN SELECT RAISE(ABORT, 'a bad row'); END"
)
_POSTGRESQL = (
    (
        "CREATE OR REPLACE FUNCTION bad_row() RETURNS trigger AS "
        "$$ BEGIN RAISE EXCEPTION 'a bad row'; END $$ LANGUAGE plpgsql"
    ),
    (
        "CREATE TRIGGER {name} BEFORE {on} ON {table} FOR EACH ROW WHEN ({when}) "
        "EXECUTE FUNCTION bad_row()"
    ),
)


@contextmanager
def bad_row(database: Database, table: str, when: str, *, on: str = "UPDATE") -> Iterator[None]:
    """Refuse to write the rows of `table` for which `when` holds, which speaks of OLD and NEW."""
    # A name of its own: SQLite looks for one that is there already among what the connection last
    # saw of the schema, and another connection may have dropped it since.
    name = f"bad_row_{next(_numbers)}"
    sqlite = database.engine.dialect.name == "sqlite"
    made = (_SQLITE,) if sqlite else _POSTGRESQL
    with database.engine.begin() as connection:
        for statement in made:
            connection.execute(sa.text(statement.format(name=name, on=on, table=table, when=when)))
    try:
        yield
    finally:
        with database.engine.begin() as connection:
            gone = f"DROP TRIGGER {name}" if sqlite else f"DROP TRIGGER {name} ON {table}"
            connection.execute(sa.text(gone))
