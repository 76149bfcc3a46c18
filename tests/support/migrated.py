"""A database as migrations make it: with the locks that no model declares.

They are run once for all tests of a process; each test has a copy.
"""

import atexit
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from functools import cache
from pathlib import Path

import pytest
import sqlalchemy as sa

from coopoutreach.platform.core import schema
from coopoutreach.platform.core.db import Database, connect
from coopoutreach.platform.core.settings import Settings


@contextmanager
def migrated_database(
    request: pytest.FixtureRequest, engine_name: str, settings: Settings, tmp_path: Path
) -> Iterator[Database]:
    """Give a new database of this engine, migrated; drop it afterwards."""
    server, name = None, ""
    if engine_name == "sqlite":
        own = replace(settings, database_url=f"sqlite:///{tmp_path / 'migrated.sqlite3'}")
    else:
        server = request.getfixturevalue("_postgresql_server")
        name = f"migrated_{request.getfixturevalue('worker_name')}"
        own = replace(settings, database_url=server.new_database(name))
    migrate(own.database_url)
    database = connect(own.database_url)
    try:
        yield database
    finally:
        database.engine.dispose()
        if server is not None:
            server.drop_database(name)


def migrate(url: str) -> None:
    """Do to the empty database at `url` what all migrations do, from a copy of what they did.

    On PostgreSQL the server must be one of the tests' own.
    """
    made = sa.make_url(url)
    if made.get_backend_name() == "sqlite":
        path = Path(made.database or "")
        path.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(_file(), path)
    else:
        _fill(made)


@cache
def _file() -> Path:
    folder = tempfile.mkdtemp(prefix="coop-migrated-")
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    path = Path(folder) / "base.sqlite3"
    schema.upgrade_url(f"sqlite:///{path}")
    return path


def _fill(url: sa.URL) -> None:
    """Put a copy of a migrated database in the place of the empty one."""
    server = sa.create_engine(
        url.set(database="postgres"), isolation_level="AUTOCOMMIT", poolclass=sa.NullPool
    )
    with server.connect() as connection:
        template = _template(url.set(database=f"migrations_{os.getpid()}"), connection)
        connection.exec_driver_sql(f'DROP DATABASE "{url.database}" WITH (FORCE)')
        connection.exec_driver_sql(f'CREATE DATABASE "{url.database}" TEMPLATE "{template}"')


def _template(url: sa.URL, connection: sa.Connection) -> str:
    name = url.database or ""
    there = sa.text("SELECT 1 FROM pg_database WHERE datname = :name")
    if connection.scalar(there, {"name": name}) is None:
        connection.exec_driver_sql(f'CREATE DATABASE "{name}" TEMPLATE template0')
        schema.upgrade_url(url.render_as_string(hide_password=False))
    return name
