"""PR-10: two hundred people at once for fifty seats, on both engines, and the negative control."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Event
from time import sleep

import pytest
from sqlalchemy import event, func, select

from coopoutreach.people.directory.models import Organisation
from coopoutreach.platform.core import db as core_db
from coopoutreach.talks.registrations import commands, queries
from coopoutreach.talks.registrations.models import Registration
from coopoutreach.talks.registrations.request import Registrant, Request
from coopoutreach.talks.registrations.rules import Room, State
from coopoutreach.talks.talks import queries as talks
from coopoutreach.talks.talks.models import Talk
from tests.factories import a_cooperative, a_talk
from tests.support.endurance import rounds

pytestmark = pytest.mark.both_engines

SEATS, PEOPLE = 50, 200


@pytest.fixture
def coops(database, settings):
    with database.transaction() as session:
        return [a_cooperative(session).id for _ in range(5)]


def register_all(database, talk_id, coops, now, *, people=PEOPLE):
    """Everybody registers at the same time, from sixteen threads."""

    def register(number):
        with database.transaction() as session:
            talk = session.get_one(Talk, talk_id)
            someone = Registrant(f"Persona {number}", f"p{number}@coop.example", Room.IN_ROOM)
            coop = session.get_one(Organisation, coops[number % len(coops)])
            commands.register(
                session,
                talk,
                Request(form_key=f"{talk_id}-{number}", people=[someone], organisation=coop),
                actor="anonymous",
                now=now + timedelta(seconds=number),
            )

    with ThreadPoolExecutor(16) as pool:
        list(pool.map(register, range(people)))


def counts(database, talk_id):
    with database.reading() as session:
        rows = session.execute(
            select(Registration.state, func.count())
            .where(Registration.talk_id == talk_id)
            .group_by(Registration.state)
        )
        return dict(rows.all())


@pytest.mark.endurance
@pytest.mark.parametrize("round_number", range(rounds(1, 30)))
def test_pr_10_fifty_seats_for_two_hundred_people_are_fifty_seats(
    database, coops, now, round_number
):
    with database.transaction() as session:
        talk_id = a_talk(session, capacity_room=SEATS).id

    register_all(database, talk_id, coops, now)

    assert counts(database, talk_id) == {State.CONFIRMED: 50, State.WAITING: 150}
    with database.reading() as session:
        talk = session.get_one(Talk, talk_id)
        line = queries.line(session, talk, Room.IN_ROOM)
        # One by one: the cooperative with the fewest seats is next, then who asked first.
        seats = queries.seats_of_organisations(session, talk_id, coops)
        expected = []
        left = [entry for _registration, entry in line]
        while left:
            first = min(left, key=lambda e: (seats.get(e.cooperative_id, 0), e.requested_at))
            left.remove(first)
            expected.append(first.registration_id)
            seats[first.cooperative_id] = seats.get(first.cooperative_id, 0) + 1
        assert [entry.registration_id for _registration, entry in line] == expected


def test_pr_11_a_capacity_lowered_meanwhile_counts(database, coops, now):
    """Somebody opened the form, the room was made smaller, and only then they register."""
    with database.transaction() as session:
        talk_id = a_talk(session, capacity_room=2).id
    entered, lowered = Event(), Event()

    def lower():
        with database.transaction() as session:
            talks.lock_talk(session, talk_id).capacity_room = 1
            entered.set()
            lowered.wait(60)

    def register():
        entered.wait(60)
        register_all(database, talk_id, coops, now, people=2)

    with ThreadPoolExecutor(2) as pool:
        both = [pool.submit(lower), pool.submit(register)]
        entered.wait(60)
        # Long enough for both to stand before the row: what they knew of it is old by then.
        sleep(0.5)
        lowered.set()
        for future in both:
            future.result()

    assert counts(database, talk_id) == {State.CONFIRMED: 1, State.WAITING: 1}


@pytest.fixture
def without_the_lock(database, engine_name, monkeypatch):
    """Take out what serialises those who count: the row's lock, or SQLite's one writer."""
    if engine_name == "postgresql":

        def unlocked(session, event_id):
            return session.get_one(Talk, event_id)

        monkeypatch.setattr(talks, "lock_talk", unlocked)
        yield
        return
    event.remove(database.engine, "begin", core_db._begin_sqlite)  # noqa: SLF001 (the protection)
    yield
    event.listen(database.engine, "begin", core_db._begin_sqlite)  # noqa: SLF001


@pytest.mark.usefixtures("without_the_lock")
def test_pr_10_without_the_lock_seats_are_oversold(database, coops, now):
    # A talk that filled up in good order oversells no more: each attempt needs a new one.
    for _attempt in range(10):
        with database.transaction() as session:
            talk_id = a_talk(session, capacity_room=5).id
        oversell(database, talk_id, coops, now, range(40))
        if counts(database, talk_id).get(State.CONFIRMED, 0) > 5:
            return
    pytest.fail("Forty threads without a lock never oversold: the control controls nothing.")


def oversell(database, talk_id, coops, now, numbers):
    def register(number):
        with database.transaction() as session:
            talk = session.get_one(Talk, talk_id)
            someone = Registrant(f"Persona {number}", f"p{number}@coop.example", Room.IN_ROOM)
            commands.register(
                session,
                talk,
                Request(form_key=f"{talk_id}-{number}", people=[someone]),
                actor="anonymous",
                now=now + timedelta(seconds=number),
            )

    with ThreadPoolExecutor(16) as pool:
        for future in [pool.submit(register, number) for number in numbers]:
            # What else goes wrong without a lock is not the question.
            future.exception()
