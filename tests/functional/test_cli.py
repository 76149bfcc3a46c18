"""The shell command: what it says, and that it refuses what is unsafe."""

import os
import re
import signal
import socket
import subprocess
import sys

import click
import pytest
from click.testing import CliRunner
from sqlalchemy import func, select

from coopoutreach.cli import main
from coopoutreach.people.accounts.models import User
from coopoutreach.people.directory.models import Organisation
from coopoutreach.platform.core.db import connect
from coopoutreach.talks.talks.models import Talk


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
    assert "Base de datos al día (0" in run("db", "upgrade").output
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
        ({"SECRET_KEY": "corta"}, "SECRET_KEY necesita al menos 32 caracteres."),
        ({"BASE_URL": "ejemplo"}, "no es una dirección"),
        ({"PROXY_HOPS": "muchos"}, "no es un número entero"),
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


def commands_of(group, *names):
    """Every command there is, found and not listed: its words and itself."""
    for name, command in group.commands.items():
        if isinstance(command, click.Group):
            yield from commands_of(command, *names, name)
        yield [*names, name], command


def test_every_command_speaks_spanish():
    english = re.compile(r"\b(the|and|of|with|from|your|who|what)\b", re.IGNORECASE)
    found = list(commands_of(main))
    assert len(found) > 10
    for words, command in found:
        assert command.help, words
        options = [one.help for one in command.params if isinstance(one, click.Option)]
        assert all(options), words
        said = " ".join([command.help, *options])
        assert not english.search(said), (words, said)


def refused(environ, *options):
    """Serve, in a process of its own, where that is not possible; return what is said."""
    command = [sys.executable, "-m", "coopoutreach", "serve", *options]
    done = subprocess.run(command, env=environ, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert not done.stdout
    return done.stderr.splitlines()


def test_a_port_that_is_taken_is_one_sentence(run, environ):
    run("db", "upgrade")
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        said = refused(environ, "--port", str(port))
    assert said == [f"✗ La dirección 127.0.0.1:{port} ya está en uso. Elija otra con HOST y PORT."]


@pytest.mark.parametrize("host", ["203.0.113.9", "no.hay.tal.invalid"])
def test_an_address_that_is_not_ours_is_one_sentence(run, environ, host):
    run("db", "upgrade")
    (said,) = refused(environ, "--host", host)
    assert said.startswith(f"✗ La dirección {host}:8000 no ")


def test_what_is_kept_is_for_nobody_else(run, tmp_path):
    before = os.umask(0o022)
    try:
        (tmp_path / "files").mkdir()
        (tmp_path / "files" / "acta.pdf").write_bytes(b"%PDF")
        (tmp_path / "mail").mkdir()
        (tmp_path / "mail" / "uno.eml").write_bytes(b"From: a@b.example")
        (tmp_path / "de-otro.txt").write_text("no es nuestro")
        assert run("demo", "load").exit_code == 0
        modes = {
            path.relative_to(tmp_path).as_posix(): path.stat().st_mode & 0o777
            for path in (tmp_path, *tmp_path.rglob("*"))
        }
    finally:
        os.umask(before)
    assert modes.pop("de-otro.txt") == 0o644
    assert {"coopoutreach.sqlite3", "secret_key", "files/acta.pdf", "mail/uno.eml"} <= set(modes)
    folders = {name for name in modes if (tmp_path / name).is_dir()}
    assert {name: mode for name, mode in modes.items() if name in folders and mode != 0o700} == {}
    assert {
        name: mode for name, mode in modes.items() if name not in folders and mode != 0o600
    } == {}


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
