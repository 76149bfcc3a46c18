"""Whoever approved minutes is erased, and what was approved stays as it was, byte by byte."""

import hashlib
from datetime import datetime, timedelta

import pytest
import sqlalchemy as sa

from coopoutreach.committee.commitments import commands as commitments
from coopoutreach.committee.commitments.models import Commitment
from coopoutreach.committee.meetings import commands as meetings
from coopoutreach.committee.meetings import queries as meeting_queries
from coopoutreach.committee.meetings.models import Meeting, SeriesMember
from coopoutreach.committee.minutes import commands, queries
from coopoutreach.committee.minutes.commands import Voice
from coopoutreach.committee.minutes.models import Approval, Minutes, MinutesPart, Observation
from coopoutreach.committee.minutes.rules import State
from coopoutreach.committee.minutes.values import Owed
from coopoutreach.events.models import Invitee
from coopoutreach.events.rules import Standing
from coopoutreach.mail.outgoing.models import OutgoingMessage
from coopoutreach.people.directory.models import Person
from coopoutreach.platform.access.permissions import Role
from coopoutreach.platform.core import reactions
from coopoutreach.privacy import commands as privacy
from coopoutreach.privacy.data_map import NOWHERE
from coopoutreach.wiring import WIRING
from tests.factories import NOW, a_meeting, a_user
from tests.support import acta
from tests.support.acta import send_out
from tests.support.migrated import migrated_database

pytestmark = pytest.mark.both_engines

LATER = NOW + timedelta(days=2)
BY = {"actor": "user:1", "now": NOW}


@pytest.fixture(autouse=True)
def _wired():
    reactions.install(WIRING)


@pytest.fixture
def database(request, engine_name, settings, tmp_path):
    with migrated_database(request, engine_name, settings, tmp_path) as made:
        yield made


@pytest.fixture
def marcela(database):
    """CORFO's Marcela wrote a part of approved minutes, observed, approved, and owes something."""
    with database.transaction() as session:
        made = acta.an_acta(session)
        person = made.table.people[2]
        user = a_user(session, email=person.email, role=Role.COUNTERPART)
        person.user_id = user.id
        made.table.series.parties[1].head_id = person.id
        part = made.part("Garantías")
        acta.type_in(session, part, "Lo que escribió Marcela.", actor=user.actor)
        due = (NOW + timedelta(days=60)).date()
        owed = Owed(
            "Enviar la nómina", made.table.corfo.id, made.table.federation.id, person.id, due, ""
        )
        commands.add_commitment(session, part, owed, **BY)
        send_out(session, made.minutes, **BY)
        voice = Voice(person.id, made.table.corfo.id)
        observation = commands.observe(session, made.minutes, voice, "Falta.", **BY)
        commands.reply(session, observation, "Listo.", **BY)
        send_out(session, made.minutes, **BY)
        for one in (made.table.people[0], person):
            acta.approve(session, made, one)
        following = a_meeting(session, made.table.series, wall_start=datetime(2027, 4, 13, 10))
        following.secretary_id = person.id
        assert made.minutes.state is State.APPROVED
        return person.id


def erase(database, person_id):
    with database.transaction() as session:
        person = session.get_one(Person, person_id)
        return privacy.erase_person(session, person, actor="user:1", now=LATER)


def frozen(database):
    tables = (Minutes, MinutesPart, Approval, Observation)
    with database.engine.connect() as connection:
        return [connection.execute(sa.select(one.__table__)).all() for one in tables]


def test_what_was_approved_stays_and_its_hash_holds(database, marcela):
    before = frozen(database)
    erase(database, marcela)
    assert frozen(database) == before
    with database.reading() as session:
        minutes = session.scalars(sa.select(Minutes)).one()
        assert hashlib.sha256(minutes.content).hexdigest() == minutes.content_sha256
        assert "Marcela" not in session.get_one(Person, marcela).name


def test_nobody_waits_for_whom_is_no_more(database, marcela):
    erase(database, marcela)
    with database.transaction() as session:
        member = session.scalars(
            sa.select(SeriesMember).where(SeriesMember.person_id == marcela)
        ).one()
        assert member.ended_at == LATER
        meeting = session.scalars(sa.select(Meeting).order_by(Meeting.id)).all()[-1]
        assert meeting.secretary_id is None
        assert marcela not in {
            one.person.id for one in queries.reviewers(session, meeting, now=LATER)
        }
        owed = session.scalars(sa.select(Commitment)).one()
        assert (owed.person_id, owed.head_id) == (None, None)
        commitments.remind(session, owed, now=NOW + timedelta(days=60))
        session.flush()
        addresses = session.scalars(
            sa.select(OutgoingMessage.recipient).where(OutgoingMessage.created_at > LATER)
        ).all()
        assert addresses
        assert not any(address.endswith(NOWHERE) for address in addresses)


def test_they_are_called_to_no_meeting_any_more(database, marcela):
    with database.transaction() as session:
        series = session.scalars(sa.select(Meeting).order_by(Meeting.id)).all()[-1].series
        meeting = a_meeting(session, series, wall_start=datetime(2027, 5, 11, 10))
        person = session.get_one(Person, marcela)
        seat = meetings.invite_member(
            session, meeting, next(one for one in series.members if one.person is person), **BY
        )
        number = seat.invitee_id
    erase(database, marcela)
    with database.reading() as session:
        invitee = session.get_one(Invitee, number)
        assert (invitee.standing, invitee.told_sequence) == (Standing.WITHDRAWN, None)
        series = session.scalars(sa.select(SeriesMember)).first().series
        assert marcela not in {
            one.person_id for one in meeting_queries.standing_members(session, series.id)
        }
