"""Owing, delivering, and what a mail server may do to it; on both engines."""

from collections import Counter
from contextlib import contextmanager
from datetime import timedelta

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import undefer

from coopoutreach.mail.outgoing import commands, outbox, queries, tries
from coopoutreach.mail.outgoing.happenings import DeliveryEnded, StillWanted
from coopoutreach.mail.outgoing.models import (
    Category,
    HeldAddress,
    MessageState,
    OutgoingMessage,
    PauseCause,
    QueuePause,
)
from coopoutreach.mail.outgoing.rules import Answer, Phase
from coopoutreach.platform.core import reactions
from tests.support.outbox import a_letter, deliver, listening, owe
from tests.support.smtp import DRIP, DROP, HANG, MailServer, at


@pytest.fixture(autouse=True)
def heard(settings):
    with listening() as heard:
        yield heard


@pytest.fixture
def server():
    with MailServer() as server:
        yield server


def message(database, number=1):
    with database.reading() as session:
        wanted = sa.select(OutgoingMessage).where(OutgoingMessage.key == f"aviso/1/{number}")
        found = session.scalars(wanted.options(undefer(OutgoingMessage.raw))).one()
        session.expunge_all()
        return found


def states(database):
    with database.reading() as session:
        return {state: count for state, count in queries.counts(session).items() if count}


def pause(database):
    with database.reading() as session:
        found = queries.standing_pause(session)
        session.expunge_all()
        return found


def test_a_letter_is_owed_once(database, now):
    with database.transaction() as session:
        assert commands.owe(session, a_letter(), now=now)
        first = session.scalars(sa.select(OutgoingMessage)).one()
        assert first.subject == "Su cupo en «Fondo & <crédito>: cómo postular» está confirmado"
        assert not commands.owe(session, a_letter(), now=now)
    assert owe(database, 250, now=now) == 249
    assert owe(database, 250, now=now) == 0
    assert states(database) == {MessageState.QUEUED: 250}


def test_what_is_owed_goes_when_the_change_that_owes_it_does(database, now):
    with pytest.raises(ZeroDivisionError), database.transaction() as session:
        assert commands.owe(session, a_letter(), now=now) / 0
    assert states(database) == {}


def test_everybody_gets_their_own_message_once(database, server, now, heard):
    owe(database, 120, now=now)
    assert deliver(database, server.url, now=now) == 120
    assert states(database) == {MessageState.SENT: 120}
    assert {taken.recipient for taken in server.taken} == {
        f"persona{number}@coop.example" for number in range(1, 121)
    }
    assert all(message(database, 1).raw != other.raw for other in server.taken[1:])
    assert message(database).raw in {taken.raw for taken in server.taken}
    assert len(heard.asked) == len(heard.ended) == 120
    assert all(ended.delivered for ended in heard.ended)
    assert server.reached["banner"] == 1, "one connection for all"


@contextmanager
def counted(engine):
    """Count what the database is asked: statements, commits, and connections taken."""
    asked = Counter()

    def hear(target, name):
        def one(*_args):
            asked[name] += 1

        sa.event.listen(target, name, one)
        return target, name, one

    heard = [
        hear(engine, "before_cursor_execute"),
        hear(engine, "commit"),
        hear(engine.pool, "checkout"),
    ]
    try:
        yield asked
    finally:
        for listener in heard:
            sa.event.remove(*listener)


def test_a_message_costs_one_statement_one_commit_and_no_connection_of_its_own(
    database, server, now
):
    owe(database, 10, now=now)
    with counted(database.engine) as few:
        assert deliver(database, server.url, now=now) == 10
    owe(database, 50, now=now)
    with counted(database.engine) as many:
        assert deliver(database, server.url, now=now) == 40
    assert many - few == {"before_cursor_execute": 30, "commit": 30}


