"""The shell command: what it says, and that it refuses what is unsafe."""

import signal
import subprocess
import sys

import pytest
from click.testing import CliRunner
from sqlalchemy import func, select

from coopoutreach.accounts.models import User
from coopoutreach.cli import main
from coopoutreach.core.db import connect
from coopoutreach.directory.models import Organisation
from coopoutreach.outreach.models import Talk


@pytest.fixture
def environ(tmp_path):
    return {"INSTANCE_PATH": str(tmp_path), "PATH": "/usr/bin:/bin"}


@pytest.fixture
def run(environ, monkeypatch):
    for name in ("BASE_URL", "DATABASE_URL", "HOST", "PORT", "SECRET_KEY"):
        monkeypatch.delenv(name, raising=False)

    def run(*arguments, **more):
        return CliRunner().invoke(main, arguments, env={**environ, **more})

    return run


@pytest.fixture
def counts(tmp_path):
    def counts():
        database = connect(f"sqlite:///{tmp_path / 'coopoutreach.sqlite3'}")
        with database.reading() as session:
            found = [
                session.scalar(select(func.count()).select_from(table))
                for table in (Organisation, Talk, User)
            ]
        database.engine.dispose()
        return found

    return counts


def test_the_schema_is_brought_up_to_date_and_the_doctor_says_so(run):
    assert "Faltan migraciones: 0001" in run("doctor").output
    assert "Base de datos al día (0003)" in run("db", "upgrade").output
    healthy = run("doctor")
    assert healthy.exit_code == 0, healthy.output
    assert "Todo en orden" in healthy.output


def test_the_demonstration_is_loaded_once(run, counts):
    first = run("demo", "load")
    assert first.exit_code == 0, first.output
    assert "coordinacion@fecrecoop.example" in first.output
    loaded = counts()
    assert loaded[1:] == [13, 23]
    assert "ya tiene datos" in run("demo", "load", "--if-empty").output
    assert run("demo", "load").exit_code == 1
    assert counts() == loaded


def test_the_demonstration_is_for_the_loopback_alone(run):
    refused = run("demo", "load", BASE_URL="https://agenda.ejemplo.cl")
    assert refused.exit_code == 1
    assert "solo se carga en 127.0.0.1" in refused.output


@pytest.mark.parametrize(
    ("environ_change", "sentence"),
    [
        ({"SECRET_KEY": "corta"}, "SECRET_KEY needs at least 32 characters."),
        ({"BASE_URL": "ejemplo"}, "is not an address"),
        ({"PROXY_HOPS": "muchos"}, "must be a whole number"),
    ],
)
def test_au_15_what_is_unsafe_stops_the_start_with_a_sentence(run, environ_change, sentence):
    refused = run("doctor", **environ_change)
    assert refused.exit_code == 1
    assert sentence in refused.output


def test_somebody_is_added_with_a_link_to_set_the_password(run):
    run("db", "upgrade")
    added = run("users", "add", "persona@ejemplo.cl", "--role", "administration")
    assert added.exit_code == 0, added.output
    assert "http://127.0.0.1:8000/clave/nueva/" in added.output


@pytest.mark.parametrize("command", [["worker"], ["serve", "--port", "0"]])
def test_f_36_a_term_signal_ends_it_cleanly(run, environ, command):
    run("db", "upgrade")
    with subprocess.Popen(
        [sys.executable, "-m", "coopoutreach", *command],
        env=environ,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        try:
            assert process.stdout.readline()
            process.send_signal(signal.SIGTERM)
            assert process.wait(timeout=20) == 0
        finally:
            # Or else a test that fails would wait for it without end.
            process.kill()
