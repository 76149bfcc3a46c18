"""Accounts from the shell."""

from importlib import import_module

import click

from coopoutreach.access.permissions import Role
from coopoutreach.accounts import commands
from coopoutreach.core import settings
from coopoutreach.core.clock import utcnow
from coopoutreach.core.db import Database
from coopoutreach.core.errors import DomainError


@click.group("users")
def users() -> None:
    """Manage the accounts of those who sign in."""


@users.command("add")
@click.argument("email")
@click.option("--role", required=True, type=click.Choice([role.value for role in Role]))
@click.option("--name", default="", help="As the person is addressed; by default from EMAIL.")
@click.pass_context
def add(context: click.Context, email: str, role: str, name: str) -> None:
    """Add an account for EMAIL and print a link, good once and for 7 days, to set its password."""
    database: Database = context.obj["database"]
    now = utcnow()
    try:
        address = _checked(email)
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
        raise click.ClickException(str(error)) from None
    click.echo(f"Account {address} ({role}). To set its password, once, within 7 days:")
    click.echo(settings.current().links.to(f"/clave/nueva/{secret}"))


def _checked(given: str) -> str:
    # Loaded late: every command of the shell loads this file, and one reads an address.
    validator = import_module("email_validator")
    found = validator.validate_email(given, check_deliverability=False, test_environment=True)
    return str(found.normalized)
