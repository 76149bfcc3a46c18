"""What operators ask."""

from dataclasses import replace
from datetime import timedelta

import pytest

from coopoutreach.mail.outgoing import commands as messaging
from coopoutreach.platform.core import settings as process_settings
from coopoutreach.platform.core.clock import utcnow
from coopoutreach.platform.scheduler import commands
from tests.support.outbox import listening, owe

ELSEWHERE = {"environ_base": {"REMOTE_ADDR": "10.0.0.7"}}


def beat(database, at):
    with database.transaction() as session:
        commands.beat(
            session, "w1", "messaging.deliver_due", now=at, started_at=at, count=3, runs=1
        )


def test_the_process_lives(client):
    answer = client.get("/healthz", **ELSEWHERE)
    assert (answer.status_code, answer.text) == (200, "ok\n")
    assert "Set-Cookie" not in answer.headers


def test_it_is_ready_before_any_worker_ran_and_while_one_does(client, database):
    assert client.get("/readyz").status_code == 200
    beat(database, utcnow() - timedelta(minutes=4))
    assert client.get("/readyz").status_code == 200


def test_pages_are_served_on_when_the_worker_is_gone(client, database):
    beat(database, utcnow() - timedelta(minutes=6))
    answer = client.get("/readyz")
    assert (answer.status_code, answer.text) == (200, "degraded: no worker has run for minutes\n")


def test_pages_are_served_on_when_mail_does_not_flow(client, database):
    with listening():
        owe(database, 1, now=utcnow() - timedelta(minutes=16))
    answer = client.get("/readyz")
    assert answer.status_code == 200
    assert answer.text.startswith("degraded: ")
    assert "15 minutes" in answer.text
    assert "persona1" not in answer.text


def test_pages_are_served_on_while_the_queue_stands_still(client, database):
    with database.transaction() as session:
        messaging.pause(session, reason="secreto", actor="user:1", now=utcnow())
    answer = client.get("/readyz")
    assert (answer.status_code, answer.text) == (
        200,
        "degraded: the mail queue stands still (by_hand)\n",
    )


def test_figures_are_for_this_machine(client, database):
    beat(database, utcnow())
    with listening():
        owe(database, 2, now=utcnow())
    answer = client.get("/metrics")
    assert answer.status_code == 200
    assert 'coopoutreach_messages{state="queued"} 2\n' in answer.text
    assert 'coopoutreach_job_succeeded{job="messaging.deliver_due"} 1\n' in answer.text
    assert answer.text.count("# TYPE coopoutreach_messages gauge") == 1
    assert client.get("/metrics", **ELSEWHERE).status_code == 404
    assert client.get("/metrics", headers={"X-Forwarded-For": "127.0.0.1"}).status_code == 404


@pytest.mark.parametrize(("given", "status"), [("t" * 32, 200), ("x", 404), ("", 404)])
def test_or_for_who_has_the_token(client, settings, given, status):
    process_settings.install(replace(settings, metrics_token="t" * 32))
    headers = {"Authorization": f"Bearer {given}"}
    assert client.get("/metrics", headers=headers, **ELSEWHERE).status_code == status


def test_no_token_set_means_none_fits(client, settings):
    headers = {"Authorization": "Bearer "}
    assert client.get("/metrics", headers=headers, **ELSEWHERE).status_code == 404
