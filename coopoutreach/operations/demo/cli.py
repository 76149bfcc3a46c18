"""The shell command that loads the demonstration."""

from urllib.parse import urlsplit

import click
from sqlalchemy import func, select

from coopoutreach.operations.demo import commands
from coopoutreach.operations.demo.meetings import print_minutes
from coopoutreach.people.accounts.models import User
from coopoutreach.platform.core.clock import utcnow
from coopoutreach.platform.core.db import Database
from coopoutreach.platform.core.schema import upgrade
from coopoutreach.platform.core.settings import Settings
from coopoutreach.platform.core.shell import Refusal

_LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})


@click.group(help="Carga una federación inventada, para probar.")
def demo() -> None:
    """Load an invented federation, to try things out."""


@demo.command("load", help="Llena una base de datos vacía con la demostración.")
@click.option("--if-empty", is_flag=True, help="No hace nada si ya hay datos.")
@click.pass_obj
def load(obj: dict[str, object], *, if_empty: bool) -> None:
    """Fill an empty database with fifteen cooperatives, a season of talks and a table."""
    settings, database = obj["settings"], obj["database"]
    if not isinstance(settings, Settings) or not isinstance(database, Database):
        raise TypeError("The command was started without settings or database.")
    host = urlsplit(settings.base_url).hostname
    upgrade(settings)
    with database.reading() as session:
        has_data = bool(session.scalar(select(func.count()).select_from(User)))
    if has_data and if_empty:
        click.echo("La base de datos ya tiene datos: no se carga la demostración.")
        return
    if host not in _LOOPBACK:
        raise Refusal(
            f"BASE_URL es {settings.base_url}: la demostración solo se carga en 127.0.0.1."
        )
    if has_data:
        raise Refusal("La base de datos ya tiene datos.")
    now = utcnow()
    with database.transaction() as session:
        commands.load(session, password=settings.demo_password, now=now)
    print_minutes(database)
    click.echo("Demostración cargada: 15 cooperativas, 12 charlas y la mesa con CORFO.")
    click.echo(f"  Contraparte: contraparte@corfo.example, clave «{settings.demo_password}»")
    click.echo(f"  Coordinación: coordinacion@fecrecoop.example, clave «{settings.demo_password}»")
