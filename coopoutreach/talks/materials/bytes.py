"""Where the bytes of materials are: in the folder of `FILES_URL`, under names of our own."""

from typing import IO

from coopoutreach.platform.files import taking
from coopoutreach.platform.files.store import Stored
from coopoutreach.platform.files.taking import TAKEN, NotTaken, erase, unless_it_fails
from coopoutreach.talks.materials.models import Material
from coopoutreach.talks.materials.rules import MOST_BYTES

__all__ = ["PREFIX", "TAKEN", "NotTaken", "erase", "keep", "opened", "unless_it_fails"]

PREFIX = "material-"


def keep(stream: IO[bytes], given_name: str) -> tuple[Stored, str, str]:
    """Keep a file that came as `given_name`; return how, its clean name, and what it is.

    :raises NotTaken: when it is not among what is taken, or not what its name says
    """
    taken = taking.take(stream, given_name, prefix=PREFIX, most_bytes=MOST_BYTES)
    stored = Stored(taken.stored_as, taken.size, taken.sha256)
    return stored, taken.file_name, taken.media_type


def opened(material: Material) -> IO[bytes] | None:
    """Return the bytes of a material, open for reading, or None if they are not there."""
    return taking.opened(material.stored_as)
