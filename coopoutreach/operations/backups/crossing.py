"""Rows of one engine, put into the tables of the other: the road from SQLite to PostgreSQL.

Values travel as Python has them, by the types of the models, and into tables of the newest
migration alone: what one engine kept, the other keeps.
"""

import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, date, datetime, time
from itertools import islice
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from coopoutreach.operations.backups.errors import Damaged
from coopoutreach.platform.core.columns import UTCDateTime, WallTime
from coopoutreach.platform.core.db import Base

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
        # JSON is read here, since its own null is not that of the database.
        plain = [
            sa.type_coerce(column, sa.Text).label(column.name) if _is_json(column) else column
            for column in table.columns
        ]
        found = connection.execute(sa.select(*plain)).mappings()
        yield table, (_read(table, row) for row in found)


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

    Where rows of one table refer to one another, those that are referred to come first.
    """
    for table in reversed(Base.metadata.sorted_tables):
        connection.execute(sa.delete(table))
    for table, found in rows:
        back = [key.parent for key in table.foreign_keys if key.column.table is table]
        fitted = ({name: _fit(table.columns[name], row[name]) for name in row} for row in found)
        ordered, later = _referred_first(fitted, back) if back else (fitted, [])
        for batch in _batches(ordered):
            connection.execute(sa.insert(table), batch)
        if later:
            values: dict[str, Any] = {column.name: sa.bindparam(column.name) for column in back}
            this = table.columns["id"] == sa.bindparam("its_id")
            connection.execute(sa.update(table).where(this).values(values), later)


def _referred_first(
    rows: Iterable[Row], back: Sequence[sa.Column[Any]]
) -> tuple[list[Row], list[Row]]:
    """Return rows of one table in an order in which those come first that others refer to.

    Of rows that refer to one another the references are left out, and returned apart.
    """
    names = [column.name for column in back]
    waiting = list(rows)
    ordered: list[Row] = []
    later: list[Row] = []
    there: set[object] = {None}
    while waiting:
        ready = [
            row
            for row in waiting
            if all(row[name] in there or row[name] == row["id"] for name in names)
        ]
        if not ready:
            first = waiting[0]
            later.append({"its_id": first["id"], **{name: first[name] for name in names}})
            ready = [{**first, **dict.fromkeys(names)}]
        ordered += ready
        done = {row["id"] for row in ready}
        there |= done
        waiting = [row for row in waiting if row["id"] not in done]
    return ordered, later


def _batches(rows: Iterable[Row]) -> Iterator[list[Row]]:
    left = iter(rows)
    while batch := list(islice(left, _AT_ONCE)):
        yield batch


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


def _fit(column: sa.Column[Any], value: object) -> object:
    """Return a value as the other engine takes it."""
    if isinstance(value, str):
        return value.replace(_NUL, _UNREADABLE)
    if value is None and _is_json(column):
        return sa.null()
    return value


def _is_json(column: sa.Column[Any]) -> bool:
    return isinstance(column.type, sa.JSON)


def _json(text: str) -> object:
    value = json.loads(text)
    return sa.JSON.NULL if value is None else value


def _read(table: sa.Table, row: sa.RowMapping) -> Row:
    return {
        name: _json(value) if value is not None and _is_json(table.columns[name]) else value
        for name, value in row.items()
    }


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
    (sa.JSON, _json),
    (sa.LargeBinary, lambda text: bytes.fromhex(text.removeprefix("\\x"))),
)
