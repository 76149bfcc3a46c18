"""Take a message from a mail server's pipe, or from whoever wants to know what it would lead to."""

import json
import sys
from typing import BinaryIO

import click
from sqlalchemy.exc import OperationalError

from coopoutreach.mail.incoming.dealing import deal_with
from coopoutreach.mail.incoming.rules import LONGEST_MESSAGE
from coopoutreach.platform.core import settings as process_settings
from coopoutreach.platform.core.clock import utcnow
from coopoutreach.platform.core.db import connect

#: EX_TEMPFAIL of sysexits.h: a mail server keeps the message and tries again.
TRY_LATER = 75


@click.group(help="Recibe el correo que llega.")
def mail() -> None:
    """Deal with mail that comes in."""


@mail.command(
    help="Recibe un mensaje por la entrada estándar, o del archivo ORIGEN. Termina en 0 sea cual "
    "sea el mensaje, y en 75 si no hubo base de datos y conviene reintentar."
)
@click.option("--explain", is_flag=True, help="Muestra la decisión y su motivo como JSON.")
@click.argument("source", metavar="[ORIGEN]", type=click.File("rb"), default="-", required=False)
def receive(source: BinaryIO, *, explain: bool) -> None:
    """Deal with the message on standard input (or in the file SOURCE): an answer, or a bounce.

    It ends with 0 whatever the message was, so that no mail server sends anything back to its
    sender; with 75 if the database could not be had, so that it tries again.
    """
    raw = source.read(LONGEST_MESSAGE + 1)
    database = connect(process_settings.current().database_url)
    try:
        decision = deal_with(database, raw, now=utcnow())
    except OperationalError as problem:
        click.echo(f"No se pudo escribir en la base de datos: {problem.orig}", err=True)
        sys.exit(TRY_LATER)
    if decision is None:
        click.echo("No se pudo guardar el mensaje: el registro dice por qué.", err=True)
        sys.exit(TRY_LATER)
    if explain:
        click.echo(json.dumps(decision.explained(), ensure_ascii=False))
