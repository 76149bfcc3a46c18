"""A database as migrations make it: with the locks that no model declares."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from coopoutreach import schema
from coopoutreach.core.db import Database, connect
from coopoutreach.core.settings import Settings


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
    schema.upgrade(own)
    database = connect(own.database_url)
    try:
        yield database
    finally:
        database.engine.dispose()
        if server is not None:
            server.drop_database(name)
