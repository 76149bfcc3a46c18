"""The shell command `coopoutreach`: each subcommand says what it does and exits non-zero if not."""

import os
import signal
import sys
from contextlib import ExitStack

import click

import config
from coopoutreach.app import create_app
from coopoutreach.mail.incoming.cli import mail
from coopoutreach.operations import doctor as examination
from coopoutreach.operations.backups.cli import backup, restore
from coopoutreach.operations.demo.cli import demo
from coopoutreach.operations.doctor import Gravity
from coopoutreach.people.accounts.cli import users
from coopoutreach.platform.core import heaps, own_files, reactions
from coopoutreach.platform.core import settings as process_settings
from coopoutreach.platform.core.clock import utcnow
from coopoutreach.platform.core.db import Database, connect
from coopoutreach.platform.core.schema import upgrade
from coopoutreach.platform.core.settings import Settings
from coopoutreach.platform.core.shell import Refusal
from coopoutreach.platform.core.time import tzdata_version
from coopoutreach.platform.scheduler import probe, runner
from coopoutreach.platform.web import log, serving
from coopoutreach.schedule import JOBS
from coopoutreach.wiring import WIRING

#: What asks the worker to end.
ENDING = (signal.SIGTERM, signal.SIGINT)


@click.group(help="Difusión a cooperativas: charlas, inscripciones, recordatorios y calendarios.")
@click.pass_context
def main(context: click.Context) -> None:
    """Read the settings for all commands."""
    log.configure()
    context.obj = _ready(dict(os.environ))


def _ready(environ: dict[str, str]) -> dict[str, object]:
    try:
        settings = config.load(environ)
    except config.Misconfigured as problem:
        raise Refusal(str(problem)) from None
    process_settings.install(settings)
    own_files.keep_to_ourselves(settings.own_files, settings.own_folders)
    reactions.install(WIRING)
    return {"settings": settings, "database": connect(settings.database_url)}


@main.command(help="Sirve las páginas y hace el trabajo programado en el mismo proceso.")
@click.option("--host", envvar="HOST", default="127.0.0.1", show_default=True, help="Dirección.")
@click.option(
    "--port",
    envvar="PORT",
    default=8000,
    show_default=True,
    type=click.IntRange(0, 65535),
    help="Puerto.",
)
@click.option(
    "--worker/--no-worker", default=True, help="Enviar correos y hacer las tareas aquí también."
)
def serve(host: str, port: int, *, worker: bool) -> None:
    """Serve the pages, and do the worker's work in the same process."""
    heaps.share()
    # Without a BASE_URL, links lead to where it listens.
    settings = _settings(_ready({**os.environ, "HOST": host, "PORT": str(port)}))
    app = create_app(settings)
    _refuse_damaged(app.extensions["database"])
    try:
        server = serving.listen(app, host=host, port=port)
    except serving.CannotListen as problem:
        raise Refusal(str(problem)) from None
    handle = runner.start(JOBS, app.extensions["database"]) if worker else None
    # waitress drains its threads when run() is left by SystemExit.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    click.echo(f"Listo: {settings.base_url} (Ctrl+C para terminar)")
    try:
        server.run()
    finally:
        if handle is not None:
            handle.stop()


@main.command(help="Envía los correos y hace las tareas programadas, sin servir páginas.")
@click.option(
    "--health",
    default=None,
    type=click.IntRange(0, 65535),
    metavar="PUERTO",
    help="Responder /healthz y /readyz en este puerto, solo a esta máquina.",
)
@click.pass_obj
def worker(obj: dict[str, object], *, health: int | None) -> None:
    """Deliver mails and run the scheduled jobs, without serving pages."""
    heaps.share()
    _refuse_damaged(_database(obj))
    # Held back, in every thread that starts from here on, until somebody waits for them: a
    # handler that ran just before signal.pause() would leave it waiting for ever.
    signal.pthread_sigmask(signal.SIG_BLOCK, ENDING)
    with ExitStack() as closing:
        if health is not None:
            try:
                port = closing.enter_context(probe.answering(_database(obj), health))
            except OSError:
                raise Refusal(f"El puerto {health} está ocupado: elija otro.") from None
            click.echo(f"Salud: http://127.0.0.1:{port}/readyz")
        handle = runner.start(JOBS, _database(obj))
        try:
            click.echo("Trabajando: correos y tareas programadas (Ctrl+C para terminar)")
            signal.sigwait(ENDING)
        finally:
            # A second one does not wait for what runs.
            signal.pthread_sigmask(signal.SIG_UNBLOCK, ENDING)
            handle.stop()


@main.group(help="Cuida la base de datos.")
def db() -> None:
    """Look after the database."""


@db.command("upgrade", help="Pone al día el esquema de la base de datos.")
@click.pass_obj
def upgrade_database(obj: dict[str, object]) -> None:
    """Bring the schema up to date."""
    done = upgrade(_settings(obj))
    click.echo(f"Base de datos al día ({done}).")


@main.command(help="Dice si está todo lo que hace falta y, si no, qué hacer.")
@click.pass_obj
def doctor(obj: dict[str, object]) -> None:
    """Say whether everything that is needed is there, and what to do if not."""
    settings = _settings(obj)
    found = list(examination.examine(settings, _database(obj), now=utcnow()))
    for finding in found:
        click.echo(f"{finding.gravity.value} {finding.sentence}")
    if any(finding.gravity is Gravity.PROBLEM for finding in found):
        sys.exit(1)
    click.echo(
        f"{Gravity.FINE.value} Todo en orden. tzdata {tzdata_version()}, {settings.base_url}"
    )


def _refuse_damaged(database: Database) -> None:
    """Stop before anything is read from, or written to, a database that is damaged."""
    problem = examination.damage_of(database)
    if problem:
        raise Refusal(problem)


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
