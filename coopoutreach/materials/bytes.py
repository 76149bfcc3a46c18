"""Where the bytes of materials are: in the folder of `FILES_URL`, under names of our own."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from coopoutreach.core import settings
from coopoutreach.files import kinds, naming, store
from coopoutreach.files.store import Stored, TooLarge
from coopoutreach.materials.models import Material
from coopoutreach.materials.rules import MOST_BYTES

PREFIX = "material-"
#: What is taken, as a person says it.
TAKEN = "PDF, Word, PowerPoint, Excel, OpenDocument, PNG o JPG"


class NotTaken(ValueError):
    """A file is not handed out; the message is the sentence that says why."""


def keep(stream: IO[bytes], given_name: str) -> tuple[Stored, str, str]:
    """Keep a file that came as `given_name`; return how, its clean name, and what it is.

    :raises NotTaken: when it is not among what is taken, or not what its name says
    """
    name = naming.clean_name(given_name)
    kind = kinds.KINDS.get(naming.suffix_of(name))
    if kind is None:
        raise NotTaken(f"Suba un archivo {TAKEN}.")
    most = MOST_BYTES // 1024**2
    if stream.seek(0, 2) > MOST_BYTES:
        raise NotTaken(f"El archivo pesa más de {most} MB. Redúzcalo, o agregue un enlace.")
    if not kinds.is_of_kind(stream, kind):
        suffix = naming.suffix_of(name)
        raise NotTaken(
            f"El contenido no es el de un archivo .{suffix} sin macros ni clave, o está dañado."
        )
    try:
        stored = store.save_stream(_folder(), stream, prefix=PREFIX, most_bytes=MOST_BYTES)
    except TooLarge:
        raise NotTaken(f"El archivo pesa más de {most} MB.") from None
    return stored, name, kind.media_type


def opened(material: Material) -> IO[bytes] | None:
    """Return the bytes of a material, open for reading, or None if they are not there."""
    return store.opened(_folder(), material.stored_as)


@contextmanager
def unless_it_fails(stored_as: str) -> Iterator[None]:
    """Erase the bytes kept under a name if what the block does with them fails."""
    try:
        yield
    except BaseException:
        erase(stored_as)
        raise


def erase(stored_as: str) -> None:
    """Erase the bytes kept under a name."""
    store.erase(_folder(), stored_as)


def _folder() -> Path:
    return Path(settings.current().files_url)
