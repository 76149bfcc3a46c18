"""A clock that jumps under a worker: nothing is lost, nothing comes twice, and somebody is told."""

import os
import subprocess
import sys
import time
from datetime import timedelta

import pytest
import sqlalchemy as sa

from coopoutreach.mail.outgoing import commands as messaging
from coopoutreach.mail.outgoing.letters import Recipient
from coopoutreach.mail.outgoing.models import MessageState, OutgoingMessage
from coopoutreach.platform.audit.models import Entry
from coopoutreach.platform.core.clock import utcnow
from coopoutreach.platform.core.db import connect
from coopoutreach.platform.core.schema import upgrade_url
from coopoutreach.platform.scheduler import commands, reactions, runner
from coopoutreach.platform.scheduler.happenings import AttentionAsked
from tests.support.clock import FAKETIME, own_offset
from tests.support.outbox import a_letter, listening

#: libfaketime has time.sleep() fail when its clock jumps meanwhile; waiting for an event goes on.
WORKER = """
import threading, time
time.sleep = threading.Event().wait
from coopoutreach.cli import main
main(["worker"])
"""
HOUR = timedelta(hours=1)
ANA = Recipient("Ana Núñez", "ana@coop.example", None)


@pytest.fixture
def jumping(tmp_path, settings):
    """A worker in a process of its own, and a function that moves its clock."""
    if not FAKETIME:
        pytest.skip("libfaketime is not installed")
    url, clock = f"sqlite:///{tmp_path / 'clock.sqlite3'}", tmp_path / "clock"
    upgrade_url(url)
    own = own_offset(dict(os.environ))

    def jump(ahead):
        clock.write_text(f"{own + int(ahead.total_seconds()):+d}\n")

    jump(timedelta())
    environment = {
        **os.environ,
        "INSTANCE_PATH": str(tmp_path),
        "DATABASE_URL": url,
        "MAIL_URL": f"file:{tmp_path / 'mail'}",
        "LD_PRELOAD": str(FAKETIME[0]),
        "FAKETIME_TIMESTAMP_FILE": str(clock),
        "FAKETIME_NO_CACHE": "1",
        # The machine's own count of seconds goes on, as when somebody sets the wall clock.
        "FAKETIME_DONT_FAKE_MONOTONIC": "1",
    }
    # It goes before the file.
    environment.pop("FAKETIME", None)
    command = [sys.executable, "-c", WORKER]
    with (tmp_path / "log").open("wb") as log:
        process = subprocess.Popen(command, env=environment, stdout=log, stderr=log)
        try:
            yield connect(url), jump
        finally:
            process.kill()
            process.wait()


def owe(database, name, moment):
    with listening(), database.transaction() as session:
        nobodys = {"to": ANA, "event_id": None, "invitee_id": None}
        messaging.owe_many(session, [a_letter(1, key=name, **nobodys)], now=moment)


def sent(database, count, seconds=60.0):
    """Wait until so many messages are sent."""
    until = time.monotonic() + seconds
    wanted = sa.select(sa.func.count()).where(OutgoingMessage.state == MessageState.SENT)
    while time.monotonic() < until:
        with database.reading() as session:
            if session.scalar(wanted) == count:
                return
        time.sleep(0.2)
    pytest.fail(f"{count} were not sent in time")


@pytest.mark.slow
@pytest.mark.parametrize("engine_name", ["sqlite"], indirect=True)
def test_f_17_a_clock_that_jumps_under_a_worker_loses_and_doubles_nothing(jumping, tmp_path):
    database, jump = jumping
    start = utcnow()
    owe(database, "before", start)
    sent(database, 1)
    jump(3 * HOUR)
    owe(database, "ahead", start + 2 * HOUR)
    sent(database, 2)
    # Longer than the worker's looks at its clock are apart.
    time.sleep(runner.CLOCK_SECONDS + 1)
    jump(0 * HOUR)
    owe(database, "back", start)
    sent(database, 3)
    # Two jumps between two looks would be one to whoever looks.
    time.sleep(runner.CLOCK_SECONDS + 1)
    jump(-24 * HOUR)
    owe(database, "yesterday", start - 25 * HOUR)
    sent(database, 4)
    jump(0 * HOUR)
    owe(database, "again", start)
    sent(database, 5)
    assert len(list((tmp_path / "mail").glob("*.eml"))) == 5
    with database.reading() as session:
        set_back = sa.select(sa.func.count()).where(Entry.action == "clock.set_back")
        assert session.scalar(set_back) == 2
        assert reactions.concerns(session, AttentionAsked(), now=utcnow())


def test_ti_05_a_clock_behind_the_last_heartbeat_is_told_to_the_coordination(database, now):
    def told(at):
        with database.reading() as session:
            return [one.text for one in reactions.concerns(session, AttentionAsked(), now=at)]

    with database.transaction() as session:
        commands.beat(session, "w", "a.job", now=now)
    assert told(now - timedelta(seconds=59)) == []
    assert told(now - timedelta(seconds=61)) == ["El reloj del servidor retrocedió"]
    with database.transaction() as session:
        commands.note_clock_set_back(session, by=HOUR, actor="worker:w", now=now)
    assert told(now + 24 * HOUR) == ["El reloj del servidor retrocedió"]
    assert told(now + 26 * HOUR) == []
