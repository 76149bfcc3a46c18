"""Bring the database's schema to the newest migration, whole or not at all."""

from pathlib import Path

import sqlalchemy as sa
from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory

from coopoutreach.core.db import engine_options, prepare_engine
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
    engine = _engine(settings)
    with engine.connect() as connection:
        alembic = _config()
        alembic.attributes["connection"] = connection
        command.upgrade(alembic, to)
    with engine.connect() as connection:
        return MigrationContext.configure(connection).get_current_revision() or "vacía"


def downgrade(settings: Settings, *, to: str) -> None:
    """Undo migrations down to revision `to`."""
    with _engine(settings).connect() as connection:
        alembic = _config()
        alembic.attributes["connection"] = connection
        command.downgrade(alembic, to)


def pending_migrations(settings: Settings) -> list[str]:
    """Return the revisions that the database has yet to get, oldest first."""
    with _engine(settings).connect() as connection:
        at = MigrationContext.configure(connection).get_current_revision()
    script = ScriptDirectory.from_config(_config())
    revisions = script.iterate_revisions("head", at or "base")
    return [revision.revision for revision in reversed(list(revisions))]


def _config() -> Config:
    alembic = Config()
    alembic.set_main_option("script_location", str(MIGRATIONS))
    return alembic


def _engine(settings: Settings) -> sa.Engine:
    url = settings.database_url
    return prepare_engine(sa.create_engine(url, **engine_options(url)))
