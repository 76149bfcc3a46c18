"""The file of a backup: a tar with a manifest that says what is in it, each part with its sum."""

import hashlib
import json
import os
import shutil
import tarfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import IO

from coopoutreach.operations.backups.errors import Damaged

#: The last member of the archive: without it, the writer did not come to its end.
MANIFEST = "manifest.json"
_CHUNK = 1 << 20


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a backup holds. `sums` are SHA-256 of each member, by name."""

    engine: str
    #: The migration that its tables are at.
    revision: str
    #: ISO 8601, UTC.
    made_at: str
    #: Rows of each table.
    rows: dict[str, int]
    sums: dict[str, str]
    #: Of a backup of PostgreSQL, the columns of each table in the order of its file.
    columns: dict[str, list[str]] = field(default_factory=dict)
    #: Names of files that rows name and that were not there, however often one looked.
    missing: list[str] = field(default_factory=list)


@contextmanager
def writing(destination: Path) -> Iterator[tarfile.TarFile]:
    """Yield an archive that becomes `destination` when the block ends well: whole or not at all."""
    beside = destination.with_name(f".{destination.name}.part")
    try:
        # Made with its mode: it holds what everybody entrusted to the federation.
        with (
            os.fdopen(os.open(beside, os.O_RDWR | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file,
            tarfile.open(fileobj=file, mode="w", format=tarfile.PAX_FORMAT) as archive,
        ):
            yield archive
            archive.close()
            file.flush()
            os.fsync(file.fileno())
        beside.rename(destination)
    finally:
        beside.unlink(missing_ok=True)


def add(archive: tarfile.TarFile, path: Path, *, name: str) -> str:
    """Add the file at `path` under `name`; return its SHA-256."""
    archive.add(path, arcname=name, recursive=False)
    return _sum_of_file(path)


def seal(archive: tarfile.TarFile, manifest: Manifest, *, beside: Path) -> None:
    """Add the manifest, last of all."""
    path = beside / MANIFEST
    path.write_text(json.dumps(asdict(manifest), indent=1, sort_keys=True))
    archive.add(path, arcname=MANIFEST)


def unpack(source: Path, folder: Path) -> Manifest:
    """Unpack the backup at `source` into the empty `folder`, checked; return its manifest.

    :raises Damaged: when it is no backup, or a part is missing, changed or unannounced
    """
    try:
        with tarfile.open(source, mode="r:") as archive:
            for member in archive:
                _extract(archive, member, folder)
        manifest = Manifest(**json.loads((folder / MANIFEST).read_text()))
    except (tarfile.TarError, OSError, ValueError, TypeError) as problem:
        raise Damaged(f"{source} no es un respaldo completo: {problem}") from problem
    found = {
        str(path.relative_to(folder)): path
        for path in folder.rglob("*")
        if path.is_file() and path.name != MANIFEST
    }
    if set(found) != set(manifest.sums):
        raise Damaged(f"A {source} le faltan o le sobran partes.")
    for name, path in found.items():
        if _sum_of_file(path) != manifest.sums[name]:
            raise Damaged(f"En {source} cambió la parte {name}: la suma no coincide.")
    return manifest


def _extract(archive: tarfile.TarFile, member: tarfile.TarInfo, folder: Path) -> None:
    """Write a member below `folder`: what `filter="data"` does, which Python 3.11.2 lacks.

    :raises ValueError: when it is no plain file, or leads elsewhere
    """
    content = archive.extractfile(member) if member.isreg() else None
    path = folder / member.name
    if content is None or not path.resolve().is_relative_to(folder.resolve()):
        raise ValueError(f"{member.name} no es un archivo de un respaldo")
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("wb") as file:
        shutil.copyfileobj(content, file)
    path.chmod(member.mode & 0o755 | 0o600)


def _sum_of_file(path: Path) -> str:
    with path.open("rb") as file:
        return _sum(file)


def _sum(file: IO[bytes]) -> str:
    digest = hashlib.sha256()
    while chunk := file.read(_CHUNK):
        digest.update(chunk)
    return digest.hexdigest()
