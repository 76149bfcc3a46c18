"""Bring the database's schema to the newest migration, whole or not at all."""

from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
from typing import Any

import sqlalchemy as sa

from coopoutreach.platform.core.db import prepare_engine
from coopoutreach.platform.core.settings import Settings
from coopoutreach.platform.core.shipped import MIGRATIONS


def upgrade(settings: Settings, *, to: str = "head") -> str:
    """Run every migration that is missing; return the revision the database is at.

    Each runs in a transaction of its own with the stamp that says so: killed in the middle, it
    leaves nothing behind.
    """
    return upgrade_url(settings.database_url, to=to)


def upgrade_url(url: str, *, to: str = "head") -> str:
    """Do the same to the database at `url`, whatever the settings say."""
    with _connection(url) as connection:
        _alembic("command").upgrade(_config(connection), to)
    with _connection(url) as connection:
        return _current_revision(connection) or "vacía"


def upgrade_over(connection: sa.Connection, *, to: str = "head") -> None:
    """Do the same in the transaction that is open: with whatever else it does, or not at all.

    Only PostgreSQL can: SQLite's migrations put its foreign keys off, outside of transactions.
    """
    _alembic("command").upgrade(_config(connection), to)


def downgrade(settings: Settings, *, to: str) -> None:
    """Undo migrations down to revision `to`."""
    with _connection(settings.database_url) as connection:
        _alembic("command").downgrade(_config(connection), to)


def newest() -> str:
    """Return the revision that the newest migration leads to."""
    head: str | None = _alembic("script").ScriptDirectory.from_config(_config()).get_current_head()
    return head or ""


def pending_migrations(settings: Settings) -> list[str]:
    """Return the revisions that the database has yet to get, oldest first."""
    with _connection(settings.database_url) as connection:
        at = _current_revision(connection)
    script = _alembic("script").ScriptDirectory.from_config(_config())
    revisions = script.iterate_revisions("head", at or "base")
    return [revision.revision for revision in reversed(list(revisions))]


def _alembic(part: str) -> Any:
    # Loaded late: it takes a tenth of a second, and whoever only serves needs none of it.
    return import_module(f"alembic.{part}")


def _current_revision(connection: sa.Connection) -> str | None:
    context = _alembic("runtime.migration").MigrationContext.configure(connection)
    revision: str | None = context.get_current_revision()
    return revision


def _config(connection: sa.Connection | None = None) -> Any:
    alembic = _alembic("config").Config()
    alembic.set_main_option("script_location", str(MIGRATIONS))
    alembic.attributes["connection"] = connection
    return alembic


@contextmanager
def _connection(url: str) -> Iterator[sa.Connection]:
    """Yield a connection of its own, closed at the end: `foreign_keys` may have been put off."""
    engine = prepare_engine(sa.create_engine(url, poolclass=sa.NullPool))
    with engine.connect() as connection:
        yield connection
