"""`coopoutreach doctor` looks at what is really there: servers, disk, worker, backups."""

import socket
from datetime import timedelta

import pytest
from click.testing import CliRunner

from coopoutreach.cli import main
from coopoutreach.operations import doctor as examination
from coopoutreach.platform.core.clock import utcnow
from coopoutreach.platform.core.db import connect
from coopoutreach.platform.scheduler import commands
from tests.support.imap import MailHost
from tests.support.smtp import MailServer, at


@pytest.fixture
def doctor(tmp_path, monkeypatch):
    """Examine an installation that is up to date, with further settings; return code and words."""
    for name in ("BASE_URL", "DATABASE_URL", "HOST", "PORT", "SECRET_KEY", "MAIL_URL"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr(examination, "LITTLE_ROOM", 0)
    environ = {"INSTANCE_PATH": str(tmp_path / "instance")}

    def run(*command, **settings):
        done = CliRunner().invoke(main, command or ["doctor"], env={**environ, **settings})
        return done.exit_code, done.output

    assert run("db", "upgrade")[0] == 0
    return run


@pytest.fixture
def in_use(tmp_path, doctor):
    """Settings of an installation that people reach, with everything in order."""
    with MailServer() as server:
        yield {"BASE_URL": "https://agenda.example", "PROXY_HOPS": "1", "MAIL_URL": server.url}


def test_what_is_in_order_is_said_to_be(doctor, in_use, tmp_path):
    doctor("backup", str(tmp_path / "backups"), **in_use)
    code, said = doctor(**in_use)
    assert code == 0, said
    assert "✓ El servidor de correo responde" in said
    assert "✓ Todo en orden" in said
    assert "✗" not in said
    assert "respaldo" not in said


def test_mail_that_goes_to_a_folder_is_no_order_for_people_who_wait(doctor):
    code, said = doctor(BASE_URL="https://agenda.example", PROXY_HOPS="1")
    assert code == 1
    assert "✗ Los correos se guardan en una carpeta" in said
    assert "Todo en orden" not in said
    code, said = doctor()
    assert code == 0
    assert "△ Los correos se guardan en una carpeta" in said


def test_a_mail_server_that_is_not_there_or_refuses_us_is_seen(doctor, in_use):
    with socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))
        gone = f"smtp://127.0.0.1:{nobody.getsockname()[1]}"
        code, said = doctor(**{**in_use, "MAIL_URL": gone})
    assert code == 1
    assert "✗ El servidor de correo no acepta la conexión" in said
    with MailServer(at("auth", "535 5.7.8 no")) as server:
        url = server.url.replace("://", "://quien:secreto@")
        code, said = doctor(**{**in_use, "MAIL_URL": url})
    assert code == 1
    assert "✗ El servidor de correo no acepta la conexión" in said
    assert "secreto" not in said


def test_a_mailbox_is_opened(doctor, in_use, tmp_path):
    folder = tmp_path / "host"
    folder.mkdir()
    with MailHost(folder) as host:
        assert "✓ La casilla de respuestas se puede leer" in doctor(**in_use, INBOX_URL=host.url)[1]
        wrong = host.url.replace("secreto", "otra")
        code, said = doctor(**in_use, INBOX_URL=wrong)
    assert code == 1
    assert "✗ No se puede leer la casilla" in said
    assert "otra@" not in said


def test_a_worker_that_is_silent_a_proxy_that_is_not_told_of_and_no_backup_are_doubts(
    doctor, in_use, tmp_path
):
    database = connect(f"sqlite:///{tmp_path / 'instance' / 'coopoutreach.sqlite3'}")
    with database.transaction() as session:
        commands.beat(session, "otro", "mail", now=utcnow() - timedelta(minutes=9))
    database.engine.dispose()
    code, said = doctor(**{**in_use, "PROXY_HOPS": "0"})
    assert code == 0
    assert "△ Las tareas automáticas no corren hace 9 minutos" in said
    assert "△ BASE_URL es https y PROXY_HOPS es 0" in said
    assert "△ No hay ningún respaldo" in said
    assert "△ No se lee ninguna casilla" in said


def test_a_backup_that_is_old_does_not_count(doctor, in_use, tmp_path):
    doctor("backup", str(tmp_path / "backups"), **in_use)
    noted = tmp_path / "instance" / "last_backup"
    noted.write_text((utcnow() - timedelta(days=5)).isoformat())
    assert "△ El último respaldo es de hace 5 días" in doctor(**in_use)[1]


def test_a_disk_that_is_nearly_full_is_said(doctor, in_use, monkeypatch):
    monkeypatch.setattr(examination, "LITTLE_ROOM", 10**18)
    code, said = doctor(**in_use)
    assert code == 0
    assert "△ Quedan" in said
    monkeypatch.setattr(examination, "NO_ROOM", 10**18)
    code, said = doctor(**in_use)
    assert code == 1
    assert "✗ Quedan" in said


def test_a_database_that_does_not_answer_is_said_and_the_rest_is_looked_at(doctor, in_use):
    with socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))
        gone = f"postgresql://x:secreto@127.0.0.1:{nobody.getsockname()[1]}/nada"
        code, said = doctor(**in_use, DATABASE_URL=gone)
    assert code == 1
    assert "✗ La base de datos no responde" in said
    assert "✓ El servidor de correo responde" in said
    assert "secreto" not in said
