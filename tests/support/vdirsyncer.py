"""vdirsyncer, another people's program, reading a calendar by HTTP into a folder."""

import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

_CONFIGURATION = """\
[general]
status_path = "{folder}/status/"

[pair feed]
a = "remote"
b = "local"
collections = null

[storage remote]
type = "http"
url = "{url}"

[storage local]
type = "filesystem"
path = "{folder}/items/"
fileext = ".ics"
"""


@dataclass(frozen=True)
class Reader:
    """A folder that a calendar is read into, again and again."""

    folder: Path
    url: str

    def sync(self) -> "Outcome":
        """Read the calendar."""
        items = self.folder / "items"
        items.mkdir(parents=True, exist_ok=True)
        configuration = self.folder / "configuration"
        configuration.write_text(_CONFIGURATION.format(folder=self.folder, url=self.url))
        before = self.items()
        # Discovering asks nobody anything where there are no collections, but wants to be called.
        finished = self._run(configuration, "discover")
        if not finished.returncode:
            finished = self._run(configuration, "sync")
        said = finished.stdout + finished.stderr
        after = self.items()
        changed = {name for name, text in after.items() if before.get(name) != text}
        return Outcome(
            worked=not finished.returncode,
            said=said,
            copied=said.count("Copying"),
            changed=len(changed) + len(before.keys() - after.keys()),
        )

    def _run(self, configuration: Path, command: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [
                str(Path(sys.executable).with_name("vdirsyncer")),
                "--verbosity",
                "INFO",
                "--config",
                str(configuration),
                command,
            ],
            env={**os.environ, "HOME": str(self.folder), "LC_ALL": "C.UTF-8"},
            input="y\n",
            check=False,
            capture_output=True,
            text=True,
        )

    def items(self) -> dict[str, bytes]:
        """Return what was read, by file."""
        found = (self.folder / "items").glob("*.ics")
        return {path.name: path.read_bytes() for path in found}


@dataclass(frozen=True)
class Outcome:
    """What came of reading a calendar once."""

    worked: bool
    said: str
    copied: int
    changed: int
