"""Workers are killed: nothing is lost, and little is doubled. Worker processes are real."""

import os
import random
import signal
import time
from collections import Counter

import pytest
import sqlalchemy as sa

from coopoutreach.mail.outgoing.models import MessageState, OutgoingMessage
from tests.support.delivery_workers import Work, later, workers
from tests.support.endurance import rounds
from tests.support.outbox import listening, owe
from tests.support.smtp import MailServer

pytestmark = [pytest.mark.crash, pytest.mark.slow]


@pytest.fixture(scope="module")
def maker():
    with workers() as made:
        yield made


@pytest.fixture
def server(settings):
    with listening(), MailServer() as server:
        yield server


@pytest.fixture
def work(database_url, server, now):
    def _work(leases=0, **how):
        return Work(database_url, server.url, later(now, leases), **how)

    return _work


def identities(database, *states):
    with database.reading() as session:
        wanted = sa.select(OutgoingMessage.message_id)
        if states:
            wanted = wanted.where(OutgoingMessage.state.in_(states))
        return set(session.scalars(wanted))


def settle(database, server):
    """Wait until nobody acts for a worker that was killed: neither the server nor the database.

    Until PostgreSQL reads that its client is gone, it holds the rows of the open transaction, and
    every claim steps over them: what it held would be missing at the end. On a busy machine that
    takes longer than all the rest.
    """
    server.settle()
    if database.engine.dialect.name != "postgresql":
        return
    open_still = sa.text(
        "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()"
        " AND pid <> pg_backend_pid() AND xact_start IS NOT NULL"
    )
    until = time.monotonic() + 60
    while time.monotonic() < until:
        with database.reading() as session:
            if not session.scalar(open_still):
                return
        time.sleep(0.002)
    pytest.fail("a transaction is still open")


def assert_copies_are_equal(server):
    bodies = {(taken.message_id, taken.sha256) for taken in server.taken}
    assert len(bodies) == len({identity for identity, _ in bodies})


@pytest.mark.endurance
def test_500_mails_survive_twenty_kills(database, maker, server, work, now):
    # As many again for each twenty kills more, so that there is something left to kill over.
    wanted = rounds(20, 200)
    mails = 25 * wanted
    owe(database, mails, now=now)
    fallen_between = Counter()
    kills, generator = 0, random.Random(20261124)  # noqa: S311 (no secret)
    while kills < wanted:
        pid = maker.start(work(kills))
        time.sleep(generator.uniform(0.012, 0.055))
        os.kill(pid, signal.SIGKILL)
        maker.wait()
        settle(database, server)
        kills += 1
        unrecorded = set(server.copies()) - identities(database, MessageState.SENT)
        fallen_between.update(unrecorded)
        assert len(unrecorded) <= kills
    left = len(identities(database)) - len(identities(database, MessageState.SENT))
    maker.run(work(kills))
    assert left > 0, "all was delivered before the last kill: kill sooner"
    copies = server.copies()
    assert identities(database, MessageState.SENT) == identities(database) == set(copies)
    assert len(copies) == mails
    for identity, count in copies.items():
        assert count <= 1 + fallen_between[identity]
    assert sum(copies.values()) - mails <= kills
    assert_copies_are_equal(server)


def test_what_a_worker_gives_back_as_its_time_is_up_is_sent_in_its_next_run(
    database, maker, server, work, now
):
    owe(database, 120, now=now)
    maker.run(work(run_seconds=0.05))
    assert identities(database, MessageState.SENT) == identities(database)
    assert set(server.copies().values()) == {1}


@pytest.mark.parametrize("engine_name", ["postgresql"], indirect=True)
def test_what_a_dead_workers_transaction_still_holds_waits_and_is_not_lost(
    database, maker, server, work, now
):
    owe(database, 60, now=now)
    with database.transaction() as dead:
        row = sa.select(OutgoingMessage.message_id).where(OutgoingMessage.recipient.like("%a1@%"))
        held = dead.scalars(row.with_for_update()).one()
        maker.run(work())
        assert identities(database) - identities(database, MessageState.SENT) == {held}
    maker.run(work())
    assert identities(database, MessageState.SENT) == identities(database)
    assert set(server.copies().values()) == {1}


def test_a_kill_at_any_point_loses_nothing(database, maker, server, work, now):
    point, ended = 0, False
    while not ended:
        point += 1
        with database.transaction() as session:
            session.execute(sa.delete(OutgoingMessage))
        server.taken.clear()
        owe(database, 2, now=now)
        maker.run(work(crash_at=point))
        settle(database, server)
        ended = len(identities(database, MessageState.SENT)) == 2
        maker.run(work(1))
        copies = server.copies()
        assert set(copies) == identities(database, MessageState.SENT), f"point {point}"
        assert len(copies) == 2
        assert sum(copies.values()) <= 3, f"point {point}"
        assert_copies_are_equal(server)
    assert point > 20, "the sweep passed by fewer points than a delivery has"


def test_a_message_that_kills_its_worker_is_counted_and_holds_up_no_other(
    database, maker, server, work, now
):
    owe(database, 5, now=now)
    for leases in range(3):
        maker.run(work(leases, deadly="persona1@coop.example"))
        settle(database, server)
    assert {taken.recipient[7] for taken in server.taken} == set("2345")
    with database.reading() as session:
        waiting = sa.select(OutgoingMessage).where(OutgoingMessage.state != MessageState.SENT)
        deadly = session.scalars(waiting).one()
        assert (deadly.recipient, deadly.attempts) == ("persona1@coop.example", 3)


def test_marking_first_would_lose_mail(database, maker, server, work, now):
    lost = 0
    for point in range(14, 20):
        with database.transaction() as session:
            session.execute(sa.delete(OutgoingMessage))
        server.taken.clear()
        owe(database, 2, now=now)
        maker.run(work(crash_at=point, without="record"))
        settle(database, server)
        maker.run(work(1))
        lost += 2 - len(server.copies())
    assert lost > 0


@pytest.mark.parametrize("count", [2, 4])
def test_several_workers_send_nothing_twice(database, maker, server, work, now, count):
    owe(database, 300, now=now)
    for _ in range(count):
        maker.start(work())
    for _ in range(count):
        maker.wait()
    assert set(server.copies().values()) == {1}
    assert len(server.copies()) == 300
    assert identities(database, MessageState.SENT) == identities(database)
    assert server.reached["banner"] >= 2, "only one worker had anything to do"


def test_without_the_claim_they_would(database, maker, server, work, now):
    owe(database, 200, now=now)
    for _ in range(2):
        maker.start(work(without="claim"))
    for _ in range(2):
        maker.wait()
    assert sum(server.copies().values()) > 200
