"""Which migration is the newest that comes with the program."""

from coopoutreach.platform.core.shipped import MIGRATIONS


def newest_revision() -> str:
    """Return the newest migration that comes with the program, by the numbers of the files."""
    return max(path.name.partition("_")[0] for path in MIGRATIONS.glob("versions/[0-9]*_*.py"))
