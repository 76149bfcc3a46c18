"""P-03 to P-06 and LG-02: who was erased is nowhere, but for what the law lets stay."""

import subprocess
from datetime import timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa

from coopoutreach.calendars.feeds import commands as feeds
from coopoutreach.calendars.feeds.commands import Subscriber
from coopoutreach.calendars.feeds.models import FeedAddress
from coopoutreach.calendars.feeds.rules import Scope
from coopoutreach.events.models import Invitee
from coopoutreach.events.rules import Attendance
from coopoutreach.mail.outgoing import commands as messaging
from coopoutreach.mail.outgoing import suppression
from coopoutreach.mail.outgoing.models import (
    Category,
    MessageState,
    OutgoingMessage,
    Suppression,
    SuppressionCause,
)
from coopoutreach.people.accounts import commands as accounts
from coopoutreach.people.accounts.commands.sessions import Browser
from coopoutreach.people.accounts.models import SignInLink, User, UserSession
from coopoutreach.people.directory import commands as directory
from coopoutreach.people.directory.models import Affiliation, Person
from coopoutreach.people.directory.rules import Access
from coopoutreach.platform.access.permissions import Role
from coopoutreach.platform.audit.models import Entry
from coopoutreach.platform.core.db import Base
from coopoutreach.platform.core.links import digest
from coopoutreach.privacy import commands, jobs, queries, scrubbing
from coopoutreach.privacy.errors import CannotErase
from coopoutreach.privacy.models import DataCase, Erasure
from coopoutreach.privacy.rules import Asked, CaseState, Right
from coopoutreach.talks.consents.models import Consent, ConsentText
from coopoutreach.talks.questions.models import Question, QuestionAnswer
from coopoutreach.talks.registrations.models import Registration
from tests.factories import a_cooperative, a_talk, a_user

pytestmark = pytest.mark.both_engines

NAME = "Zulema Canariote"
EMAIL = "zcanariote@coop.example"
PHONE = "+56955512399"
POST = "Guardiana zcanariote"
ANSWER = "zcanariote sin mani"
MARKS = ("canariote", "955512399", "sin mani")
ACTOR = "user:1"
BROWSER = Browser(address="10.0.0.1", name="zcanariote/1.0", secret="s" * 32)


def dump(database, *, but=()):
    """Return every value of every row, as text."""
    found = []
    with database.engine.connect() as connection:
        for table in Base.metadata.sorted_tables:
            if table.name not in but:
                for row in connection.execute(sa.select(table)):
                    found += [f"{table.name}: {value!r}" for value in row]
    return found


def hits(lines):
    return [line for line in lines if any(mark in line.lower() for mark in MARKS)]


def bytes_of(database):
    """Return what the files of a SQLite database hold, in lower case.

    Read by a process of its own: one that closes a file lets go of all its locks on it.
    """
    path = Path(database.engine.url.database)
    held = [path, *path.parent.glob(f"{path.name}-wal")]
    return subprocess.run(["cat", *held], capture_output=True, check=True).stdout.lower()


def marks_in(held):
    return [mark for mark in MARKS if mark.encode() in held]


@pytest.fixture
def canary(database, settings, register, now):
    """Somebody in every table that can hold anything of them; returns their ids."""
    with database.transaction() as session:
        cooperative = a_cooperative(session)
        talk = a_talk(session)
        made = register(
            session, name=NAME, email=EMAIL, phone=PHONE, talk=talk, organisation=cooperative
        )
        person, invitee = made.person, made.invitee
        made.organisation_name = "Grupo zcanariote"
        invitee.delivery_note = f"550 5.1.1 <{EMAIL}> unknown"
        invitee.attendance = Attendance.ATTENDED
        post = directory.affiliate(session, person, cooperative, post=POST, actor=ACTOR, now=now)
        directory.grant_access(session, post, access=Access.REGISTRAR, actor=ACTOR, now=now)
        directory.edit_person(
            session, person, name=f"{NAME} Z", email=EMAIL, phone=PHONE, actor=ACTOR, now=now
        )
        user = session.get_one(User, person.user_id)
        session.add_all(
            [
                UserSession(
                    token_hash="x",
                    user_id=user.id,
                    created_at=now,
                    last_seen_at=now,
                    expires_at=now,
                    address="10.0.0.1",
                    browser="zcanariote/1.0",
                    flashes=[["info", NAME]],
                ),
                SignInLink(
                    token_hash="y",
                    purpose="sign-in",
                    user_id=user.id,
                    created_at=now,
                    expires_at=now,
                ),
            ]
        )
        accounts.request_link(session, EMAIL, browser=BROWSER, now=now)
        question = Question(talk_id=talk.id, position=1, kind="text", text="¿Come de todo?")
        text = ConsentText(hash="h", purpose="photos", version="1", text="Acepto.", since=now)
        session.add_all([question, text])
        session.flush()
        session.add_all(
            [
                QuestionAnswer(
                    question_id=question.id, invitee_id=invitee.id, value=ANSWER, answered_at=now
                ),
                Consent(
                    person_id=person.id,
                    purpose="photos",
                    text_hash="h",
                    given_at=now,
                    channel="own-page",
                    network="10.0.0.0/24",
                ),
            ]
        )
        feed = feeds.create(
            session, Subscriber(person_id=person.id), Scope.PERSON, actor=ACTOR, now=now
        )
        feed.last_program = "zcanariote calendar"
        messaging.hold_address(session, EMAIL, reason=f"550 <{EMAIL}>", now=now)
        suppression.suppress(
            session,
            suppression.address_hash(EMAIL),
            cause=SuppressionCause.UNSUBSCRIBED,
            now=now,
        )
        session.flush()
        return {"person": person.id, "talk": talk.id, "user": user.id, "invitee": invitee.id}


