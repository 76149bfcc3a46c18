"""Approved minutes never change: no command does it, and the database refuses whoever tries."""

from datetime import datetime, timedelta

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import DatabaseError

from coopoutreach.committee.commitments import commands as commitments
from coopoutreach.committee.commitments.models import Commitment
from coopoutreach.committee.meetings import commands as meetings
from coopoutreach.committee.minutes import commands
from coopoutreach.committee.minutes.commands import Voice
from coopoutreach.committee.minutes.models import Minutes, MinutesPart
from coopoutreach.committee.minutes.rules import State
from coopoutreach.committee.minutes.values import Owed
from coopoutreach.platform.core import reactions
from coopoutreach.platform.core.errors import DomainError
from coopoutreach.platform.files.taking import Taken
from coopoutreach.wiring import WIRING
from tests.factories import NOW, a_meeting
from tests.support import acta
from tests.support.acta import send_out
from tests.support.digest import digest
from tests.support.migrated import migrated_database

pytestmark = pytest.mark.both_engines

BY = {"actor": "user:1", "now": NOW + timedelta(days=1)}


@pytest.fixture(autouse=True)
def _wired():
    reactions.install(WIRING)


def an_approved_one(session):
    """Approved minutes with a decision, an observation that was answered, and a commitment."""
    made = acta.an_acta(session)
    part = made.part("Garantías")
    acta.type_in(session, part, "Se revisó.")
    by = {"actor": acta.SECRETARY, "now": NOW}
    commands.add_decision(session, part, "Firmar.", addressed_to_id=None, **by)
    federation, corfo = made.table.federation, made.table.corfo
    due = (NOW + timedelta(days=60)).date()
    owed = Owed("Enviar la nómina", federation.id, corfo.id, None, due, "Correo")
    commands.add_commitment(session, part, owed, **by)
    send_out(session, made.minutes, **by)
    voice = Voice(made.table.people[2].id, corfo.id)
    observation = commands.observe(session, made.minutes, voice, "Falta.", **by)
    commands.reply(session, observation, "Listo.", **by)
    send_out(session, made.minutes, **by)
    for person in (made.table.people[0], made.table.people[2]):
        acta.approve(session, made, person)
    assert made.minutes.state is State.APPROVED
    return made


def attempts(session, made):
    """Everything that somebody might do to approved minutes, by name."""
    minutes, part = made.minutes, made.part("Garantías")
    decision, observation = minutes.decisions[0], minutes.observations[0]
    voice = Voice(made.table.people[2].id, made.table.corfo.id)
    signature = acta.a_signature(session, made, made.table.people[3])
    due = (NOW + timedelta(days=90)).date()
    owed = Owed("Otra cosa", made.table.federation.id, made.table.corfo.id, None, due, "")
    to = {"addressed_to_id": None}
    return {
        "save": lambda: acta.type_in(session, part, "otra cosa"),
        "add_decision": lambda: commands.add_decision(session, part, "x", **to, **BY),
        "edit_decision": lambda: commands.edit_decision(session, decision, "x", **to, **BY),
        "remove_decision": lambda: commands.remove_decision(session, decision, **BY),
        "add_commitment": lambda: commands.add_commitment(session, part, owed, **BY),
        "follow_agenda": lambda: commands.follow_agenda(session, minutes, **BY),
        "send": lambda: send_out(session, minutes, **BY),
        "withdraw": lambda: commands.withdraw(session, minutes, **BY),
        "observe": lambda: commands.observe(session, minutes, voice, "x", **BY),
        "reply": lambda: commands.reply(session, observation, "x", **BY),
        "sign_off": lambda: commands.sign_off(session, minutes, signature, **BY),
        "approve": lambda: commands.approve(session, minutes, signature, **BY),
        "approve_by_silence": lambda: commands.approve_by_silence(
            session, minutes, typeset=minutes.content_sha256, **BY
        ),
    }


#: Those that do not touch what minutes say, and have tests of their own.
ELSEWHERE = {
    "for_writing",
    "keep_pdf",
    "keep_signed_copy",
    "publish",
    "rectify",
    "start",
}


def test_every_command_is_tried(session):
    public = {name for name in commands.__all__ if name[0].islower()}
    assert public - ELSEWHERE == set(attempts(session, an_approved_one(session)))


def test_no_command_changes_approved_minutes(database, settings):
    with database.transaction() as session:
        made = an_approved_one(session)
        names, number = list(attempts(session, made)), made.minutes.id
    before = digest(database)
    for name in names:
        with database.transaction() as session:
            made.minutes = session.get_one(Minutes, number)
            made.meeting = made.minutes.meeting
            with pytest.raises(DomainError) if name not in _QUIET else _nothing():
                attempts(session, made)[name]()
        assert digest(database) == before, name


#: What was done already is not done again, and says nothing.
_QUIET = {"sign_off", "approve_by_silence"}


class _nothing:  # noqa: N801 (stands where a context manager's name does)
    def __enter__(self):
        return self

    def __exit__(self, *_):
        return False


def test_what_a_commitment_says_stays_as_the_minutes_say_it(session):
    an_approved_one(session)
    commitment = session.scalars(sa.select(Commitment)).one()
    fields = commitments.Fields(
        action="Otra cosa",
        party_id=commitment.party_id,
        owed_to_id=commitment.owed_to_id,
        person_id=None,
        due_on=commitment.due_on,
    )
    with pytest.raises(DomainError, match="acta aprobada"):
        commitments.edit(session, commitment, fields, **BY)


@pytest.fixture
def migrated(request, engine_name, settings, tmp_path):
    """A database of its own as migrations make it, with approved minutes in it."""
    with migrated_database(request, engine_name, settings, tmp_path) as database:
        with database.transaction() as session:
            an_approved_one(session)
            # Of another meeting, still written.
            acta.an_acta(session)
        yield database


