"""Make a backup, and restore one into an empty place."""

import os
import shutil
import tempfile
from datetime import datetime
from pathlib import Path

import sqlalchemy as sa
import structlog
from sqlalchemy.engine import make_url
from sqlalchemy.orm import Session

from coopoutreach.mail.outgoing import commands as messaging
from coopoutreach.operations.backups import archive, crossing, snapshots
from coopoutreach.operations.backups.archive import Manifest
from coopoutreach.operations.backups.errors import WrongPlace
from coopoutreach.operations.backups.holding import Held, holding
from coopoutreach.operations.backups.snapshots import Snapshot
from coopoutreach.people.accounts.models import SignInLink, UserSession
from coopoutreach.platform.audit import commands as audit
from coopoutreach.platform.core import schema
from coopoutreach.platform.core.db import Database, connect
from coopoutreach.platform.core.settings import Settings
from coopoutreach.platform.files import store
from coopoutreach.platform.scheduler.models import Heartbeat
from coopoutreach.privacy import commands as privacy
from coopoutreach.privacy import ledger

logger = structlog.get_logger(__name__)

#: The folder of the archive that holds uploaded files.
FILES = "files"
#: Beside the database, since a restored one would tell of the backup that it came from.
LAST = "last_backup"
#: How often a moment is looked for in which every file is there.
_TRIES = 3
#: What the folder begins with in which a backup is unpacked.
_BESIDE = ".restore-"
FROZEN = "Se restauró un respaldo: revise qué correos siguen haciendo falta antes de reanudar."


def back_up(settings: Settings, database: Database, destination: Path, *, now: datetime) -> Path:
    """Write everything that is kept to a file in the folder `destination`; return the file.

    Others may go on writing and erasing: the copy is of one moment, and no row of it lacks its
    file. The files are held before the database is copied, and again after it; where one came and
    went in between, both are done anew.
    """
    destination.mkdir(parents=True, exist_ok=True)
    target = destination / f"coopoutreach-{now:%Y%m%d-%H%M%S}.tar"
    with (
        tempfile.TemporaryDirectory(dir=destination, prefix=".backup-") as temporary,
        holding(Path(settings.files_url)) as held,
    ):
        folder = Path(temporary)
        found, missing = _of_one_moment(database, held, folder / snapshots.FOLDER)
        sums = {}
        with archive.writing(target) as tar:
            for path in sorted((folder / snapshots.FOLDER).iterdir()):
                name = f"{snapshots.FOLDER}/{path.name}"
                sums[name] = archive.add(tar, path, name=name)
            for path in held.paths():
                name = f"{FILES}/{path.name}"
                sums[name] = archive.add(tar, path, name=name)
            manifest = Manifest(
                engine=database.engine.dialect.name,
                revision=snapshots.revision(database),
                made_at=now.isoformat(),
                rows=found.rows,
                sums=sums,
                columns=found.columns,
                missing=sorted(missing),
            )
            archive.seal(tar, manifest, beside=folder)
    store.write(settings.instance, LAST, now.isoformat().encode())
    if missing:
        logger.warning("backup.files_missing", count=len(missing))
    return target


def last_made(settings: Settings) -> datetime | None:
    """Return when a backup was last made from here, or None if none ever was."""
    noted = store.read(settings.instance, LAST)
    return datetime.fromisoformat(noted.decode()) if noted else None


def _of_one_moment(database: Database, held: Held, folder: Path) -> tuple[Snapshot, set[str]]:
    """Copy the database into `folder` and hold its files; return what no trying found of them."""
    tries = 0
    while True:
        tries += 1
        held.take()
        found = snapshots.take(database, folder)
        missing = found.files - held.take()
        if not missing or tries == _TRIES:
            return found, missing
        shutil.rmtree(folder)


def restore(settings: Settings, source: Path, *, now: datetime) -> Manifest:
    """Put what the backup at `source` holds into the empty database and files of `settings`.

    Nothing is changed unless the whole backup is sound. Afterwards the queue of mails stands
    still and what was in it is put aside, since it may have been sent after the backup was made;
    nobody is signed in any more; and whoever was erased since is erased again, if the ledger of
    erasures is in the instance's folder.

    The engine may be another than that of the backup. Killed at any point, it leaves the database
    empty or whole, and may be run again: the files come first, the database last and at once.

    :raises Damaged: if the backup is not whole
    :raises WrongPlace: if something is kept there already, or an old backup is of another engine
    """
    _refuse_unless_empty(settings)
    _forget_killed(settings)
    with tempfile.TemporaryDirectory(dir=_beside(settings), prefix=_BESIDE) as temporary:
        folder = Path(temporary)
        manifest = archive.unpack(source, folder)
        _refuse_old_of_other_engine(settings, manifest)
        copy = folder / snapshots.FOLDER / snapshots.SQLITE_FILE
        if manifest.engine == "sqlite":
            snapshots.check_sqlite(copy)
            schema.upgrade_url(f"sqlite:///{copy}")
        if _engine(settings) == "sqlite":
            if manifest.engine != "sqlite":
                _cross_to_sqlite(copy, folder / snapshots.FOLDER, manifest)
            # Made ready beside its place, so that nobody meets it with its queue running.
            _make_ready(settings, f"sqlite:///{copy}", now=now)
            _put_files(settings, folder / FILES)
            _put_sqlite(settings, copy)
        else:
            _put_files(settings, folder / FILES)
            _put_postgresql(settings, folder / snapshots.FOLDER, manifest, now=now)
    return manifest


