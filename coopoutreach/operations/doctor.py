"""What whoever runs this has to know: is everything there, and if not, what is to be done.

Asked by `coopoutreach doctor`. Each finding is one sentence; nothing here changes anything.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import Enum
from pathlib import Path
from zoneinfo import ZoneInfo

from sqlalchemy.exc import SQLAlchemyError

from coopoutreach.mail.incoming import imap
from coopoutreach.mail.outgoing import smtp
from coopoutreach.mail.outgoing.transport import SmtpTransport, transport_for
from coopoutreach.operations.backups import copies
from coopoutreach.platform.core import own_files
from coopoutreach.platform.core.db import Database
from coopoutreach.platform.core.schema import pending_migrations
from coopoutreach.platform.core.settings import Settings
from coopoutreach.platform.core.shipped import BUNDLE
from coopoutreach.platform.scheduler import integrity, queries
from coopoutreach.platform.scheduler.standing import NO_ROOM, free_room

#: A worker that has said nothing for so long is gone.
WORKER_SILENCE = timedelta(minutes=5)
#: A backup older than this does not count as one.
OLDEST_BACKUP = timedelta(days=2)
#: With less room than this, in bytes, work stops soon.
LITTLE_ROOM = 1_000_000_000


class Gravity(Enum):
    """How bad it is; the value is the sign before its sentence."""

    FINE = "✓"
    #: It works, and something is not as it should be.
    DOUBT = "△"
    PROBLEM = "✗"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at."""

    gravity: Gravity
    sentence: str


def examine(settings: Settings, database: Database, *, now: datetime) -> Iterator[Finding]:
    """Look at everything and yield what is not in order, and what is in use."""
    yield from _database(settings, database, now)
    yield from _machine(settings)
    yield from _mail(settings)
    yield from _mailbox(settings)
    yield from _proxy(settings)
    yield from _backups(settings, now)


def damage_of(database: Database) -> str:
    """Return the sentence about a damaged database, or nothing."""
    state = integrity.damage(database)
    return f"La base de datos está dañada ({state}). Restaure el último respaldo." if state else ""


def _database(settings: Settings, database: Database, now: datetime) -> Iterator[Finding]:
    try:
        damaged = damage_of(database)
        waiting = [] if damaged else pending_migrations(settings)
    except SQLAlchemyError as error:
        yield _problem(
            f"La base de datos no responde ({type(error).__name__}). Revise DATABASE_URL y que el "
            "servidor esté en marcha."
        )
        return
    if damaged:
        yield _problem(damaged)
    elif waiting:
        yield _problem(
            f"Faltan migraciones: {', '.join(waiting)}. Ejecute coopoutreach db upgrade."
        )
    else:
        yield from _worker(database, now)


def _worker(database: Database, now: datetime) -> Iterator[Finding]:
    with database.reading() as session:
        last = queries.newest_heartbeat(session)
    if last is None:
        yield _doubt("Las tareas automáticas no han corrido nunca. Inicie serve o worker.")
    elif now - last > WORKER_SILENCE:
        minutes = (now - last) // timedelta(minutes=1)
        yield _doubt(
            f"Las tareas automáticas no corren hace {minutes} minutos: no salen correos. "
            "Inicie serve o worker."
        )


def _machine(settings: Settings) -> Iterator[Finding]:
    winter = datetime(2026, 7, 1, tzinfo=UTC).astimezone(ZoneInfo("America/Coyhaique")).utcoffset()
    if winter is None or winter.total_seconds() != -3 * 3600:
        yield _problem("La base de husos horarios es antigua: actualice el paquete tzdata.")
    if not (BUNDLE / "manifest.json").exists():
        yield _problem("Falta el paquete de estilos: ejecute make setup.")
    for folder in (settings.instance, *settings.own_folders):
        yield from _room(folder)
    places = (*settings.own_files, *settings.own_folders)
    if open_ones := [place for place in places if place.exists() and own_files.too_open(place)]:
        yield _problem(
            f"Otras cuentas de esta máquina pueden leer {open_ones[0]}. Cambie su dueño o sus "
            "permisos (chmod 700 las carpetas, 600 los archivos)."
        )


def _room(folder: Path) -> Iterator[Finding]:
    there, free = free_room(folder)
    if free < LITTLE_ROOM:
        told = _problem if free < NO_ROOM else _doubt
        yield told(f"Quedan {free // 1_000_000} MB en el disco de {there}. Libere espacio.")


def _mail(settings: Settings) -> Iterator[Finding]:
    try:
        transport = transport_for(settings)
    except ValueError as problem:
        yield _problem(str(problem))
        return
    if not isinstance(transport, SmtpTransport):
        told = _problem if settings.secure else _doubt
        yield told(
            "Los correos se guardan en una carpeta y no llegan a nadie. Para enviarlos, ponga en "
            "MAIL_URL un servidor: smtp://… o smtps://…."
        )
        return
    try:
        transport.reach()
    except smtp.Failed as failed:
        yield _problem(
            f"El servidor de correo no acepta la conexión ({failed.answer.text}). Revise MAIL_URL."
        )
    else:
        yield Finding(Gravity.FINE, "El servidor de correo responde y acepta la clave.")


def _mailbox(settings: Settings) -> Iterator[Finding]:
    if not settings.inbox_url:
        if settings.secure:
            yield _doubt(
                "No se lee ninguna casilla: las respuestas por correo solo llegan si el servidor "
                "de correo las entrega con coopoutreach mail receive. Vea INBOX_URL."
            )
        return
    try:
        with imap.opened(settings.inbox_url):
            pass
    except imap.Unreachable as problem:
        yield _problem(f"No se puede leer la casilla ({problem}). Revise INBOX_URL.")
    else:
        yield Finding(Gravity.FINE, "La casilla de respuestas se puede leer.")


def _proxy(settings: Settings) -> Iterator[Finding]:
    if settings.secure and not settings.proxy_hops:
        yield _doubt(
            "BASE_URL es https y PROXY_HOPS es 0. Si hay un servidor delante, ponga PROXY_HOPS=1: "
            "sin eso, todas las personas parecen venir de una misma dirección."
        )


def _backups(settings: Settings, now: datetime) -> Iterator[Finding]:
    last = copies.last_made(settings)
    if last is None:
        if settings.secure:
            yield _doubt("No hay ningún respaldo. Programe coopoutreach backup DESTINO cada noche.")
    elif now - last > OLDEST_BACKUP:
        yield _doubt(f"El último respaldo es de hace {(now - last).days} días. Haga uno.")


def _problem(sentence: str) -> Finding:
    return Finding(Gravity.PROBLEM, sentence)


def _doubt(sentence: str) -> Finding:
    return Finding(Gravity.DOUBT, sentence)
