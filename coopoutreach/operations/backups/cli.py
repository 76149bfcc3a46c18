"""Back up and restore from the shell."""

from pathlib import Path

import click

from coopoutreach.operations.backups import copies
from coopoutreach.platform.core import settings as process_settings
from coopoutreach.platform.core.clock import utcnow
from coopoutreach.platform.core.db import connect
from coopoutreach.platform.core.errors import DomainError
from coopoutreach.platform.core.shell import Refusal


@click.command(help="Escribe todo lo que se guarda en un archivo de la carpeta DESTINO.")
@click.argument("destination", metavar="DESTINO", type=click.Path(file_okay=False, path_type=Path))
def backup(destination: Path) -> None:
    """Write everything that is kept to one file in the folder DESTINATION, while others work."""
    settings = process_settings.current()
    database = connect(settings.database_url)
    path = copies.back_up(settings, database, destination, now=utcnow())
    size = path.stat().st_size / 1e6
    click.echo(f"Respaldo completo: {path} ({size:.1f} MB).")
    click.echo("Contiene datos personales: guárdelo cifrado. La clave SECRET_KEY no va en él;")
    click.echo("consérvela aparte: sin ella dejan de servir los enlaces que ya se enviaron.")


@click.command(help="Pone el respaldo ORIGEN en la base y la carpeta de archivos, vacías.")
@click.argument(
    "source", metavar="ORIGEN", type=click.Path(exists=True, dir_okay=False, path_type=Path)
)
def restore(source: Path) -> None:
    """Put the backup SOURCE into the empty database and files of this configuration."""
    try:
        manifest = copies.restore(process_settings.current(), source, now=utcnow())
    except DomainError as problem:
        raise Refusal(str(problem)) from None
    click.echo(f"Restaurado: {sum(manifest.rows.values())} filas, del {manifest.made_at}.")
    click.echo("El envío de correos está detenido: revise /mensajes y reanúdelo desde ahí.")
