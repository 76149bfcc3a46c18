#!/usr/bin/env python3
"""Make .venv from the pinned lists: `run` for the application, `test` for checking it as well.

Needs Python >= 3.11 with pip, and nothing else: neither ensurepip nor a system node.
What is already in place is left alone, so every make target may begin with this.
"""

import fcntl
import hashlib
import json
import os
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import assets

ROOT = Path(__file__).resolve().parents[1]
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
OLDEST = (3, 11)

#: How a list is installed. It is complete, so nothing is resolved: an old pip would ask the index
#: for the newest of whatever a package wants with an extra, and refuse it, since it is not listed.
AS_LISTED = ("--require-hashes", "--no-deps", "--only-binary", ":all:")

#: The pip of the Python that runs this, at work on .venv, which has none of its own.
PIP = (sys.executable, "-m", "pip", "--python", PYTHON, "--disable-pip-version-check")

#: What each kind of set-up installs, in this order.
LISTS = {"run": ("run", "build"), "test": ("run", "build", "test")}


def main(arguments: list[str]) -> None:
    """Bring .venv and the front-end bundle up to date."""
    kind = arguments[0] if arguments else "run"
    if kind not in LISTS:
        sys.exit(f"setup.py: expected one of {', '.join(LISTS)}, not {kind!r}")
    if sys.version_info < OLDEST:
        sys.exit("setup.py: Python 3.11 or newer is needed")
    missing = [name for name in LISTS[kind] if not _is_done(name)]
    if missing or not _is_done("project"):
        with _alone():
            _install(kind)
    if assets.is_stale():
        _run(PYTHON, ROOT / "tools" / "assets.py")


def _install(kind: str) -> None:
    if not _is_done("venv"):
        _say(f"making {VENV.name} with Python {sys.version.split()[0]}")
        shutil.rmtree(VENV, ignore_errors=True)
        _run(sys.executable, "-m", "venv", "--without-pip", VENV)
        _mark_done("venv")
    for name in LISTS[kind]:
        if not _is_done(name):
            _say(f"installing requirements/{name}.txt, hashes checked (about half a minute)")
            _pip(*AS_LISTED, "-r", f"requirements/{name}.txt")
            _compile(next((VENV / "lib").glob("python*/site-packages")))
            _mark_done(name)
    if not _is_done("project"):
        _say("installing the project itself, editable")
        # What builds it is in build.txt: an isolated environment would fetch what nobody pinned.
        _pip("--no-deps", "--no-build-isolation", "--editable", ".")
        _pip_check()
        _compile(ROOT / "coopoutreach")
        _mark_done("project")


def _pip(*arguments: str) -> None:
    # It would compile on one core, and not what is there already.
    _run(*PIP, "--no-input", "install", "-qq", "--no-compile", *arguments)


def _pip_check() -> None:
    """Stop if a package lacks what it needs: a list that was installed as it is says no word."""
    checked = subprocess.run(  # noqa: S603 (no shell, our own words)
        [*map(str, PIP), "check"], cwd=ROOT, check=False, capture_output=True, text=True
    )
    if checked.returncode:
        sys.exit(f"setup.py: the lists of requirements/ do not fit together:\n{checked.stdout}")


def _compile(folder: Path) -> None:
    """Compile a folder, on every core: where `.pyc` may not be written, each start would do it.

    Some packages carry files for other Pythons, which cannot be compiled and are never imported:
    what it returns says nothing.
    """
    command = [str(PYTHON), "-m", "compileall", "-qq", "-j", "0", str(folder)]
    quietly = os.environ | {"PYTHONWARNINGS": "ignore"}
    subprocess.run(command, env=quietly, check=False)  # noqa: S603 (no shell, our own words)


def _run(*command: str | Path) -> None:
    finished = subprocess.run([str(part) for part in command], cwd=ROOT, check=False)  # noqa: S603 (no shell, our own words)
    if finished.returncode:
        sys.exit(f"setup.py: failed: {' '.join(map(str, command))}")


def _digest(name: str) -> str:
    """Return what the step `name` depends on, as a digest."""
    about: list[object] = [sys.version, str(ROOT)]
    if name in LISTS:
        about.append((ROOT / "requirements" / f"{name}.txt").read_text())
    if name == "project":
        settings = tomllib.loads((ROOT / "pyproject.toml").read_text())
        about += [settings["project"], settings["build-system"], settings["tool"]["hatch"]]
    return hashlib.sha256(json.dumps(about).encode()).hexdigest()


def _stamp(name: str) -> Path:
    return VENV / f".done-{name}"


def _is_done(name: str) -> bool:
    stamp = _stamp(name)
    return PYTHON.exists() and stamp.exists() and stamp.read_text() == _digest(name)


def _mark_done(name: str) -> None:
    _stamp(name).write_text(_digest(name))


@contextmanager
def _alone() -> Iterator[None]:
    """Hold off a second set-up that was started meanwhile."""
    with Path(__file__).open() as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _say(what: str) -> None:
    print(f"setup: {what}", flush=True)


if __name__ == "__main__":
    main(sys.argv[1:])