@pytest.mark.parametrize("engine_name", ["postgresql"], indirect=True)
def test_a_database_that_hangs_up_during_a_run_costs_nothing(database, server, now, heard):
    owe(database, 5, now=now)

    def faults(step, count):
        if (step, count) == ("taken", 3):
            with database.reading() as session:
                session.execute(
                    sa.text(
                        "SELECT pg_terminate_backend(pid, 30000) FROM pg_stat_activity"
                        " WHERE datname = current_database() AND pid <> pg_backend_pid()"
                    )
                )

    server.faults = faults
    assert deliver(database, server.url, now=now) == 5
    assert states(database) == {MessageState.SENT: 5}
    assert set(server.copies().values()) == {1}
    assert sorted(ended.invitee_id for ended in heard.ended) == [1, 2, 3, 4, 5]


def test_whoever_lost_a_message_neither_records_it_nor_begins_the_next(database, now, heard):
    owe(database, 2, now=now)
    later = now + timedelta(seconds=61)
    with database.transaction() as session:
        slept, following = outbox.claim(session, now=now, count=2)
    with database.transaction() as session:
        assert outbox.take_up(session, slept, now=now, grace=timedelta())
    with database.transaction() as session:
        outbox.claim(session, now=later, count=2)
    taken = tries.Outcome(slept, Answer(Phase.DOT, 250, "ok"))
    moment = {"now": later, "grace": timedelta(), "chance": 0.5}
    with database.transaction() as session:
        assert not outbox.record_and_take_up(session, taken, following, **moment)
    assert states(database) == {MessageState.SENDING: 2}
    assert (message(database, 1).attempts, message(database, 2).attempts) == (1, 0)
    assert not heard.ended


def test_nothing_goes_before_its_time_and_what_is_urgent_goes_first(database, server, now):
    owe(database, 2, now=now)
    with database.transaction() as session:
        later = a_letter(3, not_before=now + timedelta(hours=1))
        urgent = a_letter(4, priority=0, category=Category.URGENT)
        commands.owe_many(session, [later, urgent], now=now)
    deliver(database, server.url, now=now)
    assert [taken.recipient[7] for taken in server.taken] == ["4", "1", "2"]
    deliver(database, server.url, now=now + timedelta(hours=1))
    assert server.taken[-1].recipient == "persona3@coop.example"
    assert b"Date: Tue, 24 Nov 2026 13:00:00 +0000" in server.taken[-1].raw


def test_what_is_too_late_is_not_sent_and_shows(database, server, now, heard):
    owe(database, 1, now=now, not_after=now + timedelta(minutes=10))
    deliver(database, server.url, now=now + timedelta(minutes=11))
    assert states(database) == {MessageState.EXPIRED: 1}
    assert not server.taken
    assert [ended.delivered for ended in heard.ended] == [False]
    with database.reading() as session:
        assert [failure.id for failure in queries.failures(session)] == [message(database).id]


def test_what_nobody_wants_any_more_is_dropped(database, server, now, heard):
    owe(database, 1, now=now)
    heard.answer = "La charla se suspendió."
    deliver(database, server.url, now=now)
    assert states(database) == {MessageState.DROPPED: 1}
    assert message(database).last_error == "La charla se suspendió."
    assert not server.taken
    assert not heard.ended


@pytest.mark.parametrize("step", ["mail", "rcpt", "data", "dot"])
def test_greylisting_is_waited_out(database, server, now, step):
    owe(database, 1, now=now)
    server.faults = at(step, "451 4.7.1 greylisted", times=2)
    deliver(database, server.url, now=now)
    waiting = message(database)
    assert (waiting.state, waiting.attempts, waiting.last_code) == (MessageState.QUEUED, 1, 451)
    assert timedelta(seconds=20) < waiting.due_at - now < timedelta(seconds=40)
    assert deliver(database, server.url, now=now + timedelta(seconds=10)) == 0
    deliver(database, server.url, now=now + timedelta(minutes=1))
    deliver(database, server.url, now=now + timedelta(minutes=5))
    assert states(database) == {MessageState.SENT: 1}
    assert len(server.taken) == 1


def test_a_greylisted_message_does_not_hold_up_the_next(database, server, now):
    owe(database, 3, now=now)
    server.faults = at("rcpt", "450 4.2.0 later", times=1)
    deliver(database, server.url, now=now)
    assert states(database) == {MessageState.SENT: 2, MessageState.QUEUED: 1}
    assert server.reached["banner"] == 1