def _cross_to_sqlite(copy: Path, folder: Path, manifest: Manifest) -> None:
    """Make a SQLite file of what PostgreSQL's COPY wrote."""
    schema.upgrade_url(f"sqlite:///{copy}")
    database = connect(f"sqlite:///{copy}")
    with database.transaction() as session, crossing.unguarded(session.connection()):
        crossing.pour(session.connection(), crossing.rows_of_copies(folder, manifest.columns))
    database.engine.dispose()
    snapshots.check_sqlite(copy)


def _put_sqlite(settings: Settings, copy: Path) -> None:
    target = _sqlite_path(settings)
    for suffix in ("-wal", "-shm"):
        target.with_name(target.name + suffix).unlink(missing_ok=True)
    with copy.open("rb") as file:
        os.fsync(file.fileno())
    copy.replace(target)


def _put_postgresql(settings: Settings, folder: Path, manifest: Manifest, *, now: datetime) -> None:
    """Make the tables, fill them and let nothing run in them, all in one transaction."""
    database = connect(settings.database_url)
    source = connect(f"sqlite:///{folder / snapshots.SQLITE_FILE}")
    try:
        with database.transaction() as session:
            connection = session.connection()
            if manifest.engine == "sqlite":
                schema.upgrade_over(connection)
                with source.engine.connect() as rows, crossing.unguarded(connection):
                    crossing.pour(connection, crossing.rows_of_sqlite(rows))
                snapshots.move_sequences(connection)
            else:
                schema.upgrade_over(connection, to=manifest.revision)
                snapshots.fill_postgresql(connection, folder, manifest)
                schema.upgrade_over(connection)
            _let_nothing_run(settings, session, now=now)
    finally:
        database.engine.dispose()
        source.engine.dispose()


def _make_ready(settings: Settings, url: str, *, now: datetime) -> None:
    database = connect(url)
    with database.transaction() as session:
        _let_nothing_run(settings, session, now=now)
    with database.engine.connect() as connection:
        connection.connection.driver_connection.execute(  # type: ignore[union-attr]
            "PRAGMA wal_checkpoint(TRUNCATE)"
        ).close()
    database.engine.dispose()


def _let_nothing_run(settings: Settings, session: Session, *, now: datetime) -> None:
    """Let nothing that was true only when the backup was made take its course again."""
    messaging.pause(session, reason=FROZEN, actor="shell", now=now)
    messaging.set_aside_live(session, reason=FROZEN, actor="shell", now=now)
    _end_sessions(session)
    privacy.replay_erasures(session, ledger=ledger.read(settings.instance), actor="shell", now=now)
    audit.record(session, ("backup", "whole"), action="backup.restored", actor="shell", now=now)


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


def _refuse_old_of_other_engine(settings: Settings, manifest: Manifest) -> None:
    """Refuse what PostgreSQL wrote at another migration, where it cannot be brought up to date."""
    if manifest.engine == "sqlite" or _engine(settings) == manifest.engine:
        return
    if manifest.revision != schema.newest() or not manifest.columns:
        raise WrongPlace(
            f"El respaldo es de {manifest.engine} y de una versión anterior, y DATABASE_URL es de "
            f"{_engine(settings)}. Restáurelo primero en {manifest.engine}, con esta versión, "
            "y haga ahí un respaldo nuevo."
        )


def _forget_killed(settings: Settings) -> None:
    """Erase what a restore that was killed had unpacked: it holds everybody's data."""
    for left in _beside(settings).glob(f"{_BESIDE}*"):
        shutil.rmtree(left, ignore_errors=True)


def _put_files(settings: Settings, folder: Path) -> None:
    if not folder.is_dir():
        return
    target = Path(settings.files_url)
    target.mkdir(parents=True, exist_ok=True)
    for path in folder.iterdir():
        with path.open("rb") as file:
            os.fsync(file.fileno())
        # Of a restore that was killed some are there already, perhaps not whole.
        (target / path.name).unlink(missing_ok=True)
        shutil.move(path, target / path.name)


def _engine(settings: Settings) -> str:
    return make_url(settings.database_url).get_backend_name()


def _sqlite_path(settings: Settings) -> Path:
    return Path(make_url(settings.database_url).database or "")


def _beside(settings: Settings) -> Path:
    """Return a folder on the disk of the SQLite file, so that it can be put in place at once."""
    folder = settings.instance
    if make_url(settings.database_url).get_backend_name() == "sqlite":
        folder = _sqlite_path(settings).parent
    folder.mkdir(parents=True, exist_ok=True)
    return folder