_LOCKED = "minutes_id = (SELECT id FROM minutes WHERE state = 'aprobada')"
_PART = "part_id = (SELECT MIN(id) FROM minutes_part WHERE LOCKED)"
REFUSED = [
    "UPDATE minutes SET content = 'x' WHERE state = 'aprobada'",
    "UPDATE minutes SET content_sha256 = 'x' WHERE state = 'aprobada'",
    "UPDATE minutes SET state = 'borrador' WHERE state = 'aprobada'",
    "UPDATE minutes SET version = 9 WHERE state = 'aprobada'",
    "UPDATE minutes SET code = 'x' WHERE state = 'aprobada'",
    "UPDATE minutes SET rectification = 'x' WHERE state = 'aprobada'",
    "DELETE FROM minutes WHERE state = 'aprobada'",
    "UPDATE minutes_part SET text = 'x' WHERE LOCKED",
    "UPDATE minutes_part SET minutes_id = (SELECT MAX(id) FROM minutes) WHERE LOCKED",
    "DELETE FROM minutes_part WHERE LOCKED",
    "UPDATE minutes_part_revision SET text = 'x' WHERE PART",
    "DELETE FROM minutes_part_revision WHERE PART",
    "UPDATE decision SET text = 'x' WHERE LOCKED",
    "DELETE FROM decision WHERE LOCKED",
    "UPDATE minutes_approval SET name = 'x' WHERE LOCKED",
    "UPDATE minutes_approval SET void_at = at WHERE LOCKED",
    "DELETE FROM minutes_approval WHERE LOCKED",
    "UPDATE minutes_observation SET reply = 'x' WHERE LOCKED",
    "DELETE FROM minutes_observation WHERE LOCKED",
    "UPDATE commitment SET action = 'x'",
    "UPDATE commitment SET verification = 'x'",
    "UPDATE commitment SET party_id = owed_to_id",
    "DELETE FROM commitment",
    (
        "INSERT INTO decision (public_id, minutes_id, ordinal, number, text, created_at) "
        "SELECT 'x', id, 9, 'A-9', 'x', created_at FROM minutes WHERE state = 'aprobada'"
    ),
]
ALLOWED = [
    "UPDATE minutes SET pdf_stored_as = 'a', pdf_sha256 = 'b' WHERE state = 'aprobada'",
    "UPDATE minutes SET state = 'publicada', published_at = approved_at WHERE state = 'aprobada'",
    "UPDATE minutes SET created_by = 'user:0'",
    "UPDATE minutes_part SET text = 'x' WHERE minutes_id = (SELECT MAX(id) FROM minutes)",
    "UPDATE commitment SET progress = 50, due_on = '2027-12-31', state = 'en_curso'",
]


def test_the_database_refuses_whoever_gets_past_the_commands(migrated):
    for refused in REFUSED:
        statement = refused.replace("PART", _PART).replace("LOCKED", _LOCKED)
        with (
            pytest.raises(DatabaseError, match="minutes are locked"),
            migrated.transaction() as session,
        ):
            session.execute(sa.text(statement))


def test_what_goes_on_after_approval_goes_on(migrated):
    for statement in ALLOWED:
        with migrated.transaction() as session:
            session.execute(sa.text(statement))
    with pytest.raises(DatabaseError), migrated.transaction() as session:
        session.execute(sa.text("UPDATE minutes SET pdf_sha256 = 'c' WHERE state = 'publicada'"))
    with pytest.raises(DatabaseError), migrated.transaction() as session:
        session.execute(sa.text("UPDATE minutes SET pdf_stored_as = '' WHERE state = 'publicada'"))
    with pytest.raises(DatabaseError), migrated.transaction() as session:
        session.execute(sa.text("UPDATE minutes SET state = 'aprobada' WHERE code IS NOT NULL"))


def test_a_whole_rectification_passes_beside_the_locks(migrated):
    with migrated.transaction() as session:
        locked = session.scalars(sa.select(Minutes).where(Minutes.code.is_not(None))).one()
        second = commands.rectify(session, locked, "El monto.", **BY)
        part = session.scalars(
            sa.select(MinutesPart).where(
                MinutesPart.minutes_id == second.id, MinutesPart.title == "Garantías"
            )
        ).one()
        acta.type_in(session, part, "Corregido.")
        assert [one.number for one in second.decisions] == [one.number for one in locked.decisions]
        send_out(session, second, **BY)
        made = acta.Acta(None, second.meeting, second)
        for member in second.meeting.series.members:
            if member.approves:
                acta.approve(session, made, member.person)
        assert second.state is State.APPROVED
        assert (second.version, second.rectifies) == (2, locked)
        assert second.code != locked.code


def test_the_documents_that_approved_minutes_name_stay(session):
    made = acta.an_acta(session)
    item = made.meeting.items[0]
    taken = Taken("tabla-x", "plan.pdf", "application/pdf", 9, "a" * 64)
    file = meetings.add_file(session, item, taken, **BY)
    send_out(session, made.minutes, actor=acta.SECRETARY, now=NOW)
    for person in (made.table.people[0], made.table.people[2]):
        acta.approve(session, made, person)
    for attempt in (
        lambda: meetings.remove_file(session, file, **BY),
        lambda: meetings.remove_item(session, item, **BY),
        lambda: meetings.move_to_meeting(
            session,
            item,
            a_meeting(session, made.table.series, wall_start=datetime(2027, 4, 13, 10)),
            **BY,
        ),
    ):
        with pytest.raises(DomainError, match="acta está aprobada"):
            attempt()
    assert item.files == [file]
