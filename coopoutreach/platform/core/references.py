"""Who refers to a row: read off the metadata, so that no list of tables has to be kept.

A column refers to a row by a foreign key, or it declares it: `mapped_column(info=REFERS_TO_PERSON)`
is for tables below the one they name, which hold its number and know nothing more of it.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from coopoutreach.platform.core.db import Base

#: The key under which a column's `info` says of which table it holds a number.
REFERS_TO = "refers_to"
#: What a column named `…_id` declares that holds no number of a row, or of no one table.
NO_REFERENCE: dict[Any, Any] = {REFERS_TO: None}


def refers_to(table: str) -> dict[Any, Any]:
    """Return the `info` of a column that holds numbers of `table` without a foreign key."""
    return {REFERS_TO: table}


@dataclass(frozen=True, slots=True)
class Reference:
    """A column that holds the numbers of another table's rows."""

    table: sa.Table
    column: sa.Column[Any]

    @property
    def name(self) -> str:
        """Return how it is named: `table.column`."""
        return f"{self.table.name}.{self.column.name}"


def references_to(table: str, metadata: sa.MetaData | None = None) -> list[Reference]:
    """Return every column of the schema that refers to the rows of `table`, in one order."""
    tables = (metadata or Base.metadata).tables
    return [
        Reference(other, column)
        for _name, other in sorted(tables.items())
        for column in other.columns
        if table in referred_tables(column)
    ]


def referred_tables(column: sa.Column[Any]) -> set[str]:
    """Return the tables whose rows a column refers to, by a key or by what it declares."""
    declared = column.info.get(REFERS_TO)
    by_key = {key.target_fullname.rpartition(".")[0] for key in column.foreign_keys}
    return by_key | ({declared} if declared else set())


#: Of a table that refers to a row: the condition of those of its rows that do not count.
Unless = Callable[[sa.Table], sa.ColumnElement[bool]]


def is_referred_to(
    session: Session, table: str, identifier: int, *, unless: Mapping[str, Unless] | None = None
) -> bool:
    """Return whether any row refers to row `identifier` of `table`; one query.

    `unless` holds, by the name of a table, which of its rows do not count. Of a table that it does
    not name each row counts: one that is added later protects what it refers to by itself.
    """
    found = _referring(references_to(table), identifier, unless or {})
    return bool(session.scalar(sa.select(sa.or_(sa.false(), *found))))


def _referring(
    references: Iterable[Reference], identifier: Any, unless: Mapping[str, Unless]
) -> list[sa.ColumnElement[bool]]:
    return [
        sa.select(sa.literal(1))
        .select_from(reference.table)
        .where(reference.column == identifier, _counts(reference.table, unless))
        .exists()
        for reference in references
    ]


def is_unreferred(
    table: str, identifier: Any, *, unless: Mapping[str, Unless]
) -> sa.ColumnElement[bool]:
    """Return the condition that nothing refers to a row, given the column of its number."""
    found = _referring(references_to(table), identifier, unless)
    return ~sa.or_(sa.false(), *found)


def _counts(table: sa.Table, unless: Mapping[str, Unless]) -> sa.ColumnElement[bool]:
    """Return the condition of the rows that count: where what excepts one is unknown, it does."""
    if table.name not in unless:
        return sa.true()
    return ~sa.func.coalesce(unless[table.name](table), sa.false())
