"""Several workers and an editor at once: each person is told each version once, and the last one.

The controls take a safeguard away and see that the test would notice.
"""

import threading
from collections import Counter
from datetime import timedelta

import pytest
from sqlalchemy import select

from coopoutreach.events import commands, jobs, queries
from coopoutreach.events.commands import telling
from coopoutreach.events.models import Event, Invitee
from coopoutreach.events.rules import AnnouncementKind, Standing
from coopoutreach.mail.outgoing.models import OutgoingMessage
from tests.factories import a_person, a_talk

PEOPLE = 120
WAIT = timedelta(minutes=5)


@pytest.fixture
def talk_id(database, settings, now):
    with database.transaction() as session:
        talk = a_talk(session)
        for _ in range(PEOPLE):
            invitee = commands.invite(
                session, talk, a_person(session), standing=Standing.INVITED, now=now
            )
            invitee.told_sequence = talk.sequence
        return talk.id


def move(database, talk_id, at):
    with database.transaction() as session:
        talk = queries.lock_event(session, talk_id)
        talk.wall_end += timedelta(minutes=15)
        talk.resolve_time()
        commands.revise(session, talk, actor="user:1", now=at)


def cancel(database, talk_id, at):
    with database.transaction() as session:
        talk = queries.lock_event(session, talk_id)
        commands.cancel(session, talk, reason="Lluvia", actor="user:1", now=at)


def at_once(*acts):
    begin = threading.Barrier(len(acts))

    def run(act):
        begin.wait()
        act()

    threads = [threading.Thread(target=run, args=(act,)) for act in acts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def letters(database):
    with database.reading() as session:
        rows = session.execute(
            select(OutgoingMessage.notice, OutgoingMessage.invitee_id).order_by(OutgoingMessage.id)
        )
        return [tuple(row) for row in rows]


def test_two_workers_tell_each_person_once(database, talk_id, now):
    move(database, talk_id, now)
    at_once(*[lambda: jobs.tell_announcements(database, now + WAIT)] * 2)
    told = Counter(letters(database))
    assert len(told) == PEOPLE
    assert set(told.values()) == {1}


@pytest.mark.both_engines
def test_an_edit_while_two_workers_tell_reaches_everybody_once_more_at_the_most(
    database, talk_id, now
):
    move(database, talk_id, now)
    due = now + WAIT
    at_once(
        lambda: jobs.tell_announcements(database, due),
        lambda: jobs.tell_announcements(database, due),
        lambda: move(database, talk_id, due),
    )
    jobs.tell_announcements(database, due + WAIT)
    told = Counter(letters(database))
    assert len(told) == PEOPLE
    assert set(told.values()) <= {1, 2}
    with database.reading() as session:
        version = session.get_one(Event, talk_id).version
        assert set(session.scalars(select(Invitee.told_version))) == {version}


def interrupted(database, talk_id, now):
    """Tell one batch, then let the coordination move the talk while the worker goes on."""
    move(database, talk_id, now)
    due = now + WAIT
    with database.reading() as session:
        found = queries.pending(session, talk_id).id
    with database.transaction() as session:
        commands.tell_next_batch(session, found, now=due)
    move(database, talk_id, due)
    jobs.tell_announcements(database, due)
    with database.transaction() as session:
        commands.tell_next_batch(session, found, now=due)
    jobs.tell_announcements(database, due + WAIT)
    return Counter(letters(database))


def test_what_was_put_off_between_two_batches_waits(database, talk_id, now):
    told = interrupted(database, talk_id, now)
    assert sorted(Counter(told.values()).items()) == [(1, PEOPLE - telling.BATCH), (2, 50)]


def test_control_without_looking_again_those_who_were_told_hear_before_it_stands_still(
    database, talk_id, now, monkeypatch
):
    monkeypatch.setattr(telling, "_is_its_turn", lambda *_args, **_given: True)
    move(database, talk_id, now)
    due = now + WAIT
    with database.reading() as session:
        found = queries.pending(session, talk_id).id
    with database.transaction() as session:
        commands.tell_next_batch(session, found, now=due)
    move(database, talk_id, due)
    with database.transaction() as session:
        assert commands.tell_next_batch(session, found, now=due).count == telling.BATCH


def test_control_without_holding_back_a_cancelled_event_that_may_be_undone_is_told_to_move(
    database, talk_id, now, monkeypatch
):
    move(database, talk_id, now)
    cancel(database, talk_id, now)
    assert jobs.tell_announcements(database, now + WAIT) == 0
    asked = queries.pending

    def nothing_first(session, event_id, kinds=(AnnouncementKind.MOVED,)):
        return None if AnnouncementKind.CANCELLED in kinds else asked(session, event_id, kinds)

    monkeypatch.setattr(queries, "pending", nothing_first)
    jobs.tell_announcements(database, now + WAIT)
    with database.reading() as session:
        # What would have been told after an undoing has been dropped.
        assert asked(session, talk_id) is None
