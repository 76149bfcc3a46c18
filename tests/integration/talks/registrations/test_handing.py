"""Handing a place on to a colleague: nobody in the line is better or worse off for it."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

import pytest
from sqlalchemy import event, func, select

from coopoutreach.events.rules import EventState, Standing
from coopoutreach.mail.outgoing.models import OutgoingMessage
from coopoutreach.platform.audit.models import Entry
from coopoutreach.platform.core import db as core_db
from coopoutreach.platform.core import reactions
from coopoutreach.platform.core.errors import DomainError
from coopoutreach.talks.questions import queries as questions
from coopoutreach.talks.questions.models import QuestionAnswer
from coopoutreach.talks.registrations import commands, queries
from coopoutreach.talks.registrations.errors import (
    AlreadyRegistered,
    NotHandedOn,
    RegistrationClosed,
    WrongState,
)
from coopoutreach.talks.registrations.models import Registration
from coopoutreach.talks.registrations.request import Registrant, Request
from coopoutreach.talks.registrations.rules import Room, State
from coopoutreach.talks.talks import queries as talks
from coopoutreach.talks.talks.models import Talk
from coopoutreach.wiring import WIRING
from tests.factories import a_cooperative, a_question, a_talk
from tests.support.meeting_point import LIMIT

ROOM = Room.IN_ROOM
NEW = Registrant("Rosa Tapia", "rosa@coop.example", ROOM)


@pytest.fixture(autouse=True)
def _wired(settings):
    reactions.install(WIRING)


@pytest.fixture
def coop(session):
    return a_cooperative(session)


def register(session, talk, *names, coop=None, now, together=False):
    request = Request(
        form_key=f"{talk.id}-{names}",
        people=[
            Registrant(name, f"{name.split()[0].lower()}@coop.example", ROOM) for name in names
        ],
        organisation=coop,
        all_or_none=together,
    )
    return commands.register(session, talk, request, actor="anonymous", now=now)


def transfer(session, registration, to=NEW, *, now):
    return commands.transfer(session, registration, to, actor="user:1", now=now)


def mails(session):
    rows = session.execute(
        select(OutgoingMessage.recipient, OutgoingMessage.notice).order_by(OutgoingMessage.id)
    )
    return [(to.partition("@")[0], notice.partition("/")[2]) for to, notice in rows]


def test_a_seat_goes_to_the_colleague_and_not_to_who_waits(session, coop, now):
    talk = a_talk(session, capacity_room=1)
    [ana] = register(session, talk, "Ana Díaz", coop=coop, now=now)
    [waits] = register(session, talk, "Eva Sola", now=now)
    rosa = transfer(session, ana, now=now + timedelta(hours=1))

    assert (ana.state, rosa.state, waits.state) == (
        State.CANCELLED,
        State.CONFIRMED,
        State.WAITING,
    )
    assert rosa.transferred_from_id == ana.id
    assert rosa.organisation_id == coop.id
    assert rosa.invitee.standing is Standing.INVITED
    assert ana.invitee.standing is Standing.WITHDRAWN
    assert rosa.invitee.nonce != ana.invitee.nonce
    assert queries.count_seated(session, talk.id, ROOM) == 1


def test_who_leaves_and_who_comes_are_told_once_each_with_the_calendar(session, coop, now):
    talk = a_talk(session)
    [ana] = register(session, talk, "Ana Díaz", coop=coop, now=now)
    transfer(session, ana, now=now + timedelta(hours=1))

    assert mails(session) == [
        ("ana", "place_confirmed"),
        ("ana", "cancelled"),
        ("rosa", "place_confirmed"),
    ]
    raws = session.scalars(select(OutgoingMessage.raw).order_by(OutgoingMessage.id)).all()
    assert b"method=CANCEL" in raws[1].replace(b'"', b"")
    assert b"method=REQUEST" in raws[2].replace(b'"', b"")
    assert ana.invitee.told_sequence is None


def test_a_place_in_the_line_keeps_the_moment_at_which_it_was_asked_for(session, coop, now):
    talk = a_talk(session, capacity_room=1)
    register(session, talk, "Ana Díaz", now=now)
    [first] = register(session, talk, "Bea Soto", coop=coop, now=now + timedelta(minutes=1))
    other = a_cooperative(session)
    [second] = register(session, talk, "Eva Sola", coop=other, now=now + timedelta(minutes=2))
    rosa = transfer(session, first, now=now + timedelta(hours=1))

    assert rosa.state is State.WAITING
    line = [one.id for one, _entry in queries.line(session, talk, ROOM)]
    assert line == [rosa.id, second.id]
    assert mails(session)[-2:] == [("bea", "cancelled"), ("rosa", "joined_line")]


def test_a_group_of_all_or_none_stays_one(session, coop, now):
    talk = a_talk(session, capacity_room=1)
    people = register(session, talk, "Ana Díaz", "Bea Soto", coop=coop, now=now, together=True)
    rosa = transfer(session, people[0], now=now + timedelta(minutes=1))

    assert rosa.group_id == people[1].group_id
    waiting = queries.waiting(session, talk, ROOM)
    assert {entry.registration_id for entry in waiting} == {rosa.id, people[1].id}
    assert len({entry.together for entry in waiting}) == 1


def test_who_had_cancelled_may_take_a_place_again(session, coop, now):
    talk = a_talk(session)
    [rosa] = register(session, talk, "Rosa Tapia", coop=coop, now=now)
    [ana] = register(session, talk, "Ana Díaz", coop=coop, now=now)
    commands.cancel(session, rosa, actor="x", by_person=True, now=now + timedelta(minutes=1))
    taken = transfer(session, ana, now=now + timedelta(minutes=2))
    assert taken is rosa
    assert (rosa.state, ana.state) == (State.CONFIRMED, State.CANCELLED)


def test_who_is_registered_takes_no_second_place(session, coop, now):
    talk = a_talk(session)
    ana, _rosa = register(session, talk, "Ana Díaz", "Rosa Tapia", coop=coop, now=now)
    with pytest.raises(AlreadyRegistered, match="Rosa Tapia ya está") as refusal:
        transfer(session, ana, now=now)
    assert refusal.value.field == "name"
    assert ana.state is State.CONFIRMED


def test_nobody_hands_a_place_to_themselves(session, coop, now):
    [ana] = register(session, a_talk(session), "Ana Díaz", coop=coop, now=now)
    with pytest.raises(NotHandedOn):
        transfer(session, ana, Registrant("ANA DIAZ", "Ana@coop.example", ROOM), now=now)


def test_a_place_of_nobodys_cooperative_is_not_handed_on(session, now):
    [ana] = register(session, a_talk(session), "Ana Díaz", now=now)
    with pytest.raises(NotHandedOn):
        transfer(session, ana, now=now)


def test_what_was_given_up_is_nobodys_to_hand_on(session, coop, now):
    [ana] = register(session, a_talk(session), "Ana Díaz", coop=coop, now=now)
    commands.cancel(session, ana, actor="x", by_person=True, now=now)
    with pytest.raises(WrongState):
        transfer(session, ana, now=now)


@pytest.mark.parametrize("change", [{"state": EventState.CANCELLED}, {}])
def test_not_after_the_talk_began_or_was_called_off(session, coop, now, change):
    talk = a_talk(session)
    [ana] = register(session, talk, "Ana Díaz", coop=coop, now=now)
    for name, value in change.items():
        setattr(talk, name, value)
    session.flush()
    with pytest.raises(RegistrationClosed):
        transfer(session, ana, now=now if change else talk.starts_at)


def test_in_the_last_hours_a_seat_still_goes_from_hand_to_hand(session, coop, now):
    talk = a_talk(session)
    [ana] = register(session, talk, "Ana Díaz", coop=coop, now=now)
    assert transfer(session, ana, now=talk.starts_at - timedelta(hours=2)).state is State.CONFIRMED


def test_the_answers_of_who_leaves_are_not_who_comes(session, coop, now):
    talk = a_talk(session)
    question = a_question(session, talk)
    [ana] = register(session, talk, "Ana Díaz", coop=coop, now=now)
    session.add(
        QuestionAnswer(
            question_id=question.id, invitee_id=ana.invitee_id, value=True, answered_at=now
        )
    )
    rosa = transfer(session, ana, now=now)
    assert questions.answers_of(session, rosa.invitee_id) == {}


def test_the_trail_names_nobody(session, coop, now):
    [ana] = register(session, a_talk(session), "Ana Díaz", coop=coop, now=now)
    rosa = transfer(session, ana, now=now)
    [entry] = session.scalars(select(Entry).where(Entry.action == "registration.handed-on"))
    assert (entry.actor, entry.after) == ("user:1", {"to": rosa.id})
    everything = [str((one.before, one.after)) for one in session.scalars(select(Entry))]
    assert not [one for one in everything if "rosa" in one.lower() or "ana" in one.lower()]


# Races.


@pytest.fixture
def full(database, now):
    """A talk of one seat, and who has it."""
    with database.transaction() as session:
        coop, talk = a_cooperative(session), a_talk(session, capacity_room=1)
        [ana] = register(session, talk, "Ana Díaz", coop=coop, now=now)
        return talk.id, ana.id, coop.id


def at_once(database, full, *acts):
    """Do all at the same time, each in a transaction of its own; return how many were done."""
    barrier = Barrier(len(acts))

    def run(act):
        barrier.wait(LIMIT)
        try:
            with database.transaction() as session:
                registration = session.get_one(Registration, full[1])
                act(session, registration)
        except DomainError:
            return 0
        return 1

    with ThreadPoolExecutor(len(acts)) as pool:
        return sum(future.result() for future in [pool.submit(run, act) for act in acts])


def seated(database, talk_id):
    with database.reading() as session:
        wanted = select(func.count()).where(
            Registration.talk_id == talk_id, Registration.state == State.CONFIRMED
        )
        return session.scalar(wanted)


def handing_to(name, now):
    to = Registrant(name, f"{name.lower()}@coop.example", ROOM)

    def act(session, registration):
        transfer(session, registration, to, now=now + timedelta(minutes=5))

    return act


@pytest.mark.both_engines
def test_two_who_hand_the_same_seat_on_at_once_hand_it_on_once(database, full, now):
    acts = [handing_to(name, now) for name in ("Rosa", "Sara", "Tita", "Ulda")]
    assert at_once(database, full, *acts) == 1
    assert seated(database, full[0]) == 1


def test_a_seat_that_is_handed_on_and_given_up_at_once_is_one_seat(database, full, now):
    with database.transaction() as session:
        talk = session.get_one(Talk, full[0])
        other = a_cooperative(session)
        register(session, talk, "Eva Sola", coop=other, now=now + timedelta(minutes=1))

    def give_up(session, registration):
        commands.cancel(
            session, registration, actor="x", by_person=True, now=now + timedelta(minutes=5)
        )

    at_once(database, full, handing_to("Rosa", now), give_up)
    assert seated(database, full[0]) == 1


@pytest.fixture
def without_the_lock(database, engine_name, monkeypatch):
    """Take out what serialises those who count: the row's lock, or SQLite's one writer."""
    monkeypatch.setattr(talks, "lock_talk", lambda session, talk_id: session.get_one(Talk, talk_id))
    if engine_name == "postgresql":
        yield
        return
    event.remove(database.engine, "begin", core_db._begin_sqlite)  # noqa: SLF001 (the protection)
    yield
    event.listen(database.engine, "begin", core_db._begin_sqlite)  # noqa: SLF001


@pytest.mark.usefixtures("without_the_lock")
def test_without_the_lock_one_seat_becomes_several(database, now):
    for attempt in range(60):
        with database.transaction() as session:
            coop = a_cooperative(session)
            talk = a_talk(session, capacity_room=1)
            [ana] = register(session, talk, "Ana Díaz", coop=coop, now=now)
            full = talk.id, ana.id, coop.id
        names = [f"Rosa{attempt}x{number}" for number in range(4)]
        run_and_let_fail(database, full, names, now)
        if seated(database, full[0]) > 1:
            return
    pytest.fail("Without a lock no seat was ever doubled: the control controls nothing.")


def run_and_let_fail(database, full, names, now):
    barrier = Barrier(len(names))

    def run(act):
        barrier.wait(LIMIT)
        with database.transaction() as session:
            act(session, session.get_one(Registration, full[1]))

    with ThreadPoolExecutor(len(names)) as pool:
        futures = [pool.submit(run, handing_to(name, now)) for name in names]
        for future in futures:
            # What else goes wrong without a lock is not the question.
            future.exception()
