from datetime import timedelta
from threading import Thread

import pytest
import sqlalchemy as sa

from coopoutreach.platform.limits import commands, jobs
from coopoutreach.platform.limits.commands import Attempt
from coopoutreach.platform.limits.errors import TooOften
from coopoutreach.platform.limits.models import Attempts

ALLOWED = (3, 300)


@pytest.fixture
def attempt(database, settings):
    def _attempt(now, key="persona@coop.example", name="sign_in", allowed=ALLOWED):
        with database.transaction() as session:
            commands.check_and_count(session, [Attempt(name, key, allowed)], now=now)

    return _attempt


def test_as_many_as_allowed_pass_and_the_next_is_told_how_long_to_wait(attempt, now):
    for _ in range(3):
        attempt(now)
    with pytest.raises(TooOften) as refused:
        attempt(now)
    assert 0 < refused.value.retry_after <= 600
    assert "demasiados intentos" in str(refused.value)


def test_waiting_as_long_as_told_is_enough(attempt, now):
    for _ in range(3):
        attempt(now)
    with pytest.raises(TooOften) as refused:
        attempt(now)
    attempt(now + timedelta(seconds=refused.value.retry_after))


def test_who_keeps_trying_does_not_wait_longer(attempt, now):
    for _ in range(3):
        attempt(now)
    for _ in range(20):
        with pytest.raises(TooOften) as refused:
            attempt(now)
    attempt(now + timedelta(seconds=refused.value.retry_after))


def test_keys_and_limits_are_counted_apart(attempt, now):
    for _ in range(3):
        attempt(now)
    attempt(now, key="otra@coop.example")
    attempt(now, name="reset")


def test_what_one_limit_refuses_is_counted_by_none(database, settings, now):
    network = Attempt("network", "192.0.2.1", (1, 300))

    def attempt(address):
        both = [Attempt("address", address, ALLOWED), network]
        with database.transaction() as session:
            commands.check_and_count(session, both, now=now)

    attempt("ana@coop.example")
    with pytest.raises(TooOften):
        attempt("bea@coop.example")
    with database.reading() as session:
        assert session.scalars(sa.select(Attempts.count)).all() == [1, 1]


def test_who_is_refused_twice_is_told_the_longer_wait(attempt, database, now):
    short, long = Attempt("short", "a", (1, 60)), Attempt("long", "a", (1, 3600))
    for limit in (short, long):
        attempt(now, limit.key, limit.limit_name, limit.allowed)
    with pytest.raises(TooOften) as refused, database.transaction() as session:
        commands.check_and_count(session, [long, short], now=now)
    with pytest.raises(TooOften) as longer:
        attempt(now, long.key, long.limit_name, long.allowed)
    assert refused.value.retry_after == longer.value.retry_after


def test_addresses_of_one_ipv6_network_share_a_count(attempt, now):
    for last in range(3):
        attempt(now, key=f"2001:db8::{last}")
    with pytest.raises(TooOften):
        attempt(now, key="2001:db8::ffff")
    attempt(now, key="2001:db8:0:1::1")


def test_no_key_is_kept_in_clear(attempt, database, now):
    attempt(now)
    with database.reading() as session:
        kept = session.scalars(sa.select(Attempts.key_hash)).one()
    assert "persona" not in kept
    assert len(kept) == 64


def test_attempts_that_come_at_once_are_all_counted(attempt, database, now):
    passed = []

    def try_it():
        try:
            attempt(now, allowed=(5, 300))
        except TooOften:
            return
        passed.append(1)

    threads = [Thread(target=try_it) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(passed) == 5


def test_counts_that_nobody_needs_are_forgotten(attempt, database, now):
    attempt(now)
    assert jobs.forget_old_attempts(database, now) == 0
    assert jobs.forget_old_attempts(database, now + timedelta(seconds=601)) == 1
    with database.reading() as session:
        assert session.scalars(sa.select(Attempts)).all() == []
