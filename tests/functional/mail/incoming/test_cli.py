"""`coopoutreach mail receive`: each sample on standard input, and what it says of it."""

import json
import shutil
import subprocess
import sys
from datetime import datetime, timedelta

import pytest
import sqlalchemy as sa
from click.testing import CliRunner

import config
from coopoutreach.cli import main
from coopoutreach.events.models import Invitee
from coopoutreach.events.rules import Answer
from coopoutreach.mail.incoming import commands
from coopoutreach.mail.incoming.cli import TRY_LATER
from coopoutreach.mail.incoming.rules import LONGEST_MESSAGE
from coopoutreach.platform.core import settings as process_settings
from coopoutreach.platform.core.clock import utcnow
from coopoutreach.platform.core.db import Base, connect
from tests.support import imip


@pytest.fixture(scope="module")
def world(tmp_path_factory):
    """A database with the world of the samples, its events in a month from now."""
    folder = tmp_path_factory.mktemp("world")
    process_settings.install(config.load({"INSTANCE_PATH": str(folder)}))
    path = folder / "world.sqlite3"
    database = connect(f"sqlite:///{path}")
    Base.metadata.create_all(database.engine)
    start = datetime.combine((utcnow() + timedelta(days=30)).date(), imip.START.time())
    with database.transaction() as session:
        imip.load(session, start=start)
    database.engine.dispose()
    return path


@pytest.fixture
def environ(world, tmp_path):
    copied = shutil.copy(world, tmp_path / "own.sqlite3")
    return {
        "INSTANCE_PATH": str(tmp_path),
        "DATABASE_URL": f"sqlite:///{copied}",
        "MAIL_FROM": f"FECRECOOP <{imip.WORLD['organizer']}>",
    }


@pytest.fixture
def receive(environ):
    def receive(raw, *arguments):
        done = CliRunner().invoke(main, ["mail", "receive", *arguments], input=raw, env=environ)
        return done.exit_code, done.stdout

    return receive


@pytest.mark.parametrize("name", sorted(imip.SAMPLES))
def test_a_sample_is_explained_as_expected(receive, name):
    wanted = {key: told for key, told in imip.SAMPLES[name].items() if key != "shape"}
    code, told = receive(imip.sample(name), "--explain")
    assert code == 0
    decision = json.loads(told)
    assert {key: decision.get(key) for key in wanted} == wanted
    again = json.loads(receive(imip.sample(name), "--explain")[1])
    assert (again["action"], again["reason"]) == ("ignore", "duplicate")


def test_it_does_what_it_says_and_says_nothing_unless_asked(receive, environ):
    assert receive(imip.sample("24_hostile_tzid_directory.eml")) == (0, "")
    database = connect(environ["DATABASE_URL"])
    with database.reading() as session:
        wanted = sa.select(sa.func.count()).where(Invitee.answer == Answer.DECLINED)
        assert session.scalar(wanted) == 1
    database.engine.dispose()


@pytest.mark.parametrize("raw", [b"", b"\xff\x00", b"x" * (LONGEST_MESSAGE + 9)])
def test_no_message_makes_a_mail_server_answer_its_sender(receive, raw):
    code, told = receive(raw, "--explain")
    assert code == 0
    assert json.loads(told)["action"] == "ignore"


def test_a_message_that_breaks_what_reads_it_is_put_aside(receive, monkeypatch):
    def breaks(*_, **__):
        raise ZeroDivisionError

    monkeypatch.setattr(commands, "receive", breaks)
    code, told = receive(imip.sample("19_out_of_office.eml"), "--explain")
    assert (code, json.loads(told)["reason"]) == (0, "unreadable")


def test_without_a_database_the_mail_server_keeps_it_and_tries_again(environ, tmp_path):
    environ["DATABASE_URL"] = f"sqlite:///{tmp_path / 'empty.sqlite3'}"
    done = CliRunner().invoke(main, ["mail", "receive"], input=b"From: a@b\n\n", env=environ)
    assert done.exit_code == TRY_LATER


def test_it_runs_as_a_program_too(environ):
    done = subprocess.run(
        [sys.executable, "-m", "coopoutreach", "mail", "receive", "--explain"],
        input=imip.sample("03_outlook_counter.eml"),
        env=environ,
        check=True,
        capture_output=True,
    )
    assert json.loads(done.stdout)["proposed_end"] == "2026-09-11T17:30:00-03:00"