def test_after_72_hours_of_waiting_it_is_given_up(database, server, now):
    owe(database, 1, now=now)
    server.faults = at("rcpt", "450 4.2.0 later")
    at_hour = now
    for _ in range(80):
        deliver(database, server.url, now=at_hour)
        at_hour += timedelta(hours=1, minutes=20)
        if at_hour - now < timedelta(hours=71):
            assert states(database) == {MessageState.QUEUED: 1}
    assert states(database) == {MessageState.EXPIRED: 1}


@pytest.mark.parametrize("answer", ["550 5.1.1 no such user", "550 no such user"])
def test_an_address_that_does_not_exist_is_held_at_once(database, server, now, heard, answer):
    owe(database, 2, now=now)
    server.faults = at("rcpt", answer, times=1)
    deliver(database, server.url, now=now)
    assert states(database) == {MessageState.FAILED: 1, MessageState.SENT: 1}
    failed = message(database)
    assert (failed.attempts, failed.last_code, failed.last_phase) == (1, 550, "rcpt")
    with database.reading() as session:
        (held,) = queries.held_addresses(session)
        assert held.address == "persona1@coop.example"
    assert [(ended.invitee_id, ended.delivered) for ended in heard.ended] == [(1, False), (2, True)]
    assert pause(database) is None


def test_a_held_address_gets_service_mail_and_no_outreach(database, server, now):
    with database.transaction() as session:
        commands.hold_address(session, "persona1@coop.example", reason="550", now=now)
        outreach = a_letter(1, key="aviso/1/2", category=Category.OUTREACH)
        commands.owe_many(session, [a_letter(1), outreach], now=now)
    deliver(database, server.url, now=now)
    assert states(database) == {MessageState.SENT: 1, MessageState.DROPPED: 1}
    with database.transaction() as session:
        commands.release_address(session, "persona1@coop.example", actor="user:1", now=now)
        assert not queries.held_addresses(session)


@pytest.mark.parametrize(("step", "answer"), [("data", "554 5.6.0 no"), ("dot", "552 5.3.4 big")])
def test_a_refused_message_fails_without_holding_the_address(database, server, now, step, answer):
    owe(database, 1, now=now)
    server.faults = at(step, answer)
    deliver(database, server.url, now=now)
    assert states(database) == {MessageState.FAILED: 1}
    assert server.reached["mail"] == 1
    with database.reading() as session:
        assert not queries.held_addresses(session)


@pytest.mark.parametrize(
    ("step", "answer", "cause"),
    [
        ("banner", "554 5.7.1 go away", PauseCause.REFUSED),
        ("banner", "421 4.3.2 busy", PauseCause.UNREACHABLE),
        ("mail", "530 5.7.0 sign in first", PauseCause.REFUSED),
        ("mail", "554 go away", PauseCause.REFUSED),
        ("rcpt", "550 5.7.1 relaying denied", PauseCause.REFUSED),
        ("banner", DROP, PauseCause.UNREACHABLE),
    ],
)
def test_a_refusal_of_us_pauses_the_queue_and_costs_no_attempt(
    database, server, now, step, answer, cause
):
    owe(database, 60, now=now)
    server.faults = at(step, answer)
    deliver(database, server.url, now=now)
    standing = pause(database)
    assert (standing.cause, standing.failures) == (cause, 1)
    assert states(database) == {MessageState.QUEUED: 60}
    with database.reading() as session:
        assert not session.scalar(sa.select(sa.func.sum(OutgoingMessage.attempts)))
    assert server.reached["mail"] <= 1
    assert deliver(database, server.url, now=now + timedelta(seconds=1)) == 0
    # Later one message asks again; the others wait for what becomes of it.
    banners = server.reached["banner"]
    deliver(database, server.url, now=now + timedelta(minutes=3))
    assert server.reached["banner"] == banners + 1
    assert server.reached["mail"] <= 2
    assert pause(database).failures == 2
    server.faults = at("none", "")
    deliver(database, server.url, now=now + timedelta(minutes=10))
    assert states(database) == {MessageState.SENT: 60}
    assert pause(database) is None


