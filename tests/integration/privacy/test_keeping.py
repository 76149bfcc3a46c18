"""P-02, P-07, P-08 and P-14: the copy of one's data, and what goes by itself."""

import csv
import io
import json
import zipfile
from datetime import timedelta

import pytest
import sqlalchemy as sa

from coopoutreach.events.models import Event, Invitee
from coopoutreach.mail.incoming import commands as inbound
from coopoutreach.mail.incoming.models import InboundMessage
from coopoutreach.mail.outgoing.models import MessageState, OutgoingMessage
from coopoutreach.people.directory import commands as directory
from coopoutreach.people.directory import queries as people
from coopoutreach.people.directory.models import Organisation, Person
from coopoutreach.privacy import commands, copies, jobs, queries
from coopoutreach.privacy.models import DataCase, RetentionRun
from coopoutreach.privacy.rules import Asked, CaseState, Right
from coopoutreach.talks.registrations import queries as lists
from tests.factories import a_cooperative, a_person, a_talk, a_user
from tests.support.digest import digest

ROSA = ("Rosa Antilef", "rosa@coop.example")
PEDRO = ("Pedro Canarino", "pedro.canarino@coop.example")


@pytest.fixture
def both(database, settings, register, now):
    """Two people of one cooperative, in one talk: the copy of one has nothing of the other."""
    with database.transaction() as session:
        cooperative, talk = a_cooperative(session), a_talk(session, title="Charla de crédito")
        made = [
            register(session, name=name, email=email, talk=talk, organisation=cooperative)
            for name, email in (ROSA, PEDRO)
        ]
        for registration in made:
            directory.affiliate(
                session, registration.person, cooperative, post="Gerencia", actor="x", now=now
            )
        return [registration.person_id for registration in made]


def copy(database, person_id, now):
    with database.reading() as session:
        person = session.get_one(Person, person_id)
        return copies.copy_of(session, queries.subject_of(session, person), now=now)


def test_p02_the_copy_has_all_of_one_person_and_nothing_of_another(database, both, now):
    text = json.dumps(copy(database, both[0], now), ensure_ascii=False)
    for mine in (*ROSA, "Charla de crédito", "Gerencia", "Interés legítimo"):
        assert mine in text
    assert "canarino" not in text.lower()


def test_p02_the_file_has_json_and_a_csv_of_each_table(database, both, now):
    found = copy(database, both[0], now)
    with zipfile.ZipFile(io.BytesIO(copies.archive_of(found))) as archive:
        assert json.loads(archive.read("datos.json")) == found
        rows = list(
            csv.reader(io.StringIO(archive.read("persona.csv").decode("utf-8-sig")), delimiter=";")
        )
        assert rows[0][:2] == ["nombre", "correo"]
        assert rows[1][:2] == list(ROSA)
        assert {"inscripciones.csv", "registro-de-cambios.csv", "LEAME.txt"} <= set(
            archive.namelist()
        )


def test_in_01_a_name_that_looks_like_a_formula_is_text_and_a_telephone_stays(
    database, settings, now
):
    with database.transaction() as session:
        person = a_person(session, name='=HYPERLINK("x")', phone="+56 9 8765 4321")
    with zipfile.ZipFile(io.BytesIO(copies.archive_of(copy(database, person.id, now)))) as archive:
        text = archive.read("persona.csv").decode("utf-8-sig")
    assert "'=HYPERLINK" in text
    assert ";+56 9 8765 4321" in text


def test_somebody_with_an_account_alone_has_a_copy_too(database, settings, now):
    with database.transaction() as session:
        user = a_user(session, email="mesa@fecrecoop.example", name="Mesa")
        found = copies.copy_of(session, queries.subject_of_user(session, user), now=now)
    assert [part["nombre"] for part in found["datos"]] == ["Cuenta"]


