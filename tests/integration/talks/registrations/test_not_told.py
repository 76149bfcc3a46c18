"""AC-14: whatever a cooperative does with its own place, it learns nothing of another's people."""

import pytest

from coopoutreach.platform.core import reactions
from coopoutreach.talks.registrations import commands, queries
from coopoutreach.talks.registrations.errors import AlreadyRegistered
from coopoutreach.talks.registrations.request import Contact, Registrant, Request, Within
from coopoutreach.talks.registrations.rules import Room, State
from coopoutreach.wiring import WIRING
from tests.factories import a_cooperative, a_talk

BEA = ("Bea Soto", "bea@otra.example")


@pytest.fixture(autouse=True)
def _wired(settings):
    reactions.install(WIRING)


@pytest.fixture
def talk(session):
    return a_talk(session)


def register(session, talk, who, *, coop, now):
    request = Request(f"{talk.id}{who}", [Registrant(*who, Room.IN_ROOM)], organisation=coop)
    [made] = commands.register(session, talk, request, actor="user:1", now=now)
    return made


@pytest.fixture
def ours(session, talk, now):
    return register(
        session, talk, ("Ana Díaz", "ana@coop.example"), coop=a_cooperative(session), now=now
    )


@pytest.fixture
def theirs(session, talk, now):
    return register(session, talk, BEA, coop=a_cooperative(session), now=now)


def transfer(session, registration, *, now, **more):
    to = Registrant(*BEA, Room.IN_ROOM)
    return commands.transfer(session, registration, to, actor="user:1", now=now, **more)


def correct(session, registration, *, now, within=Within.COOPERATIVE):
    return commands.correct_contact(
        session, registration, Contact(*BEA), within=within, actor="user:1", now=now
    )


@pytest.mark.parametrize("act", [transfer, correct])
def test_a_place_for_somebody_who_has_one_is_free_and_nobody_is_told_why(
    session, ours, theirs, now, act
):
    assert act(session, ours, now=now) is ours
    assert ours.state is State.CANCELLED
    assert theirs.state is State.CONFIRMED
    assert theirs.organisation_id != ours.organisation_id


def test_the_coordination_is_told(session, ours, theirs, now):
    with pytest.raises(AlreadyRegistered):
        transfer(session, ours, sees_all=True, now=now)
    with pytest.raises(AlreadyRegistered):
        correct(session, ours, within=Within.EVERYTHING, now=now)


def test_the_list_to_choose_from_does_not_say_where_else_somebody_is(
    session, talk, ours, theirs, now
):
    """Registered by us for another talk, by another cooperative for this one."""
    register(session, a_talk(session), BEA, coop=ours.organisation, now=now)
    listed = queries.colleagues(session, ours.organisation, talk.id, now=now)
    assert {one.name: one.state for one in listed} == {
        "Ana Díaz": State.CONFIRMED,
        BEA[0]: None,
    }
