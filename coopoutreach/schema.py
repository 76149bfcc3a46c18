"""Bring the database's schema to the newest migration, whole or not at all."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import sqlalchemy as sa
from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory

from coopoutreach.core.db import prepare_engine
from coopoutreach.core.settings import Settings

#: The checkout's folder first, then the one inside the installed package.
MIGRATIONS = next(
    folder
    for folder in (Path(__file__).parents[1] / "migrations", Path(__file__).parent / "migrations")
    if folder.is_dir()
)


def upgrade(settings: Settings, *, to: str = "head") -> str:
    """Run every migration that is missing; return the revision the database is at.

    Each runs in a transaction of its own with the stamp that says so: killed in the middle, it
    leaves nothing behind.
    """
    with _connection(settings) as connection:
        command.upgrade(_config(connection), to)
    with _connection(settings) as connection:
        return MigrationContext.configure(connection).get_current_revision() or "vacía"


def downgrade(settings: Settings, *, to: str) -> None:
    """Undo migrations down to revision `to`."""
    with _connection(settings) as connection:
        command.downgrade(_config(connection), to)


def pending_migrations(settings: Settings) -> list[str]:
    """Return the revisions that the database has yet to get, oldest first."""
    with _connection(settings) as connection:
        at = MigrationContext.configure(connection).get_current_revision()
    script = ScriptDirectory.from_config(_config())
    revisions = script.iterate_revisions("head", at or "base")
    return [revision.revision for revision in reversed(list(revisions))]


def _config(connection: sa.Connection | None = None) -> Config:
    alembic = Config()
    alembic.set_main_option("script_location", str(MIGRATIONS))
    alembic.attributes["connection"] = connection
    return alembic


@contextmanager
def _connection(settings: Settings) -> Iterator[sa.Connection]:
    """Yield a connection of its own, closed at the end: `foreign_keys` may have been put off."""
    engine = prepare_engine(sa.create_engine(settings.database_url, poolclass=sa.NullPool))
    with engine.connect() as connection:
        yield connection
