"""Where the migrations are, and which is the newest that comes with the program."""

from pathlib import Path

#: The checkout's folder first, then the one inside the installed package.
MIGRATIONS = next(
    folder
    for folder in (
        Path(__file__).parents[2] / "migrations",
        Path(__file__).parents[1] / "migrations",
    )
    if folder.is_dir()
)


def newest_revision() -> str:
    """Return the newest migration that comes with the program, by the numbers of the files."""
    return max(path.name.partition("_")[0] for path in MIGRATIONS.glob("versions/[0-9]*_*.py"))
