"""What comes with the program beside its code: where it is, in a checkout and once installed."""

from pathlib import Path

import coopoutreach

PACKAGE = Path(coopoutreach.__file__).parent
#: The bundle of styles and scripts, with its typefaces.
BUNDLE = PACKAGE / "static" / "dist"


def _folder(name: str) -> Path:
    # A checkout has it beside the package, a wheel inside.
    beside = PACKAGE.parent / name
    return beside if beside.is_dir() else PACKAGE / name


TEMPLATES = _folder("templates")
MIGRATIONS = _folder("migrations")
