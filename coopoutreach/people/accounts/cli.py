"""Accounts from the shell."""

import click

from coopoutreach.people.accounts import commands
from coopoutreach.platform.access.permissions import Role
from coopoutreach.platform.core import addresses, settings
from coopoutreach.platform.core.clock import utcnow
from coopoutreach.platform.core.db import Database
from coopoutreach.platform.core.errors import DomainError
from coopoutreach.platform.core.shell import Refusal


@click.group("users", help="Administra las cuentas de quienes ingresan.")
def users() -> None:
    """Manage the accounts of those who sign in."""


@users.command(
    "add",
    help="Agrega la cuenta de CORREO y muestra un enlace, que sirve una vez y por 7 días, para que "
    "la persona elija su clave.",
)
@click.argument("email", metavar="CORREO")
@click.option(
    "--role",
    required=True,
    type=click.Choice([role.value for role in Role]),
    help="Qué podrá hacer.",
)
@click.option("--name", default="", help="Nombre de la persona; si falta, sale del correo.")
@click.pass_context
def add(context: click.Context, email: str, role: str, name: str) -> None:
    """Add an account for EMAIL and print a link, good once and for 7 days, to set its password."""
    database: Database = context.obj["database"]
    now = utcnow()
    try:
        address = addresses.read(email, own_network=True)
        with database.transaction() as session:
            user = commands.create_user(
                session,
                email=address,
                name=name or address.partition("@")[0],
                role=Role(role),
                password_hash=None,
                actor="shell",
                now=now,
            )
            secret = commands.invite(session, user, actor="shell", now=now)
    except (DomainError, ValueError) as error:
        raise Refusal(str(error)) from None
    click.echo(f"Cuenta {address} ({role}). Para elegir su clave, una vez y dentro de 7 días:")
    click.echo(settings.current().links.to(f"/clave/nueva/{secret}"))
