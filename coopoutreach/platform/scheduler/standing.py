"""What keeps pages from being served: a schema of another version, or no room."""

import shutil
from datetime import datetime
from pathlib import Path

import sqlalchemy as sa
from sqlalchemy.orm import Session

from coopoutreach.platform.core import settings
from coopoutreach.platform.core.revisions import newest_revision

#: With less room than this, in bytes, nothing can be written.
NO_ROOM = 100_000_000


def reasons(session: Session, _asked: object, *, now: datetime) -> list[str]:  # noqa: ARG001 (every reaction is told the time)
    """Return what keeps pages from being served, in short words."""
    found = []
    # A database that was made without migrations says nothing of them.
    if sa.inspect(session.connection()).has_table("alembic_version"):
        at = session.scalar(sa.text("SELECT version_num FROM alembic_version"))
        if at is None or at < newest_revision():
            found.append("migrations are pending")
    current = settings.current()
    folders = (current.instance, *current.own_folders)
    if any(free_room(folder)[1] < NO_ROOM for folder in folders):
        found.append("the disk is full")
    return found


def free_room(folder: Path) -> tuple[Path, int]:
    """Return the folder, or the nearest above it that is there, and its free bytes."""
    there = next(
        place for place in (folder.absolute(), *folder.absolute().parents) if place.exists()
    )
    return there, shutil.disk_usage(there).free
