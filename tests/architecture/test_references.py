"""A column that holds the number of a row says of which table: by a foreign key, or by `info`."""

import re

import coopoutreach.app  # noqa: F401 (loads every table)
from coopoutreach.platform.core.db import Base
from coopoutreach.platform.core.references import REFERS_TO, referred_tables

#: What a row itself is called outside: no other row's number.
OWN = "public_id"
NUMBERED = re.compile(r"(^|_)id$")


def test_every_column_that_holds_a_number_says_of_which_table():
    undeclared = [
        f"{table.name}.{column.name}"
        for table in Base.metadata.tables.values()
        for column in table.columns
        if NUMBERED.search(column.name)
        and column.name not in {"id", OWN}
        and not column.foreign_keys
        and REFERS_TO not in column.info
    ]
    assert undeclared == [], (
        "give it a foreign key, or say `info=refers_to(…)` or `info=NO_REFERENCE` (core/references)"
    )


def test_what_is_declared_is_a_table():
    for table in Base.metadata.tables.values():
        for column in table.columns:
            assert referred_tables(column) <= set(Base.metadata.tables), column