def erase(database, canary, past, **case):
    with database.transaction() as session:
        person = session.get_one(Person, canary["person"])
        return commands.erase_person(session, person, actor=ACTOR, now=past, **case)


def test_p04_the_canary_is_everywhere_before_and_nowhere_after(database, canary, past):
    assert len(hits(dump(database))) > 15, "Else the test shows nothing."
    erase(database, canary, past)
    assert hits(dump(database)) == []
    with database.reading() as session:
        raws = session.scalars(sa.select(OutgoingMessage.raw)).all()
        assert raws
        assert set(raws) == {b""}


class TestFile:
    @pytest.fixture
    def engine_name(self):
        return "sqlite"

    def test_p04_nothing_is_left_in_the_file_nor_in_its_journal(self, database, canary, past):
        scrubbing.scrub(database)
        assert marks_in(bytes_of(database)) == list(MARKS), "Else the test shows nothing."
        erase(database, canary, past)
        assert scrubbing.scrub(database)
        assert marks_in(bytes_of(database)) == []

    def test_the_nightly_job_writes_the_file_anew(self, database, canary, past):
        assert jobs.clean_up_after_erasures(database, past) == 0
        erase(database, canary, past)
        assert jobs.clean_up_after_erasures(database, past + timedelta(hours=3)) == 1
        assert marks_in(bytes_of(database)) == []
        assert jobs.clean_up_after_erasures(database, past + timedelta(days=3)) == 0


def test_p04_counts_stay_and_links_are_dead(database, canary, past):
    with database.reading() as session:
        nonce = session.get_one(Invitee, canary["invitee"]).nonce
    erase(database, canary, past)
    with database.reading() as session:
        kept = session.scalars(sa.select(Registration)).one()
        assert (kept.talk_id, kept.person.name) == (canary["talk"], "Persona eliminada")
        assert kept.invitee.attendance is Attendance.ATTENDED
        assert kept.invitee.nonce != nonce
        user = session.get_one(User, canary["user"])
        assert (user.active, user.password_hash, user.name) == (False, None, "Persona eliminada")
        for table in (Affiliation, FeedAddress, UserSession, SignInLink, QuestionAnswer):
            assert session.scalars(sa.select(table)).all() == [], table


def test_what_the_law_lets_stay_is_proof_without_a_name(database, canary, past):
    erase(database, canary, past)
    with database.reading() as session:
        consent = session.scalars(sa.select(Consent)).one()
        assert (consent.text_hash, consent.network) == ("h", "")
        assert session.scalars(sa.select(Suppression)).one()
        assert session.scalars(sa.select(Erasure)).one()
        entry = session.scalars(sa.select(Entry).where(Entry.action == "person.erased")).one()
        assert entry.thing_id == str(canary["person"])


def test_who_was_erased_is_still_not_written_to(database, canary, past):
    erase(database, canary, past)
    with database.reading() as session:
        assert suppression.is_suppressed(session, EMAIL.upper())


def test_mail_that_waits_is_dropped(database, canary, past):
    erase(database, canary, past)
    with database.reading() as session:
        states = set(session.scalars(sa.select(OutgoingMessage.state)))
        assert states <= {MessageState.DROPPED, MessageState.SENT, MessageState.EXPIRED}
        assert MessageState.DROPPED in states


def test_nobody_else_is_touched(database, canary, register, now, past):
    """A colleague behind the same mailbox keeps all that is theirs."""
    with database.transaction() as session:
        other = register(session, name="Otra Persona", email=EMAIL, key="otra").person.id
    erase(database, canary, past)
    with database.reading() as session:
        person = session.get_one(Person, other)
        assert (person.name, person.email) == ("Otra Persona", EMAIL)
        theirs = session.scalars(
            sa.select(OutgoingMessage).where(OutgoingMessage.person_id == other)
        ).all()
        assert theirs
        assert all(message.recipient == EMAIL and message.raw for message in theirs)
    leaks = [line for line in hits(dump(database)) if "zulema" in line.lower()]
    assert not leaks


