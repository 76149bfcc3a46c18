"""Take files that people send: of known kinds only, under names of our own, in `FILES_URL`."""

from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import IO

from sqlalchemy.orm import Session

from coopoutreach.platform.core import settings
from coopoutreach.platform.core.batch import each
from coopoutreach.platform.core.db import Database
from coopoutreach.platform.files import kinds, naming, store
from coopoutreach.platform.files.store import TooLarge

#: What is taken, as a person says it.
TAKEN = "PDF, Word, PowerPoint, Excel, OpenDocument, PNG o JPG"
MOST_BYTES = 20 * 1024 * 1024
#: No upload takes longer from its first byte to its commit.
_OLD = timedelta(days=1)


class NotTaken(ValueError):
    """A file is not taken; the message is the sentence that says why."""


@dataclass(frozen=True, slots=True)
class Taken:
    """A file that is kept: the name of its bytes, the name it came with, what it is, how big."""

    stored_as: str
    file_name: str
    media_type: str
    size: int
    sha256: str


def take(
    stream: IO[bytes],
    given_name: str,
    *,
    prefix: str,
    suffixes: frozenset[str] = frozenset(kinds.KINDS),
    most_bytes: int = MOST_BYTES,
) -> Taken:
    """Keep a file that came as `given_name`, its bytes under a name that begins with `prefix`.

    :raises NotTaken: when it is not among what is taken, or not what its name says
    """
    name = naming.clean_name(given_name)
    suffix = naming.suffix_of(name)
    kind = kinds.KINDS.get(suffix) if suffix in suffixes else None
    if kind is None:
        names = TAKEN if len(suffixes) > 1 else " o ".join(sorted(suffixes)).upper()
        raise NotTaken(f"Suba un archivo {names}.")
    most = most_bytes // 1024**2
    if stream.seek(0, 2) > most_bytes:
        raise NotTaken(f"El archivo pesa más de {most} MB. Redúzcalo, o agregue un enlace.")
    if not kinds.is_of_kind(stream, kind):
        raise NotTaken(
            f"El contenido no es el de un archivo .{suffix} sin macros ni clave, o está dañado."
        )
    try:
        stored = store.save_stream(folder(), stream, prefix=prefix, most_bytes=most_bytes)
    except TooLarge:
        raise NotTaken(f"El archivo pesa más de {most} MB.") from None
    return Taken(stored.name, name, kind.media_type, stored.size, stored.sha256)


def opened(stored_as: str) -> IO[bytes] | None:
    """Return the bytes kept under a name, open for reading, or None if they are not there."""
    return store.opened(folder(), stored_as)


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
    store.erase(folder(), stored_as)


def erase_nobodys(
    database: Database,
    names_in_use: Callable[[Session], Collection[str]],
    *,
    prefix: str,
    now: datetime,
) -> int:
    """Erase bytes that a crash left and no row names; return of how many.

    The folder is read before the rows: what is kept in between is in both.
    """
    old = store.names_before(folder(), (now - _OLD).timestamp(), prefix=prefix)
    with database.reading() as session:
        used = frozenset(names_in_use(session))
    nobodys = [name for name in old if name not in used]
    return each(nobodys, erase)


def folder() -> Path:
    """Return where all bytes are kept."""
    return Path(settings.current().files_url)
