"""A job that fails again and again is named, until it goes well."""

import urllib.error
import urllib.request
from datetime import UTC, datetime, timedelta
from threading import Event

import pytest

from coopoutreach.platform.core import batch, reactions
from coopoutreach.platform.core.clock import utcnow
from coopoutreach.platform.scheduler import commands, health, probe
from coopoutreach.platform.scheduler import reactions as answers
from coopoutreach.platform.scheduler.happenings import AttentionAsked
from coopoutreach.platform.scheduler.job import Job, every
from coopoutreach.platform.scheduler.runner import Ticking
from coopoutreach.wiring import WIRING

NAME = "events.tell_announcements"
AT = datetime(2026, 12, 1, 13, 20, tzinfo=UTC)


@pytest.fixture(autouse=True)
def wiring(settings):
    reactions.install(WIRING)


def run(database, *, failed, worker="w1", at=None, times=1):
    for number in range(times):
        now = (at or utcnow()) + timedelta(seconds=number)
        with database.transaction() as session:
            failure = "ValueError: x" if failed else None
            commands.beat(session, worker, NAME, now=now, started_at=now, failure=failure, runs=1)


def examined(database):
    with database.reading() as session:
        return health.examined(session, now=utcnow())


def test_the_third_failure_in_a_row_names_the_job_and_a_success_clears_it(database):
    run(database, failed=True, times=2)
    assert examined(database).answer(serves_pages=True) == ("ok\n", 200)
    run(database, failed=True)
    text = f"degraded: the job {NAME} failed 3 times in a row\n"
    assert examined(database).answer(serves_pages=True) == (text, 200)
    assert examined(database).answer(serves_pages=False) == (text, 503)
    run(database, failed=False)
    assert examined(database).answer(serves_pages=False) == ("ok\n", 200)


def test_what_one_worker_does_well_is_done(database):
    now = utcnow()
    run(database, failed=True, at=now, times=5)
    run(database, failed=False, worker="w2", at=now + timedelta(seconds=2))
    assert examined(database).degraded == ()


def test_workers_that_are_started_anew_go_on_counting(database):
    for number in range(3):
        run(database, failed=True, worker=f"w{number}")
    assert len(examined(database).degraded) == 1


def test_the_board_says_it_in_words_and_since_when(database):
    run(database, failed=True, at=AT, times=3)
    with database.reading() as session:
        [concern] = answers.concerns(session, AttentionAsked(last_beat=AT), now=AT)
    assert concern.text == (
        "Los recordatorios y los avisos de cambios no se están enviando a todas las personas "
        "desde las 10:20"
    )
    assert concern.serious


def test_a_run_of_which_a_part_failed_is_a_failure(database):
    def tell_announcements(database, now):
        batch.for_each(database, [1, 2], lambda _session, item: 1 / (item - 1))
        return 1

    ticking = Ticking(Job(NAME, tell_announcements, every(seconds=2)), database, "w1", Event())
    for _ in range(3):
        ticking.tick()
    assert examined(database).degraded == (f"the job {NAME} failed 3 times in a row",)


def asked(port, path):
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=10) as answer:
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as refusal:
        return refusal.code, refusal.read().decode()


def test_a_worker_answers_on_a_port_of_its_own(database):
    with probe.answering(database, 0) as port:
        assert asked(port, "/healthz") == (200, "ok\n")
        assert asked(port, "/readyz") == (200, "ok\n")
        run(database, failed=True, times=3)
        status, text = asked(port, "/readyz")
        assert (status, text[:10]) == (503, "degraded: ")
        assert asked(port, "/metrics")[0] == 404


def test_a_full_disk_stops_pages(database, monkeypatch):
    monkeypatch.setattr("coopoutreach.platform.scheduler.standing.NO_ROOM", 1 << 60)
    assert examined(database).answer(serves_pages=True) == ("the disk is full\n", 503)