class TestGuards:
    def test_p05_not_while_a_registration_is_ahead(self, database, canary, now):
        with pytest.raises(CannotErase, match="inscripciones vigentes"):
            erase(database, canary, now)
        with database.transaction() as session:
            person = session.get_one(Person, canary["person"])
            assert commands.cancel_registrations(session, person, actor=ACTOR, now=now) == 1
        erase(database, canary, now)
        assert hits(dump(database)) == []

    def test_p05_not_while_another_claim_is_open(self, database, canary, past):
        with database.transaction() as session:
            person = session.get_one(Person, canary["person"])
            asked = Asked(NAME, EMAIL, Right.RECTIFICATION)
            commands.open_case(session, asked, person=person, actor=ACTOR, now=past)
        with pytest.raises(CannotErase, match="otra solicitud"):
            erase(database, canary, past)

    def test_nobody_of_the_federation_is_erased_with_their_account(self, database, canary, past):
        with database.transaction() as session:
            session.get_one(User, canary["user"]).role = Role.COORDINATION
        with pytest.raises(CannotErase, match="cuenta de la federación"):
            erase(database, canary, past)

    def test_nobody_is_erased_twice(self, database, canary, past):
        erase(database, canary, past)
        with pytest.raises(CannotErase, match="ya se borraron"):
            erase(database, canary, past)


class TestByRequest:
    @pytest.fixture
    def asked(self, database, canary, past):
        with database.transaction() as session:
            person = session.get_one(Person, canary["person"])
            asked = Asked(NAME, EMAIL, Right.ERASURE, "Bórrenme, zcanariote.")
            case = commands.open_case(session, asked, person=person, actor=ACTOR, now=past)
            return case.id

    def test_the_case_is_answered_and_is_all_that_is_left(self, database, canary, asked, past):
        with database.transaction() as session:
            person = session.get_one(Person, canary["person"])
            commands.erase_and_answer(session, person, actor=ACTOR, now=past)
        with database.transaction() as session:
            case = session.get_one(DataCase, asked)
            assert (case.state, case.name) == (CaseState.GRANTED, NAME)
            assert session.scalars(sa.select(Erasure.case_id)).one() == asked
            [last] = session.scalars(
                sa.select(OutgoingMessage).where(OutgoingMessage.recipient != "")
            )
            assert (last.notice, last.recipient) == ("privacy/answered", EMAIL)
            last.state, last.sent_at = MessageState.SENT, past
        assert jobs.forget_last_answers(database, past) == 1
        assert hits(dump(database, but={"data_case"})) == []

    def test_an_answer_that_waits_still_goes_out(self, database, canary, asked, past):
        with database.transaction() as session:
            person = session.get_one(Person, canary["person"])
            commands.erase_and_answer(session, person, actor=ACTOR, now=past)
        assert jobs.forget_last_answers(database, past) == 0


class TestReplay:
    def test_p06_who_comes_back_with_a_backup_is_erased_again(
        self, database, canary, register, now, past
    ):
        erase(database, canary, past)
        with database.transaction() as session:
            ledger = queries.ledger(session)
            # As a backup of before has it: the person again, the ledger without them.
            session.execute(sa.delete(Erasure))
            person = session.get_one(Person, canary["person"])
            person.name, person.name_key = NAME, "zulema canariote"
            person.email = person.email_key = EMAIL
            assert ledger == [(digest(person.public_id), past)]
        with database.transaction() as session:
            count = commands.replay_erasures(session, ledger=ledger, actor="shell", now=past)
            assert count == 1
            assert commands.replay_erasures(session, ledger=ledger, actor="shell", now=past) == 0
        assert hits(dump(database)) == []

    def test_a_registration_ahead_does_not_keep_somebody_alive(self, database, canary, now):
        with database.transaction() as session:
            person = session.get_one(Person, canary["person"])
            ledger = [(digest(person.public_id), now)]
            commands.replay_erasures(session, ledger=ledger, actor="shell", now=now)
        assert hits(dump(database)) == []


def test_the_trail_never_held_a_name_nor_an_address(database, canary):
    with database.reading() as session:
        rows = session.execute(sa.select(Entry.__table__)).all()
    assert rows
    assert hits([repr(row) for row in rows]) == []


def test_mail_to_an_account_goes_with_it(database, canary, past):
    with database.reading() as session:
        sent = sa.select(OutgoingMessage).where(OutgoingMessage.category == Category.URGENT)
        assert session.scalars(sent).one().recipient == EMAIL
    erase(database, canary, past)
    with database.reading() as session:
        assert session.scalars(sent).one().recipient == ""


def test_a_person_without_an_account_leaves_other_accounts_alone(database, register, past):
    with database.transaction() as session:
        other = a_user(session).id
        person = register(session, name="Sin Cuenta", email="sin@coop.example").person
        session.flush()
        commands.erase_person(session, person, actor=ACTOR, now=past)
    with database.reading() as session:
        assert session.get_one(User, other).active
