"""Jobs run, say that they did, and stop when told."""

import threading
import time
from datetime import UTC, datetime, timedelta

import pytest

from coopoutreach.events.commands import announcements
from coopoutreach.mail.outgoing import commands as messaging
from coopoutreach.platform.core import waking
from coopoutreach.platform.scheduler import commands, jobs, queries, runner
from coopoutreach.platform.scheduler.job import Job, daily, every
from coopoutreach.schedule import JOBS


@pytest.fixture
def run(database):
    started = []

    def _run(*listed):
        started.append(runner.start(listed, database))
        return started[-1]

    yield _run
    for worker in started:
        worker.stop()


def a_job(function, when, name="work"):
    return Job(f"pruebas.{name}", function, when)


def wait_until(condition, seconds=5.0):
    until = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < until, "it did not happen"
        time.sleep(0.01)


def beats(database):
    with database.reading() as session:
        found = queries.last_runs(session)
        session.expunge_all()
    return {beat.job: beat for beat in found}


def test_a_job_goes_on_while_it_finds_work_and_says_so(database, run):
    left = [3]

    def work(_database, now):
        assert now.tzinfo is UTC
        left[0] -= 1
        return max(left[0], 0)

    run(a_job(work, every(seconds=60)))
    wait_until(lambda: left[0] <= 0)
    wait_until(lambda: "pruebas.work" in beats(database))
    beat = beats(database)["pruebas.work"]
    assert (beat.succeeded, beat.count) == (True, 1)
    assert left[0] == 0


def test_what_fails_is_recorded_and_stops_nobody(database, run):
    done = threading.Event()

    def broken(_database, _now):
        raise ValueError("algo falló")

    run(
        a_job(broken, every(seconds=60), "broken"),
        a_job(lambda *_: done.set() or 0, every(seconds=60), "other"),
    )
    assert done.wait(5)
    wait_until(lambda: len(beats(database)) == 2 and beats(database)["pruebas.broken"].failure)
    assert beats(database)["pruebas.broken"].failure == "ValueError: algo falló"
    assert beats(database)["pruebas.broken"].succeeded is False


def test_work_that_is_kept_does_not_wait_for_the_next_turn(database, run):
    runs = []
    run(a_job(lambda *_: runs.append(1) or 0, every(seconds=60)))
    wait_until(lambda: len(runs) == 1)
    with database.transaction() as session:
        waking.wake(session, "pruebas.work")
    # More than once where it is heard by two ways.
    wait_until(lambda: len(runs) > 1)


def test_work_that_is_rolled_back_wakes_nobody(database, run):
    runs = []
    run(a_job(lambda *_: runs.append(1) or 0, every(seconds=60)))
    wait_until(lambda: len(runs) == 1)
    with pytest.raises(ZeroDivisionError), database.transaction() as session:  # noqa: PT012 (what fails is inside)
        waking.wake(session, "pruebas.work")
        raise ZeroDivisionError
    with database.transaction() as session:
        waking.wake(session, "pruebas.another")
    assert len(runs) == 1


def test_jobs_that_are_woken_are_in_the_schedule():
    names = {job.name for job in JOBS}
    assert {messaging.DELIVERY, announcements.TELLING} <= names


def test_stopping_waits_for_what_runs(database, run):
    began, ended = threading.Event(), threading.Event()

    def slow(_database, _now):
        began.set()
        time.sleep(0.3)
        ended.set()
        return 1

    worker = run(a_job(slow, every(seconds=1)))
    assert began.wait(5)
    assert worker.stop()
    assert ended.is_set()


def test_a_daily_job_is_done_once_by_whichever_worker(database, run, monkeypatch):
    noon = datetime(2026, 12, 1, 15, 0, tzinfo=UTC)
    monkeypatch.setattr(runner, "utcnow", lambda: noon)
    runs = []
    job = a_job(lambda *_: runs.append(1) or 1, daily(at="03:10"))
    first = runner.Ticking(job, database, "a", threading.Event())
    second = runner.Ticking(job, database, "b", threading.Event())
    for _ in range(3):
        first.tick()
        second.tick()
    assert len(runs) == 1
    monkeypatch.setattr(runner, "utcnow", lambda: noon + timedelta(days=1))
    second.tick()
    assert len(runs) == 2


def test_a_daily_job_that_fails_has_another_try(database, monkeypatch):
    monkeypatch.setattr(runner, "utcnow", lambda: datetime(2026, 12, 1, 15, 0, tzinfo=UTC))
    runs = []

    def work(_database, _now):
        runs.append(1)
        if len(runs) == 1:
            raise ValueError("no")
        return 1

    ticking = runner.Ticking(a_job(work, daily(at="03:10")), database, "a", threading.Event())
    for _ in range(4):
        ticking.tick()
    assert len(runs) == 2
    assert beats(database)["pruebas.work"].succeeded


def test_old_workers_and_days_are_forgotten(database, now):
    with database.transaction() as session:
        commands.beat(session, "gone", "j", now=now - timedelta(days=15))
        commands.beat(session, "here", "j", now=now)
        assert commands.claim_day(session, "j", "2026-11-01", now=now - timedelta(days=15))
    jobs.forget_old_runs(database, now)
    with database.reading() as session:
        assert [beat.worker for beat in queries.heartbeats(session)] == ["here"]
        assert queries.newest_heartbeat(session) == now
