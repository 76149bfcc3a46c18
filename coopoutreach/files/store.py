"""Keep bytes in a folder: whole or not at all, under names that nobody chose."""

import os
import secrets
from pathlib import Path


def save(folder: Path, data: bytes, *, suffix: str = "") -> str:
    """Keep `data` below `folder` under a random name, and return that name."""
    name = f"{secrets.token_hex(16)}{suffix}"
    write(folder, name, data)
    return name


def write(folder: Path, name: str, data: bytes) -> None:
    """Write `data` as `name`: whoever looks finds all of it or none, also after a power cut.

    :raises ValueError: when the name would lead out of the folder, or hides the file
    """
    if not _is_plain(name):
        raise ValueError(f"{name!r} is not the name of a file in a folder.")
    folder.mkdir(parents=True, exist_ok=True)
    beside = folder / f".{secrets.token_hex(8)}"
    try:
        # Made with its mode: a mail is nobody else's at any moment.
        with os.fdopen(os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        beside.rename(folder / name)
    except BaseException:
        beside.unlink(missing_ok=True)
        raise


def read(folder: Path, name: str) -> bytes | None:
    """Return what is kept as `name`, or None; a link is not followed."""
    path = folder / name
    if not _is_plain(name) or path.is_symlink() or not path.is_file():
        return None
    return path.read_bytes()


def _is_plain(name: str) -> bool:
    return bool(name) and name == Path(name).name and not name.startswith(".")
