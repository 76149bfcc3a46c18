"""Who may be corrected: nobody whom anything in the schema knows but one's own registrations."""

import pytest
import sqlalchemy as sa
from sqlalchemy import select

from coopoutreach.events import commands as events
from coopoutreach.events.rules import Standing
from coopoutreach.people.directory.models import Person
from coopoutreach.platform.core import reactions
from coopoutreach.platform.core.db import Base
from coopoutreach.platform.core.references import references_to, refers_to
from coopoutreach.privacy import queries as privacy
from coopoutreach.talks.registrations import commands, queries
from coopoutreach.talks.registrations.errors import NameKeptElsewhere
from coopoutreach.talks.registrations.request import Contact, Registrant, Request, Within
from coopoutreach.talks.registrations.rules import Room
from coopoutreach.wiring import WIRING
from tests.factories import a_cooperative, a_meeting, a_person, a_table, a_talk

ANA = ("Ana Díaz", "ana@corfo.example")
HERS = ("Ana Díaz", "mallory@coop.example")


@pytest.fixture(autouse=True)
def _wired(settings):
    reactions.install(WIRING)


@pytest.fixture
def coop(session):
    return a_cooperative(session)


@pytest.fixture(params=["foreign key", "declared"])
def later_table(request, session):
    """A table that somebody adds later, which refers to people in either way."""
    if request.param == "foreign key":
        column = sa.Column("whose", sa.ForeignKey("person.id"))
    else:
        column = sa.Column("whose", sa.Integer, info=refers_to("person"))
    table = sa.Table("later", Base.metadata, sa.Column("id", sa.Integer, primary_key=True), column)
    table.create(session.connection())
    yield table
    table.drop(session.connection())
    Base.metadata.remove(table)


def register(session, talk, who=ANA, *, coop=None, now):
    request = Request(
        form_key=f"{talk.id}{who}{coop.id if coop else ''}",
        people=[Registrant(*who, Room.IN_ROOM)],
        organisation=coop,
    )
    [made] = commands.register(session, talk, request, actor="user:9", now=now)
    return made


def correct(session, registration, to=HERS, *, now):
    return commands.correct_contact(
        session, registration, Contact(*to), within=Within.COOPERATIVE, actor="user:9", now=now
    )


def test_the_guest_of_a_meeting_is_not_taken_over(session, coop, now):
    """Registers a guest's name and address, then «corrects» the address to one of its own."""
    guest = a_person(session, name=ANA[0], email=ANA[1])
    invited = events.invite(
        session,
        a_meeting(session, a_table(session).series),
        guest,
        standing=Standing.INVITED,
        now=now,
    )
    link = invited.nonce
    ours = register(session, a_talk(session), coop=coop, now=now)
    assert ours.person is guest

    moved = correct(session, ours, now=now)
    assert (guest.name, guest.email) == ANA
    assert (invited.nonce, invited.person) == (link, guest)
    assert moved.person is not guest


@pytest.mark.both_engines
def test_whoever_was_known_before_is_not_ours_though_nothing_of_it_is_left(session, coop, now):
    known = a_person(session, name=ANA[0], email=ANA[1])
    known.created_at = now.replace(year=2025)
    ours = register(session, a_talk(session), coop=coop, now=now)
    assert correct(session, ours, now=now).person is not known
    assert known.email == ANA[1]


@pytest.mark.both_engines
def test_a_table_that_is_added_later_protects_whom_it_refers_to(session, coop, later_table, now):
    ours = register(session, a_talk(session), coop=coop, now=now)
    assert not queries.is_known_elsewhere(session, ours, within=Within.COOPERATIVE)
    assert not queries.is_known_beyond_registrations(session, ours.person)

    session.execute(sa.insert(later_table).values(whose=ours.person_id))
    assert queries.is_known_elsewhere(session, ours, within=Within.COOPERATIVE)
    assert queries.is_known_beyond_registrations(session, ours.person)
    assert correct(session, ours, now=now).person is not ours.person
    assert ours.person.email == ANA[1]


@pytest.mark.both_engines
def test_a_table_that_is_added_later_keeps_people_from_being_proposed_to_be_erased(
    session, later_table, now
):
    old = a_person(session)
    old.created_at = now.replace(year=2020)
    session.flush()
    assert privacy.inactive_people(session, now=now) == [old]
    session.execute(sa.insert(later_table).values(whose=old.id))
    assert privacy.inactive_people(session, now=now) == []


def test_the_mail_that_holds_a_bare_number_counts_as_knowing_somebody():
    names = {reference.name for reference in references_to("person")}
    assert {"outgoing_message.person_id", "invitee.person_id", "meeting.chair_id"} <= names


def test_a_link_does_not_rename_who_sits_at_a_table(session, coop, now):
    guest = a_person(session, name=ANA[0], email=ANA[1])
    events.invite(
        session,
        a_meeting(session, a_table(session).series),
        guest,
        standing=Standing.INVITED,
        now=now,
    )
    ours = register(session, a_talk(session), coop=coop, now=now)
    with pytest.raises(NameKeptElsewhere):
        commands.correct_name(session, ours, name="Mallory", actor="link:invitee:1", now=now)
    assert guest.name == ANA[0]


def test_a_link_renames_who_is_registered_alone_by_whomever(session, coop, now):
    ours = register(session, a_talk(session), coop=coop, now=now)
    register(session, a_talk(session), now=now)
    commands.correct_name(session, ours, name="Ana Díaz Soto", actor="link:invitee:1", now=now)
    [only] = session.scalars(select(Person))
    assert only.name == "Ana Díaz Soto"
