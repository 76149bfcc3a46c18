"""The shell command `coopoutreach`: each subcommand says what it does and exits non-zero if not."""

import os
import signal
import sys
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import click
from waitress import create_server

import config
from coopoutreach.accounts.cli import users
from coopoutreach.app import create_app
from coopoutreach.backups.cli import backup, restore
from coopoutreach.core import heaps, reactions
from coopoutreach.core import settings as process_settings
from coopoutreach.core.db import Database, connect
from coopoutreach.core.settings import Settings
from coopoutreach.demo.cli import demo
from coopoutreach.events.time import tzdata_version
from coopoutreach.inbound.cli import mail
from coopoutreach.schedule import JOBS
from coopoutreach.scheduler import integrity, runner
from coopoutreach.schema import pending_migrations, upgrade
from coopoutreach.web import log
from coopoutreach.wiring import WIRING

#: Requests that are answered at once; the ninth waits for one of them.
THREADS = 8
#: Of a request: more than any upload, and the server hangs up without asking the application.
MOST_BODY_BYTES = 64 * 1024 * 1024
#: Whoever sends slowly holds a connection and no thread: as many may do so.
CONNECTIONS = 500
#: A connection on which nothing comes for so long is closed.
SLOWEST_SECONDS = 30
#: How long a thread keeps the interpreter while others wait for it.
SWITCH_SECONDS = 0.0005
#: What asks the worker to end.
ENDING = (signal.SIGTERM, signal.SIGINT)


@click.group()
@click.pass_context
def main(context: click.Context) -> None:
    """Outreach to cooperatives: talks, registrations, reminders and calendars."""
    log.configure()
    context.obj = _ready(dict(os.environ))


def _ready(environ: dict[str, str]) -> dict[str, object]:
    try:
        settings = config.load(environ)
    except config.Misconfigured as problem:
        raise click.ClickException(str(problem)) from None
    process_settings.install(settings)
    reactions.install(WIRING)
    return {"settings": settings, "database": connect(settings.database_url)}


@main.command()
@click.option("--host", envvar="HOST", default="127.0.0.1", show_default=True)
@click.option("--port", envvar="PORT", default=8000, show_default=True, type=int)
@click.option("--worker/--no-worker", default=True, help="Deliver mails and run jobs here too.")
def serve(host: str, port: int, *, worker: bool) -> None:
    """Serve the pages, and do the worker's work in the same process."""
    heaps.share()
    # Without a BASE_URL, links lead to where it listens.
    settings = _settings(_ready({**os.environ, "HOST": host, "PORT": str(port)}))
    app = create_app(settings)
    _refuse_damaged(app.extensions["database"])
    # No ident: nobody outside needs to know what runs behind.
    server = create_server(
        app,
        host=host,
        port=port,
        threads=THREADS,
        ident="",
        clear_untrusted_proxy_headers=True,
        # Who sends a file that is too large gets our page; who sends a disk full, nothing.
        max_request_body_size=MOST_BODY_BYTES,
        connection_limit=CONNECTIONS,
        channel_timeout=SLOWEST_SECONDS,
    )
    # Whoever holds the database's one writer waits for the interpreter at each statement: five
    # milliseconds a turn, the default, would be most of a registration.
    sys.setswitchinterval(SWITCH_SECONDS)
    handle = runner.start(JOBS, app.extensions["database"]) if worker else None
    # waitress drains its threads when run() is left by SystemExit.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    click.echo(f"Listo: {settings.base_url} (Ctrl+C para terminar)")
    try:
        server.run()
    finally:
        if handle is not None:
            handle.stop()


@main.command()
@click.pass_obj
def worker(obj: dict[str, object]) -> None:
    """Deliver mails and run the scheduled jobs, without serving pages."""
    heaps.share()
    _refuse_damaged(_database(obj))
    # Held back, in every thread that starts from here on, until somebody waits for them: a
    # handler that ran just before signal.pause() would leave it waiting for ever.
    signal.pthread_sigmask(signal.SIG_BLOCK, ENDING)
    handle = runner.start(JOBS, _database(obj))
    try:
        click.echo("Trabajando: correos y tareas programadas (Ctrl+C para terminar)")
        signal.sigwait(ENDING)
    finally:
        # A second one does not wait for what runs.
        signal.pthread_sigmask(signal.SIG_UNBLOCK, ENDING)
        handle.stop()


@main.group()
def db() -> None:
    """Look after the database."""


@db.command("upgrade")
@click.pass_obj
def upgrade_database(obj: dict[str, object]) -> None:
    """Bring the schema up to date."""
    done = upgrade(_settings(obj))
    click.echo(f"Base de datos al día ({done}).")


@main.command()
@click.pass_obj
def doctor(obj: dict[str, object]) -> None:
    """Say whether everything that is needed is there, and what to do if not."""
    settings, database = _settings(obj), _database(obj)
    problems = [
        problem
        for problem in (
            _check_database(database) or _check_schema(settings),
            _check_zones(),
            _check_bundle(),
        )
        if problem
    ]
    for problem in problems:
        click.echo(f"✗ {problem}")
    if problems:
        sys.exit(1)
    click.echo(f"✓ Todo en orden. tzdata {tzdata_version()}, {settings.base_url}")


def _check_database(database: Database) -> str:
    state = integrity.damage(database)
    return f"La base de datos está dañada ({state}). Restaure el último respaldo." if state else ""


def _refuse_damaged(database: Database) -> None:
    """Stop before anything is read from, or written to, a database that is damaged."""
    problem = _check_database(database)
    if problem:
        raise click.ClickException(problem)


def _check_schema(settings: Settings) -> str:
    waiting = pending_migrations(settings)
    return (
        f"Faltan migraciones: {', '.join(waiting)}. Ejecute coopoutreach db upgrade."
        if waiting
        else ""
    )


def _check_zones() -> str:
    winter = datetime(2026, 7, 1, tzinfo=UTC).astimezone(ZoneInfo("America/Coyhaique"))
    offset = winter.utcoffset()
    right = offset is not None and offset.total_seconds() == -3 * 3600
    return "" if right else "La base de husos horarios es antigua: actualice el paquete tzdata."


def _check_bundle() -> str:
    manifest = Path(__file__).parent / "static" / "dist" / "manifest.json"
    return "" if manifest.exists() else "Falta el paquete de estilos: ejecute make setup."


def _settings(obj: dict[str, object]) -> Settings:
    settings = obj["settings"]
    if not isinstance(settings, Settings):
        raise TypeError("The command was started without settings.")
    return settings


def _database(obj: dict[str, object]) -> Database:
    database = obj["database"]
    if not isinstance(database, Database):
        raise TypeError("The command was started without a database.")
    return database


main.add_command(backup)
main.add_command(restore)
main.add_command(users)
main.add_command(demo)
main.add_command(mail)
