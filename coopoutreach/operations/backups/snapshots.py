"""The database of one moment as files, and back, on both engines, while others write.

SQLite: `VACUUM INTO`, which ends however fast others write (the stepped backup does not), and
takes in what the write-ahead log holds (a copy of the file does not). PostgreSQL: `COPY` of each
table in one repeatable-read transaction.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from coopoutreach.operations.backups import crossing
from coopoutreach.operations.backups.archive import Manifest
from coopoutreach.operations.backups.errors import Damaged
from coopoutreach.platform.core.db import Database

#: The folder of the archive that holds the database.
FOLDER = "database"
SQLITE_FILE = "coopoutreach.sqlite3"
_VERSION = "alembic_version"


#: What a column ends with that names uploaded bytes.
_NAMES_A_FILE = "stored_as"


@dataclass(frozen=True, slots=True)
class Snapshot:
    """What was copied: rows of each table, columns where a file lists none, names of files."""

    rows: dict[str, int]
    columns: dict[str, list[str]]
    files: set[str]


def take(database: Database, folder: Path) -> Snapshot:
    """Write the database as it is now into the new `folder`; return what is in it."""
    folder.mkdir()
    if database.engine.dialect.name == "sqlite":
        return _take_sqlite(database, folder / SQLITE_FILE)
    return _take_postgresql(database, folder)


def check_sqlite(path: Path) -> None:
    """Check that the SQLite file at `path` is whole, and its references lead somewhere.

    :raises Damaged: when not
    """
    engine = sa.create_engine(f"sqlite:///{path}", poolclass=sa.NullPool)
    with engine.connect() as connection:
        state = connection.exec_driver_sql("PRAGMA integrity_check").scalar()
        orphans = connection.exec_driver_sql("PRAGMA foreign_key_check").all()
    if state != "ok" or orphans:
        raise Damaged(
            f"La base de datos del respaldo está dañada: {state}, {len(orphans)} huérfanas."
        )


def fill_postgresql(connection: sa.Connection, folder: Path, manifest: Manifest) -> None:
    """Copy the tables in `folder` into those of the same migration, in the open transaction."""
    driver: Any = connection.connection.driver_connection
    cursor = driver.cursor()
    sql = _sql()
    # The first connection of the schema may have put rows of its own.
    for table in _tables(connection):
        cursor.execute(sql.SQL("TRUNCATE {} CASCADE").format(sql.Identifier(table)))
    with crossing.unguarded(connection):
        for table, columns in _in_order(connection):
            names = manifest.columns.get(table, columns)
            with (
                (folder / f"{table}.copy").open("rb") as file,
                cursor.copy(_copy(table, names, "FROM STDIN")) as copy,
            ):
                while chunk := file.read(1 << 20):
                    copy.write(chunk)
    move_sequences(connection)


def is_empty(database: Database) -> bool:
    """Return whether no table holds a row, but for which migration the schema is at."""
    with database.engine.connect() as connection:
        return not any(_count(connection, table) for table in _tables(connection))


def revision(database: Database) -> str:
    """Return the migration that the database is at; empty: none."""
    with database.engine.connect() as connection:
        if not sa.inspect(connection).has_table(_VERSION):
            return ""
        return connection.scalar(sa.text("SELECT version_num FROM alembic_version")) or ""


def _take_sqlite(database: Database, path: Path) -> Snapshot:
    driver: Any
    with database.engine.connect() as connection:
        driver = connection.connection.driver_connection
        driver.execute("VACUUM INTO ?", (str(path),)).close()
    check_sqlite(path)
    copy = sa.create_engine(f"sqlite:///{path}", poolclass=sa.NullPool)
    with copy.connect() as connection:
        rows = {table: _count(connection, table) for table in _tables(connection)}
        return Snapshot(rows, {}, _files(connection))


def _files(connection: sa.Connection) -> set[str]:
    """Return the names of uploaded bytes that rows name."""
    found: set[str] = set()
    for table, columns in _in_order(connection):
        for name in columns:
            if name.endswith(_NAMES_A_FILE):
                column: sa.ColumnClause[str] = sa.column(name)
                wanted = sa.select(column).select_from(sa.table(table)).where(column != "")
                found |= set(connection.scalars(wanted))
    return found


def _take_postgresql(database: Database, folder: Path) -> Snapshot:
    counts, names = {}, {}
    with database.engine.connect().execution_options(
        isolation_level="REPEATABLE READ", postgresql_readonly=True
    ) as connection:
        # As the other engine reads it, whatever the server prefers.
        for setting in ("datestyle = 'ISO'", "timezone = 'UTC'", "bytea_output = 'hex'"):
            connection.exec_driver_sql(f"SET LOCAL {setting}")
        files = _files(connection)
        for table, columns in _in_order(connection):
            names[table] = columns
            counts[table] = _count(connection, table)
            driver: Any = connection.connection.driver_connection
            with (
                (folder / f"{table}.copy").open("wb") as file,
                driver.cursor().copy(_copy(table, columns, "TO STDOUT")) as copy,
            ):
                for chunk in copy:
                    file.write(chunk)
    return Snapshot(counts, names, files)


def _sql() -> Any:
    # Loaded late: ten megabytes that who keeps everything in SQLite never needs.
    return import_module("psycopg.sql")


def _copy(table: str, columns: list[str], rest: str) -> Any:
    sql = _sql()
    names = sql.SQL(", ").join(map(sql.Identifier, columns))
    return sql.SQL("COPY {} ({}) {}").format(sql.Identifier(table), names, sql.SQL(rest))


def _tables(connection: sa.Connection) -> list[str]:
    return [name for name in sa.inspect(connection).get_table_names() if name != _VERSION]


def _in_order(connection: sa.Connection) -> Iterator[tuple[str, list[str]]]:
    """Yield each table after those that it refers to, as the database has it, not the models."""
    metadata = sa.MetaData()
    metadata.reflect(connection)
    for table in metadata.sorted_tables:
        if table.name != _VERSION:
            yield table.name, [column.name for column in table.columns]


def _count(connection: sa.Connection, table: str) -> int:
    found = connection.scalar(sa.select(sa.func.count()).select_from(sa.table(table)))
    return found or 0


def move_sequences(connection: sa.Connection) -> None:
    """Let each number that the database gives out go on after the highest that was restored."""
    for table, columns in _in_order(connection):
        if "id" not in columns:
            continue
        sequence = connection.scalar(sa.select(sa.func.pg_get_serial_sequence(f'"{table}"', "id")))
        if sequence:
            highest: sa.Select[tuple[int | None]] = sa.select(
                sa.func.max(sa.column("id"))
            ).select_from(sa.table(table))
            number = connection.scalar(highest)
            connection.execute(sa.select(sa.func.setval(sequence, number or 1, number is not None)))
