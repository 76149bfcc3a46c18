"""Take the files that show what was done: where their bytes are, and under which names."""

from collections.abc import Iterable, Iterator
from contextlib import ExitStack, contextmanager

from werkzeug.datastructures import FileStorage

from coopoutreach.committee.commitments.rules import MOST_BYTES, MOST_FILES_AT_ONCE
from coopoutreach.platform.files import taking
from coopoutreach.platform.files.taking import TAKEN, NotTaken, Taken

__all__ = ["PREFIX", "TAKEN", "NotTaken", "keep", "unless_it_fails"]

PREFIX = "respaldo-"


def keep(given: Iterable[FileStorage]) -> tuple[Taken, ...]:
    """Keep the files that came with a form; all of them or none.

    :raises NotTaken: with the sentence that says which of them is not taken and why
    """
    files = [file for file in given if file.filename]
    if len(files) > MOST_FILES_AT_ONCE:
        raise NotTaken(f"Suba a lo más {MOST_FILES_AT_ONCE} archivos a la vez.")
    kept: list[Taken] = []
    try:
        for file in files:
            name = file.filename or ""
            # One by one: what was kept before one that is not taken is erased.
            kept += [taking.take(file.stream, name, prefix=PREFIX, most_bytes=MOST_BYTES)]
    except BaseException as refusal:
        for taken in kept:
            taking.erase(taken.stored_as)
        if isinstance(refusal, NotTaken) and len(files) > 1:
            raise NotTaken(f"{files[len(kept)].filename}: {refusal}") from None
        raise
    return tuple(kept)


@contextmanager
def unless_it_fails(kept: Iterable[Taken]) -> Iterator[None]:
    """Erase the bytes of some files if what the block does with them fails."""
    with ExitStack() as stack:
        for taken in kept:
            stack.enter_context(taking.unless_it_fails(taken.stored_as))
        yield
