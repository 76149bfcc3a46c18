"""What PostgreSQL says when it cannot serve just now is one class of error, whatever its code."""

import time

import pytest
import sqlalchemy as sa
from psycopg import errors
from sqlalchemy.exc import DBAPIError, OperationalError

from coopoutreach.platform.core.db import connect

pytestmark = [
    pytest.mark.postgresql,
    pytest.mark.parametrize("engine_name", ["postgresql"], indirect=True),
]
#: Classes of states that say something of the server or of the moment, and nothing of a row.
OF_THE_MOMENT = ("08", "40", "53", "57", "58", "F0")
KNOWN = [known for known in vars(errors).values() if isinstance(known, type)]
STATES = {known.sqlstate for known in KNOWN if isinstance(getattr(known, "sqlstate", None), str)}
NOT_NOW = sorted(
    {code for code in STATES if code.startswith(OF_THE_MOMENT)}
    | {"25006", "25P03", "25P04", "55006", "55P03"}
)


@pytest.fixture
def engine(database_url):
    database = connect(database_url)
    yield database.engine
    database.engine.dispose()


def raised(code):
    return sa.text(f"DO $$ BEGIN RAISE EXCEPTION 'now' USING ERRCODE = '{code}'; END $$")


def test_every_state_of_the_moment_is_operational_and_no_state_of_a_row_is(engine):
    assert len(NOT_NOW) > 30
    wrong = []
    for code in [*NOT_NOW, "23505", "22001", "25P02", "42P01", "XX000"]:
        try:
            with engine.connect() as connection:
                connection.execute(raised(code))
        except DBAPIError as error:
            if isinstance(error, OperationalError) != (code in NOT_NOW):
                wrong.append((code, type(error).__name__))
        else:
            wrong.append((code, "nothing was raised"))
    assert wrong == []


def test_a_transaction_that_idled_too_long_is_away_and_the_next_is_served(engine):
    with engine.connect() as connection:
        connection.execute(sa.text("SET idle_in_transaction_session_timeout = '50ms'"))
        time.sleep(0.5)
        with pytest.raises(OperationalError):
            connection.execute(sa.text("SELECT 1"))
    with engine.connect() as connection:
        assert connection.scalar(sa.text("SELECT 1")) == 1


def test_what_may_not_be_written_is_away_and_the_next_is_served(engine):
    with engine.connect() as connection:
        connection.execute(sa.text("SET TRANSACTION READ ONLY"))
        with pytest.raises(OperationalError):
            connection.execute(sa.text("CREATE TABLE nothing (id int)"))
    with engine.connect() as connection:
        assert connection.scalar(sa.text("SELECT 1")) == 1
