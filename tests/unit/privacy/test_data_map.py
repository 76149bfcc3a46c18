"""Every column is declared, and says enough to be told to whoever asks."""

import pytest

from coopoutreach.app import create_app
from coopoutreach.platform.core.db import Base
from coopoutreach.privacy.data_map import PLAIN, TABLES, Keep


@pytest.fixture(scope="module")
def columns():
    """What there is, by table; the application brings every model along."""
    assert create_app
    return {
        table.name: {column.name for column in table.columns}
        for table in Base.metadata.sorted_tables
        if "." not in table.name
    }


def declared():
    plain = {name: set(columns.split()) for name, columns in PLAIN.items()}
    personal = {one.name: set(one.columns) | set(one.plain.split()) for one in TABLES}
    return plain | personal


def test_p01_every_column_of_every_table_is_declared(columns):
    known = declared()
    missing = {
        name: sorted(there - known.get(name, set()))
        for name, there in columns.items()
        if there - known.get(name, set())
    }
    assert not missing, "Declare it in privacy/data_map: is it personal, what for, until when?"


def test_p01_nothing_is_declared_that_is_gone(columns):
    gone = {
        name: sorted(said - columns.get(name, set()))
        for name, said in declared().items()
        if said - columns.get(name, set())
    }
    assert not gone


def test_no_column_is_declared_twice():
    assert not set(PLAIN) & {one.name for one in TABLES}
    for one in TABLES:
        assert not set(one.columns) & set(one.plain.split()), one.name


def test_what_stays_after_an_erasure_says_on_what_ground():
    for one in TABLES:
        for name, column in one.columns.items():
            if isinstance(column.erase, Keep):
                assert column.erase.ground, f"{one.name}.{name}"


def test_two_columns_of_a_table_have_no_name_in_common_in_an_export():
    for one in TABLES:
        names = [column.export for column in one.columns.values() if column.export]
        assert len(names) == len(set(names)), one.name