def test_a_wrong_password_loses_nothing_even_in_four_days(database, server, now):
    owe(database, 2, now=now)
    server.faults = at("auth", "535 5.7.8 bad password")
    url = server.url.replace("//", "//user:secret@")
    later = now
    for _ in range(6):
        deliver(database, url, now=later)
        later += timedelta(hours=20)
    assert pause(database).cause is PauseCause.REFUSED
    assert states(database) == {MessageState.QUEUED: 2}
    server.faults = at("none", "")
    deliver(database, server.url, now=later)
    assert states(database) == {MessageState.SENT: 2}


def test_one_message_that_alone_is_refused_does_not_stop_the_queue_for_ever(database, server, now):
    owe(database, 4, now=now)

    def faults(step, _count):
        odd = step == "rcpt" and server.last_recipient == "persona1@coop.example"
        return "550 5.7.1 we do not like this one" if odd else None

    server.faults = faults
    later = now
    for number in range(8):
        owe(database, 4 + number, now=later)
        deliver(database, server.url, now=later)
        later += timedelta(minutes=20)
    assert message(database, 1).state is MessageState.FAILED
    assert pause(database) is None
    assert states(database) == {MessageState.FAILED: 1, MessageState.SENT: 10}


def test_a_server_that_is_away_is_found_again(database, now):
    owe(database, 3, now=now)
    with MailServer() as gone:
        url = gone.url
    deliver(database, url, now=now)
    assert pause(database).cause is PauseCause.UNREACHABLE
    with MailServer() as server:
        deliver(database, server.url, now=now + timedelta(seconds=30))
        assert len(server.taken) == 3


def test_a_drop_while_the_message_is_on_its_way_is_tried_again(database, server, now):
    owe(database, 1, now=now)
    server.faults = at("body", DROP, times=1)
    deliver(database, server.url, now=now)
    deliver(database, server.url, now=now + timedelta(minutes=1))
    assert states(database) == {MessageState.SENT: 1}
    assert len(server.taken) == 1


@pytest.mark.parametrize("fault", [DROP, HANG])
def test_a_silence_after_the_dot_is_uncertain_and_tried_with_the_same_bytes(
    database, server, now, fault
):
    owe(database, 1, now=now)
    server.faults = at("taken", fault, times=1)
    deliver(database, server.url, now=now, attempt_seconds=0.5)
    uncertain = message(database)
    assert (uncertain.state, uncertain.last_phase) == (MessageState.UNCERTAIN, "dot")
    deliver(database, server.url, now=now + timedelta(minutes=1))
    assert states(database) == {MessageState.SENT: 1}
    first, second = server.taken
    assert first == second
    assert first.message_id == uncertain.message_id


@pytest.mark.parametrize("step", ["banner", "mail", "rcpt", "dot"])
@pytest.mark.parametrize("fault", [HANG, DRIP])
def test_a_server_that_says_nothing_takes_no_more_than_its_time(database, server, now, step, fault):
    owe(database, 1, now=now)
    server.faults = at(step, fault, times=1)
    deliver(database, server.url, now=now, attempt_seconds=0.3)
    deliver(database, server.url, now=now + timedelta(minutes=1))
    assert states(database) == {MessageState.SENT: 1}


def test_a_connection_that_the_server_closed_meanwhile_costs_nothing(database, server, now):
    owe(database, 3, now=now)
    server.faults = at("mail", "421 4.4.2 idle too long", first=2, times=1)
    deliver(database, server.url, now=now)
    assert states(database) == {MessageState.SENT: 3}
    assert server.reached["banner"] == 2
    assert message(database, 2).attempts == 1


def test_a_feature_that_breaks_does_not_have_a_message_sent_twice(database, server, now, heard):
    owe(database, 3, now=now)
    heard.fails = True
    deliver(database, server.url, now=now)
    assert states(database) == {MessageState.SENT: 3}
    assert set(server.copies().values()) == {1}


