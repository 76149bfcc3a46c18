"""The ledger of erasures outside the database, so that no restore brings anybody back.

It holds hashes and moments, one a line, oldest first. What stood in it stays in it, even where the
database was put back to an earlier day.
"""

from collections.abc import Iterable
from datetime import datetime
from pathlib import Path

from coopoutreach.platform.files import store

#: Its name in the instance's folder.
NAME = "erasures.txt"


def read(folder: Path) -> list[tuple[str, datetime]]:
    """Return who was erased and when, as hashes; nobody where there is no ledger yet."""
    data = store.read(folder, NAME) or b""
    lines = (line.split(" ") for line in data.decode("ascii").splitlines())
    return [(person_hash, datetime.fromisoformat(at)) for person_hash, at in lines]


def keep(folder: Path, erased: Iterable[tuple[str, datetime]]) -> int:
    """Write what is new in `erased` to the ledger in `folder`; return how much that was."""
    known = dict(read(folder))
    new = {person_hash: at for person_hash, at in erased if person_hash not in known}
    if new:
        lines = (
            f"{person_hash} {at.isoformat()}\n" for person_hash, at in {**known, **new}.items()
        )
        store.write(folder, NAME, "".join(lines).encode("ascii"))
    return len(new)
