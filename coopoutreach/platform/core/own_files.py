"""What this application writes is for its own account of the machine alone.

Keys, uploads, mails and the database hold what is nobody else's to read: files are 0600 and folders
0700, whatever the shell that started us allows, and those that are there already are put right.
"""

import os
from collections.abc import Iterable, Iterator
from pathlib import Path

import structlog

logger = structlog.get_logger(__name__)

FILE, FOLDER = 0o600, 0o700
#: Takes from every new file and folder what others might do with it.
_MASK = 0o077


def keep_to_ourselves(files: Iterable[Path], folders: Iterable[Path]) -> list[Path]:
    """Have all that is made from now on be ours alone, and put right what is there already.

    Of `files`, which may be folders, each by itself; `folders` with all that is in them.

    Return what could not be put right, which is somebody else's: that is said, and not fatal.
    """
    os.umask(_MASK)
    refused = []
    for path in (*files, *_within(folders)):
        try:
            if not path.is_symlink() and too_open(path):
                path.chmod(FOLDER if path.is_dir() else FILE)
        except FileNotFoundError:
            continue  # gone meanwhile
        except PermissionError:
            refused.append(path)
    if refused:
        logger.warning("files.not_ours", first=str(refused[0]), count=len(refused))
    return refused


def too_open(path: Path) -> bool:
    """Return whether others than our account may read, write or enter `path`."""
    return bool(path.stat().st_mode & _MASK)


def _within(folders: Iterable[Path]) -> Iterator[Path]:
    for folder in folders:
        yield folder
        # Nobody else may enter it; but what is in it may be copied elsewhere with its mode.
        yield from folder.rglob("*")
