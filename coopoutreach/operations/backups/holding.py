"""Hold uploaded files while a backup is made: what is erased meanwhile is still copied."""

import os
import shutil
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

#: What the folder begins with in which they are held. A crash may leave one behind.
_PREFIX = ".backup-"
#: In seconds: longer than any backup takes.
_OLD = 24 * 3600


class Held:
    """Files that stay as they are, whatever becomes of their names."""

    def __init__(self, source: Path, folder: Path) -> None:
        self._source, self._folder = source, folder

    def take(self) -> set[str]:
        """Hold what is there now as well; return the names of all that is held."""
        for path in self._source.iterdir() if self._source.is_dir() else ():
            if path.name.startswith(".") or path.is_symlink() or not path.is_file():
                continue
            _hold(path, self._folder / path.name)
        return {path.name for path in self._folder.iterdir()}

    def paths(self) -> list[Path]:
        """Return what is held, by name."""
        return sorted(self._folder.iterdir())


@contextmanager
def holding(source: Path) -> Iterator[Held]:
    """Yield what holds the files in the folder `source`, and let them go at the end."""
    if not source.is_dir():
        with tempfile.TemporaryDirectory() as name:
            yield Held(source, Path(name))
        return
    forget_old(source)
    # On their own disk, so that a second name costs nothing.
    with tempfile.TemporaryDirectory(dir=source, prefix=_PREFIX) as name:
        yield Held(source, Path(name))


def forget_old(source: Path) -> None:
    """Erase what a backup held that was killed: it may be of people who were erased since."""
    for left in source.glob(f"{_PREFIX}*"):
        if left.stat().st_mtime < time.time() - _OLD:
            shutil.rmtree(left, ignore_errors=True)


def _hold(path: Path, held: Path) -> None:
    """Give a file a second name, or copy it where a disk has none; one that went is none."""
    if held.exists():
        return
    try:
        os.link(path, held)
    except FileNotFoundError:
        return
    except OSError:
        try:
            shutil.copyfile(path, held)
        except FileNotFoundError:
            held.unlink(missing_ok=True)