def test_a_question_that_breaks_sets_the_message_aside_after_three_times(database, server, now):
    owe(database, 2, now=now)

    def broken(_session, question, *, now):
        if question.invitee_id == 1:
            raise RuntimeError("no answer")

    with_broken = {StillWanted: [broken], DeliveryEnded: [lambda *_args, **_named: None]}
    reactions.install(with_broken)
    for hour in range(4):
        deliver(database, server.url, now=now + timedelta(hours=hour))
    assert message(database, 1).state is MessageState.FAILED
    assert message(database, 1).faults == 3
    assert message(database, 2).state is MessageState.SENT


def test_two_claims_never_share_a_message(database, now):
    owe(database, 10, now=now)
    with database.transaction() as session:
        first = outbox.claim(session, now=now, count=6)
    with database.transaction() as session:
        second = outbox.claim(session, now=now, count=6)
    assert len(first), len(second) == (6, 4)
    assert not {one.id for one in first} & {one.id for one in second}
    with database.reading() as session:
        assert not outbox.anything_due(session, now=now + timedelta(seconds=59))
        assert outbox.anything_due(session, now=now + timedelta(seconds=60))


def test_a_worker_that_slept_past_its_lease_writes_nothing(database, now):
    owe(database, 1, now=now)
    later = now + timedelta(seconds=61)
    with database.transaction() as session:
        (slept,) = outbox.claim(session, now=now, count=1)
    with database.transaction() as session:
        (awake,) = outbox.claim(session, now=later, count=1)
        assert outbox.take_up(session, awake, now=later, grace=timedelta())
    with database.transaction() as session:
        assert not outbox.take_up(session, slept, now=later, grace=timedelta())
        outcome = tries.Outcome(slept, None, "late")
        outbox.record(session, outcome, now=later, chance=0.5)
    assert message(database).state is MessageState.SENDING
    assert message(database).lease_token == awake.token


def test_a_clock_that_was_set_back_leaves_no_lease_for_hours(database, server, now):
    owe(database, 1, now=now)
    with database.transaction() as session:
        outbox.claim(session, now=now + timedelta(hours=3), count=1)
    deliver(database, server.url, now=now)
    assert states(database) == {MessageState.SENT: 1}


def test_a_person_stops_the_queue_and_starts_it_again(database, server, now):
    owe(database, 1, now=now)
    with database.transaction() as session:
        commands.pause(session, reason="Revisión", actor="user:1", now=now)
    assert deliver(database, server.url, now=now + timedelta(days=4)) == 0
    assert pause(database).cause is PauseCause.BY_HAND
    with database.transaction() as session:
        commands.resume(session, actor="user:1", now=now + timedelta(days=4))
    deliver(database, server.url, now=now + timedelta(days=4))
    assert states(database) == {MessageState.SENT: 1}


def test_what_was_given_up_can_be_tried_again(database, server, now):
    owe(database, 1, now=now)
    server.faults = at("rcpt", "550 5.1.1 no", times=1)
    deliver(database, server.url, now=now)
    with database.transaction() as session:
        failed = session.get_one(OutgoingMessage, message(database).id)
        commands.retry(session, failed, actor="user:1", now=now)
    deliver(database, server.url, now=now)
    assert states(database) == {MessageState.SENT: 1}
    with database.reading() as session:
        assert session.get(HeldAddress, "persona1@coop.example") is not None
        assert not session.scalars(sa.select(QueuePause)).all()


def test_queries_tell_what_was_told(database, server, now):
    owe(database, 2, now=now)
    with database.reading() as session:
        assert queries.oldest_due_age(session, now=now + timedelta(minutes=3)) == timedelta(
            minutes=3
        )
        assert len(queries.messages_of_event(session, 7)) == 2
        assert [m.recipient for m in queries.messages_of_invitee(session, 2)] == [
            "persona2@coop.example"
        ]
    deliver(database, server.url, now=now)
    with database.reading() as session:
        assert queries.oldest_due_age(session, now=now) == timedelta()


def test_a_connection_that_cannot_be_trusted_pauses_the_queue(database, server, now):
    owe(database, 1, now=now)
    deliver(database, server.url.replace("smtp:", "smtps:"), now=now)
    assert pause(database).cause is PauseCause.REFUSED
    assert (message(database).state, message(database).attempts) == (MessageState.QUEUED, 0)
    assert not server.reached["mail"]