class TestRetention:
    def test_p08_the_text_of_mail_goes_after_thirty_days_and_the_rest_after_a_year(
        self, database, both, now
    ):
        with database.transaction() as session:
            session.execute(sa.update(OutgoingMessage).values(state=MessageState.SENT))
        for days, raw, rows in ((29, True, 2), (31, False, 2), (366, False, 0)):
            jobs.purge_old_data(database, now + timedelta(days=days))
            with database.reading() as session:
                found = session.scalars(sa.select(OutgoingMessage)).all()
                assert len(found) == rows
                assert all(bool(one.raw) is raw for one in found)
                assert all((one.purged_at is None) is raw for one in found)

    def test_mail_that_came_in_loses_its_text_after_30_days_and_goes_after_a_year(
        self, database, settings, now
    ):
        with database.transaction() as session:
            inbound.receive(session, b"From: a@b\n\nHola", now=now)
        for days, kept in ((29, [True]), (30, [False]), (364, [False]), (365, [])):
            jobs.purge_old_data(database, now + timedelta(days=days))
            with database.reading() as session:
                found = session.scalars(sa.select(InboundMessage)).all()
                assert [bool(one.raw) for one in found] == kept
                assert [one.purged_at is None for one in found] == kept

    def test_mail_that_still_waits_keeps_its_text(self, database, both, now):
        jobs.purge_old_data(database, now + timedelta(days=400))
        with database.reading() as session:
            assert all(session.scalars(sa.select(OutgoingMessage.raw)))

    def test_p07_looking_at_what_would_go_writes_nothing_and_counts_the_same(
        self, database, both, now
    ):
        later = now + timedelta(days=31)
        with database.transaction() as session:
            session.execute(sa.update(OutgoingMessage).values(state=MessageState.SENT))
        before = digest(database)
        with database.reading() as session:
            due = commands.count_due(session, now=later)
        assert digest(database) == before
        assert due["outgoing_message.raw"] == 2
        with database.transaction() as session:
            assert commands.purge(session, now=later) == due
        with database.reading() as session:
            assert session.scalars(sa.select(RetentionRun)).one().counts == due

    def test_a_night_with_nothing_to_do_leaves_no_row(self, database, settings, now):
        assert jobs.purge_old_data(database, now) == 0
        with database.reading() as session:
            assert session.scalars(sa.select(RetentionRun)).all() == []

    @pytest.mark.both_engines
    def test_delivery_notes_go_a_month_after_the_talk(self, database, both, now):
        with database.transaction() as session:
            session.execute(sa.update(Invitee).values(delivery_note="550 <rosa@coop.example>"))
            ends = session.scalars(sa.select(Event.ends_at)).one()
        assert jobs.purge_old_data(database, ends + timedelta(days=29)) == 0
        assert jobs.purge_old_data(database, ends + timedelta(days=30)) == 2

    @pytest.mark.both_engines
    def test_a_request_that_nobody_confirmed_lapses_and_old_answers_lose_the_name(
        self, database, both, now
    ):
        with database.transaction() as session:
            asked = Asked(*ROSA, Right.ACCESS, "Quiero saber.")
            commands.request(session, asked, also_block=False, now=now)
            person = session.get_one(Person, both[0])
            kept = commands.open_case(session, asked, person=person, actor="x", now=now)
            commands.answer(session, kept, granted=True, words="Va.", actor="x", now=now)
        jobs.purge_old_data(database, now + timedelta(days=8))
        with database.reading() as session:
            assert session.scalars(sa.select(DataCase.name)).all() == [ROSA[0]]
        jobs.purge_old_data(database, now + timedelta(days=4 * 365 + 1))
        with database.reading() as session:
            case = session.scalars(sa.select(DataCase)).one()
            assert (case.name, case.email, case.details, case.answer) == ("", "", "", "")
            assert case.state is CaseState.GRANTED


@pytest.mark.both_engines
def test_p14_who_took_part_in_nothing_for_two_years_is_proposed(database, both, now):
    def proposed(moment):
        with database.reading() as session:
            return [one.name for one in queries.inactive_people(session, now=moment)]

    with database.transaction() as session:
        person = session.get_one(Person, both[1])
        for post in person.affiliations:
            session.delete(post)
    assert proposed(now + timedelta(days=740)) == []
    # Rosa still has her post.
    assert proposed(now + timedelta(days=760)) == [PEDRO[0]]


@pytest.mark.both_engines
def test_p11_who_is_blocked_is_in_no_list_of_others(database, both, now):
    with database.transaction() as session:
        commands.block(session, session.get_one(Person, both[1]), actor="x", now=now)
    with database.reading() as session:
        organisation = session.scalars(sa.select(Organisation)).one()
        talk_id = session.scalars(sa.select(Event.id)).one()
        names = {
            "attendees": [one.person.name for one in lists.attendees(session, talk_id)],
            "cooperative": [
                one.person.name for one in lists.of_organisation(session, organisation.id)
            ],
            "posts": [
                one.affiliation.person.name for one in people.people_of(session, organisation)
            ],
        }
    assert names == {"attendees": [ROSA[0]], "cooperative": [ROSA[0]], "posts": [ROSA[0]]}
