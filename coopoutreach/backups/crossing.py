"""Rows of one engine, put into the tables of the other: the road from SQLite to PostgreSQL.

Values travel as Python has them, by the types of the models, and into tables of the newest
migration alone: what one engine kept, the other keeps.
"""

import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, date, datetime, time
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from coopoutreach.backups.errors import Damaged
from coopoutreach.core.columns import UTCDateTime, WallTime
from coopoutreach.core.db import Base

Row = dict[str, Any]
Rows = Iterator[tuple[sa.Table, Iterable[Row]]]

#: Rows that are put in at once.
_AT_ONCE = 500
#: PostgreSQL keeps no such character in a text; in its place stands the one for what is unreadable.
_NUL, _UNREADABLE = "\x00", "\ufffd"
_ESCAPED = re.compile(r"\\(.)", re.DOTALL)
_ESCAPES = {"b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t", "v": "\v"}


def rows_of_sqlite(connection: sa.Connection) -> Rows:
    """Yield each table of the models with its rows, those that others refer to first."""
    for table in Base.metadata.sorted_tables:
        found = connection.execute(sa.select(table)).mappings()
        yield table, (dict(row) for row in found)


def rows_of_copies(folder: Path, columns: Mapping[str, list[str]]) -> Rows:
    """Yield the same of the files that PostgreSQL's COPY wrote; `columns` are those of each table.

    :raises Damaged: when a file is not of the tables that the models have
    """
    for table in Base.metadata.sorted_tables:
        path, names = folder / f"{table.name}.copy", columns.get(table.name)
        if names is None or set(names) != set(table.columns.keys()):
            raise Damaged(f"El respaldo no tiene las columnas de {table.name} que se esperan.")
        yield table, _rows_of_copy(path, [table.columns[name] for name in names])


def pour(connection: sa.Connection, rows: Rows) -> None:
    """Put rows into the tables, in place of whatever the migrations put there.

    Rows of one table may refer to later ones: those references follow when all rows are there.
    """
    for table in reversed(Base.metadata.sorted_tables):
        connection.execute(sa.delete(table))
    for table, found in rows:
        back = [key.parent for key in table.foreign_keys if key.column.table is table]
        later: list[Row] = []
        batch: list[Row] = []
        for row in found:
            kept = {name: _fit(table.columns[name], value) for name, value in row.items()}
            if any(kept[column.name] is not None for column in back):
                later.append(_referring(table, back, kept))
                kept |= dict.fromkeys([column.name for column in back])
            batch.append(kept)
            if len(batch) == _AT_ONCE:
                _insert(connection, table, batch)
                batch = []
        _insert(connection, table, batch)
        if later:
            key = [column == sa.bindparam(f"its_{column.name}") for column in table.primary_key]
            values: dict[str, Any] = {
                column.name: sa.bindparam(f"new_{column.name}") for column in back
            }
            connection.execute(sa.update(table).where(*key).values(values), later)


@contextmanager
def unguarded(connection: sa.Connection) -> Iterator[None]:
    """Put the triggers aside that keep approved minutes and the trail as they are, then back.

    They would refuse the parts of minutes that were approved before they come.
    """
    if connection.dialect.name == "postgresql":
        tables = sa.inspect(connection).get_table_names()
        quote = connection.dialect.identifier_preparer.quote
        for table in tables:
            connection.exec_driver_sql(f"ALTER TABLE {quote(table)} DISABLE TRIGGER USER")
        yield
        for table in tables:
            connection.exec_driver_sql(f"ALTER TABLE {quote(table)} ENABLE TRIGGER USER")
        return
    wanted = "SELECT name, sql FROM sqlite_master WHERE type = 'trigger'"
    triggers = connection.exec_driver_sql(wanted).all()
    for name, _ in triggers:
        connection.exec_driver_sql(f'DROP TRIGGER "{name}"')
    yield
    for _, sql in triggers:
        connection.exec_driver_sql(sql)


def _referring(table: sa.Table, back: Iterable[sa.Column[Any]], row: Row) -> Row:
    key = {f"its_{column.name}": row[column.name] for column in table.primary_key}
    return key | {f"new_{column.name}": row[column.name] for column in back}


def _insert(connection: sa.Connection, table: sa.Table, rows: list[Row]) -> None:
    if rows:
        connection.execute(sa.insert(table), rows)


def _fit(column: sa.Column[Any], value: object) -> object:
    """Return a value as the other engine takes it."""
    if isinstance(value, str):
        return value.replace(_NUL, _UNREADABLE)
    if value is None and isinstance(column.type, sa.JSON) and column.nullable:
        return sa.null()
    return value


def _rows_of_copy(path: Path, columns: list[sa.Column[Any]]) -> Iterator[Row]:
    readers = [_reader(column) for column in columns]
    # Only a real line break ends a row: COPY escapes those inside values, and no others.
    with path.open(encoding="utf-8", newline="\n") as file:
        for line in file:
            values = line.removesuffix("\n").split("\t")
            if len(values) != len(columns):
                raise Damaged(f"Una fila de {path.name} no tiene las columnas que se esperan.")
            yield {
                column.name: None if value == "\\N" else read(_unescaped(value))
                for column, read, value in zip(columns, readers, values, strict=True)
            }


def _unescaped(value: str) -> str:
    return _ESCAPED.sub(lambda found: _ESCAPES.get(found[1], found[1]), value)


def _reader(column: sa.Column[Any]) -> Callable[[str], object]:
    """Return what makes a value of the text that PostgreSQL writes for it."""
    kind = column.type
    if isinstance(kind, sa.Enum) and kind.enum_class is not None:
        return kind.enum_class
    for types, read in _READERS:
        if isinstance(kind, types):
            return read
    return str


_READERS: tuple[tuple[type[Any], Callable[[str], object]], ...] = (
    (UTCDateTime, lambda text: datetime.fromisoformat(text).astimezone(UTC)),
    (WallTime, datetime.fromisoformat),
    (sa.Boolean, lambda text: text == "t"),
    (sa.Integer, int),
    (sa.Date, date.fromisoformat),
    (sa.Time, time.fromisoformat),
    (sa.JSON, json.loads),
    (sa.LargeBinary, lambda text: bytes.fromhex(text.removeprefix("\\x"))),
)
