"""Keep bytes in a folder: whole or not at all, under names that nobody chose."""

import hashlib
import os
import secrets
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO

#: Read and written at once, so that a large file takes little memory.
BLOCK = 64 * 1024


class TooLarge(ValueError):
    """More bytes came than were allowed."""


@dataclass(frozen=True, slots=True)
class Stored:
    """Bytes that are kept: the name they got, how many, and their SHA-256."""

    name: str
    size: int
    sha256: str


def save(folder: Path, data: bytes, *, suffix: str = "") -> str:
    """Keep `data` below `folder` under a random name, and return that name."""
    name = f"{secrets.token_hex(16)}{suffix}"
    write(folder, name, data)
    return name


def save_stream(folder: Path, stream: IO[bytes], *, prefix: str, most_bytes: int) -> Stored:
    """Keep what a stream gives below `folder` under a random name after `prefix`.

    :raises TooLarge: when it gives more than `most_bytes`; nothing is kept then
    """
    name = prefix + secrets.token_hex(16)
    found = hashlib.sha256()
    size = 0

    def blocks() -> Iterator[bytes]:
        nonlocal size
        while block := stream.read(BLOCK):
            size += len(block)
            if size > most_bytes:
                raise TooLarge
            found.update(block)
            yield block

    _write(folder, name, blocks())
    return Stored(name, size, found.hexdigest())


def write(folder: Path, name: str, data: bytes) -> None:
    """Write `data` as `name`: whoever looks finds all of it or none, also after a power cut.

    :raises ValueError: when the name would lead out of the folder, or hides the file
    """
    _write(folder, name, (data,))


def read(folder: Path, name: str) -> bytes | None:
    """Return what is kept as `name`, or None; a link is not followed."""
    path = _find(folder, name)
    return path.read_bytes() if path is not None else None


def opened(folder: Path, name: str) -> IO[bytes] | None:
    """Return what is kept as `name`, open for reading, or None; a link is not followed."""
    path = _find(folder, name)
    return path.open("rb") if path is not None else None


def erase(folder: Path, name: str) -> None:
    """Erase what is kept as `name`; nothing happens where there is nothing."""
    if _is_plain(name):
        (folder / name).unlink(missing_ok=True)


def names_before(folder: Path, moment: float, *, prefix: str) -> list[str]:
    """Return the names that begin with `prefix` of what was written before `moment`, as stamped."""
    if not folder.is_dir():
        return []
    return sorted(
        entry.name
        for entry in os.scandir(folder)
        if entry.name.startswith(prefix)
        and entry.is_file(follow_symlinks=False)
        and entry.stat(follow_symlinks=False).st_mtime < moment
    )


def _write(folder: Path, name: str, blocks: Iterable[bytes]) -> None:
    if not _is_plain(name):
        raise ValueError(f"{name!r} is not the name of a file in a folder.")
    folder.mkdir(parents=True, exist_ok=True)
    beside = folder / f".{secrets.token_hex(8)}"
    with _or_not_at_all(beside):
        # Made with its mode: a mail is nobody else's at any moment.
        with os.fdopen(os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            for block in blocks:
                file.write(block)
            file.flush()
            os.fsync(file.fileno())
        beside.rename(folder / name)


@contextmanager
def _or_not_at_all(path: Path) -> Iterator[None]:
    try:
        yield
    except BaseException:
        path.unlink(missing_ok=True)
        raise


def _find(folder: Path, name: str) -> Path | None:
    path = folder / name
    if not _is_plain(name) or path.is_symlink() or not path.is_file():
        return None
    return path


def _is_plain(name: str) -> bool:
    return bool(name) and name == Path(name).name and not name.startswith(".")
