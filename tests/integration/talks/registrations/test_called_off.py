"""The line of a talk that was called off stands still; undone, it moves."""

import pytest

from coopoutreach.platform.core import reactions
from coopoutreach.talks.registrations import commands
from coopoutreach.talks.registrations.errors import WrongState
from coopoutreach.talks.registrations.request import Registrant, Request
from coopoutreach.talks.registrations.rules import Room, State
from coopoutreach.talks.talks import commands as outreach
from coopoutreach.wiring import WIRING
from tests.factories import a_cooperative, a_talk


@pytest.fixture(autouse=True)
def wiring():
    reactions.install(WIRING)


@pytest.fixture
def talk(session):
    return a_talk(session, capacity_room=1)


@pytest.fixture
def line(session, talk, now):
    people = [Registrant(f"P{n}", f"p{n}@coop.example", Room.IN_ROOM) for n in range(2)]
    request = Request(form_key="x", people=people, organisation=a_cooperative(session))
    joined = commands.register(session, talk, request, actor="x", now=now)
    return sorted(joined, key=lambda one: one.state is State.WAITING)


def test_who_gives_up_a_place_leaves_it_to_nobody_until_it_is_undone(session, talk, line, now):
    has, waits = line
    outreach.cancel_talk(session, talk, reason="Lluvia", actor="user:1", now=now)
    commands.cancel(session, has, actor="x", by_person=True, now=now)
    assert waits.state is State.WAITING
    outreach.undo_cancellation(session, talk, actor="user:1", now=now)
    assert waits.state is State.CONFIRMED


def test_nobody_is_seated_by_hand(session, talk, line, now):
    has, waits = line
    outreach.cancel_talk(session, talk, reason="Lluvia", actor="user:1", now=now)
    commands.cancel(session, has, actor="x", by_person=True, now=now)
    with pytest.raises(WrongState, match="no se va a realizar"):
        commands.give_seat(session, waits, actor="user:1", now=now)
