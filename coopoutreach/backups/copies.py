"""Make a backup, and restore one into an empty place."""

import os
import shutil
import tempfile
from datetime import datetime
from pathlib import Path

import sqlalchemy as sa
from sqlalchemy.engine import make_url
from sqlalchemy.orm import Session

from coopoutreach import schema
from coopoutreach.accounts.models import SignInLink, UserSession
from coopoutreach.audit import commands as audit
from coopoutreach.backups import archive, snapshots
from coopoutreach.backups.archive import Manifest
from coopoutreach.backups.errors import WrongPlace
from coopoutreach.core.db import Database, connect
from coopoutreach.core.settings import Settings
from coopoutreach.files import store
from coopoutreach.messaging import commands as messaging
from coopoutreach.privacy import commands as privacy
from coopoutreach.privacy import ledger
from coopoutreach.scheduler.models import Heartbeat

#: The folder of the archive that holds uploaded files.
FILES = "files"
#: Beside the database, since a restored one would tell of the backup that it came from.
LAST = "last_backup"
FROZEN = "Se restauró un respaldo: revise qué correos siguen haciendo falta antes de reanudar."


def back_up(settings: Settings, database: Database, destination: Path, *, now: datetime) -> Path:
    """Write everything that is kept to a file in the folder `destination`; return the file.

    Others may go on writing: the copy is of one moment. The database is copied before the files,
    and an upload keeps its bytes before its row: no row of the copy lacks its file.
    """
    destination.mkdir(parents=True, exist_ok=True)
    target = destination / f"coopoutreach-{now:%Y%m%d-%H%M%S}.tar"
    with tempfile.TemporaryDirectory(dir=destination, prefix=".backup-") as temporary:
        folder = Path(temporary)
        rows = snapshots.take(database, folder / snapshots.FOLDER)
        sums = {}
        with archive.writing(target) as tar:
            for path in sorted((folder / snapshots.FOLDER).iterdir()):
                name = f"{snapshots.FOLDER}/{path.name}"
                sums[name] = archive.add(tar, path, name=name)
            for path in _files(settings):
                name = f"{FILES}/{path.name}"
                sums[name] = archive.add(tar, path, name=name)
            manifest = Manifest(
                engine=database.engine.dialect.name,
                revision=snapshots.revision(database),
                made_at=now.isoformat(),
                rows=rows,
                sums=sums,
            )
            archive.seal(tar, manifest, beside=folder)
    store.write(settings.instance, LAST, now.isoformat().encode())
    return target


def last_made(settings: Settings) -> datetime | None:
    """Return when a backup was last made from here, or None if none ever was."""
    noted = store.read(settings.instance, LAST)
    return datetime.fromisoformat(noted.decode()) if noted else None


def restore(settings: Settings, source: Path, *, now: datetime) -> Manifest:
    """Put what the backup at `source` holds into the empty database and files of `settings`.

    Nothing is changed unless the whole backup is sound. Afterwards the queue of mails stands
    still and what was in it is put aside, since it may have been sent after the backup was made;
    nobody is signed in any more; and whoever was erased since is erased again, if the ledger of
    erasures is in the instance's folder.

    :raises Damaged: if the backup is not whole
    :raises WrongPlace: if something is kept there already, or the engine is another
    """
    _refuse_unless_empty(settings)
    with tempfile.TemporaryDirectory(dir=_beside(settings), prefix=".restore-") as temporary:
        folder = Path(temporary)
        manifest = archive.unpack(source, folder)
        _refuse_other_engine(settings, manifest)
        if manifest.engine == "sqlite":
            _put_sqlite(settings, folder, now=now)
        else:
            _put_postgresql(settings, folder, manifest, now=now)
        _put_files(settings, folder / FILES)
    return manifest


def _put_sqlite(settings: Settings, folder: Path, *, now: datetime) -> None:
    copy = folder / snapshots.FOLDER / snapshots.SQLITE_FILE
    snapshots.check_sqlite(copy)
    # Made ready beside its place, so that nobody meets it with its queue running.
    schema.upgrade_url(f"sqlite:///{copy}")
    _make_ready(settings, f"sqlite:///{copy}", now=now)
    target = _sqlite_path(settings)
    for suffix in ("-wal", "-shm"):
        target.with_name(target.name + suffix).unlink(missing_ok=True)
    with copy.open("rb") as file:
        os.fsync(file.fileno())
    copy.replace(target)


def _put_postgresql(settings: Settings, folder: Path, manifest: Manifest, *, now: datetime) -> None:
    schema.upgrade(settings, to=manifest.revision)
    database = connect(settings.database_url)
    try:
        snapshots.fill_postgresql(database, folder / snapshots.FOLDER)
    finally:
        database.engine.dispose()
    schema.upgrade(settings)
    _make_ready(settings, settings.database_url, now=now)


def _make_ready(settings: Settings, url: str, *, now: datetime) -> None:
    """Let nothing that was true only when the backup was made take its course again."""
    database = connect(url)
    with database.transaction() as session:
        messaging.pause(session, reason=FROZEN, actor="shell", now=now)
        messaging.set_aside_live(session, reason=FROZEN, actor="shell", now=now)
        _end_sessions(session)
        privacy.replay_erasures(
            session, ledger=ledger.read(settings.instance), actor="shell", now=now
        )
        audit.record(session, ("backup", "whole"), action="backup.restored", actor="shell", now=now)
    with database.engine.connect() as connection:
        if database.engine.dialect.name == "sqlite":
            connection.connection.driver_connection.execute(  # type: ignore[union-attr]
                "PRAGMA wal_checkpoint(TRUNCATE)"
            ).close()
    database.engine.dispose()


def _end_sessions(session: Session) -> None:
    for table in (UserSession, SignInLink, Heartbeat):
        session.execute(sa.delete(table))


def _refuse_unless_empty(settings: Settings) -> None:
    if make_url(settings.database_url).get_backend_name() == "sqlite":
        path = _sqlite_path(settings)
        if not path.exists():
            return
    database = connect(settings.database_url)
    try:
        if not snapshots.is_empty(database):
            raise WrongPlace(
                "La base de datos ya tiene datos: restaure en una vacía, para no borrar nada."
            )
    finally:
        database.engine.dispose()


def _refuse_other_engine(settings: Settings, manifest: Manifest) -> None:
    engine = make_url(settings.database_url).get_backend_name()
    if engine != manifest.engine:
        raise WrongPlace(f"El respaldo es de {manifest.engine}, y DATABASE_URL es de {engine}.")


def _files(settings: Settings) -> list[Path]:
    folder = Path(settings.files_url)
    if not folder.is_dir():
        return []
    plain = (path for path in folder.iterdir() if path.is_file() and not path.is_symlink())
    return sorted(path for path in plain if not path.name.startswith("."))


def _put_files(settings: Settings, folder: Path) -> None:
    if not folder.is_dir():
        return
    target = Path(settings.files_url)
    target.mkdir(parents=True, exist_ok=True)
    for path in folder.iterdir():
        shutil.move(path, target / path.name)


def _sqlite_path(settings: Settings) -> Path:
    return Path(make_url(settings.database_url).database or "")


def _beside(settings: Settings) -> Path:
    """Return a folder on the disk of the SQLite file, so that it can be put in place at once."""
    folder = settings.instance
    if make_url(settings.database_url).get_backend_name() == "sqlite":
        folder = _sqlite_path(settings).parent
    folder.mkdir(parents=True, exist_ok=True)
    return folder
