"""Make an environment that holds what run.txt lists and nothing else, from what is installed.

A package is taken over file by file, as its own record says, so no network is needed and nothing
that only builds or tests comes along.
"""

import os
import subprocess
import sys
from importlib import metadata
from pathlib import Path

from tests.support.wheels import pins_of

ROOT = Path(__file__).resolve().parents[2]


def environment_that_only_runs(folder: Path) -> Path:
    """Make an environment in `folder` with the packages of run.txt; return its Python."""
    making = [sys.executable, "-m", "venv", "--without-pip", str(folder)]
    subprocess.run(making, check=True, capture_output=True)
    packages = next((folder / "lib").glob("python*/site-packages"))
    for pin in pins_of(ROOT / "requirements" / "run.txt"):
        try:
            files = metadata.distribution(pin.name).files or []
        except metadata.PackageNotFoundError:
            continue  # for another machine
        for file in files:
            if ".." not in file.parts and file.suffix != ".pyc":
                _link(Path(str(file.locate())), packages / file)
    return folder / "bin" / "python"


def _link(there: Path, here: Path) -> None:
    here.parent.mkdir(parents=True, exist_ok=True)
    try:
        os.link(there, here)
    except OSError:  # another file system
        here.write_bytes(there.read_bytes())
