"""P-11 and P-15: requests, the clocks of the law, and what happens at once."""

from datetime import UTC, date, datetime, timedelta

import pytest
import sqlalchemy as sa

from coopoutreach.mail.outgoing import commands as messaging
from coopoutreach.mail.outgoing import suppression
from coopoutreach.mail.outgoing.happenings import StillWanted
from coopoutreach.mail.outgoing.letters import MailDraft, Recipient
from coopoutreach.mail.outgoing.models import Category, OutgoingMessage
from coopoutreach.people.directory.models import Person
from coopoutreach.platform.core import reactions
from coopoutreach.platform.scheduler.happenings import AttentionAsked
from coopoutreach.privacy import commands, jobs, queries
from coopoutreach.privacy.errors import (
    CaseClosed,
    ExtendedBefore,
    NotExtendable,
    TooLate,
    WordsMissing,
)
from coopoutreach.privacy.models import DataCase
from coopoutreach.privacy.rules import Asked, CaseState, Right
from tests.factories import a_person, a_user

#: Monday 7 December 2026, 10:00 in Santiago; the 8th is a holiday.
MONDAY = datetime(2026, 12, 7, 13, 0, tzinfo=UTC)
ACTOR = "user:1"


def day(count):
    return MONDAY + timedelta(days=count)


def notices(session):
    wanted = sa.select(OutgoingMessage.notice).order_by(OutgoingMessage.id)
    return list(session.scalars(wanted))


@pytest.fixture
def coordination(session):
    return a_user(session, email="mesa@fecrecoop.example")


@pytest.fixture
def rosa(session):
    return a_person(session, name="Rosa Antilef", email="rosa@coop.example")


def ask(session, person, right, **of):
    asked = Asked(person.name, person.email, right, of.pop("details", ""))
    return commands.open_case(session, asked, person=person, actor=ACTOR, now=MONDAY)


def test_scenario_12_deletion_and_blocking_have_a_clock_each(session, coordination, rosa):
    erasure, block = ask(session, rosa, Right.ERASURE), ask(session, rosa, Right.BLOCK)
    assert (erasure.due_on, block.due_on) == (date(2027, 1, 6), date(2026, 12, 10))
    assert rosa.blocked_at == MONDAY
    assert notices(session) == [
        "privacy/received",
        "privacy/alert",
        "privacy/received",
        "privacy/alert",
    ]


@pytest.mark.both_engines
def test_p11_who_is_blocked_gets_no_mail_not_even_what_waits(session, coordination, rosa, register):
    made = register(session, name="Rosa Antilef", email="rosa@coop.example")
    confirmed = session.scalars(
        sa.select(OutgoingMessage).where(OutgoingMessage.invitee_id == made.invitee_id)
    ).one()

    def reasons(notice):
        asked = StillWanted(confirmed.id, notice, made.talk_id, made.invitee_id, rosa.id)
        return [why for why in reactions.react(session, asked, now=MONDAY) if why]

    assert reasons(confirmed.notice) == []
    ask(session, rosa, Right.BLOCK)
    session.flush()
    assert reasons(confirmed.notice) == ["la persona pidió el bloqueo de sus datos"]
    assert reasons("privacy/answered") == []
    commands.unblock(session, rosa, actor=ACTOR, now=MONDAY)
    session.flush()
    assert reasons(confirmed.notice) == []


def test_a_block_that_is_refused_ends(session, coordination, rosa):
    case = ask(session, rosa, Right.BLOCK)
    commands.answer(session, case, granted=False, words="No hay causa.", actor=ACTOR, now=day(2))
    assert rosa.blocked_at is None


def test_opposition_stops_outreach_at_once(session, coordination, rosa, settings):
    ask(session, rosa, Right.OPPOSITION)
    assert suppression.is_suppressed(session, rosa.email)
    assert not commands.resubscribe(session, suppression.address_hash(rosa.email), now=MONDAY)


class TestPublicForm:
    def test_it_is_nobodys_request_until_the_link_is_used(self, session, coordination, rosa):
        asked = Asked("rosa antilef", "Rosa@coop.example", Right.ERASURE)
        first, block = commands.request(session, asked, also_block=True, now=MONDAY)
        assert (first.state, first.person, rosa.blocked_at) == (CaseState.UNVERIFIED, None, None)
        assert notices(session) == ["privacy/confirm"]
        commands.verify(session, first, now=day(1))
        assert (first.person, block.person) == (rosa, rosa)
        assert (first.state, block.state) == (CaseState.OPEN, CaseState.OPEN)
        assert rosa.blocked_at == day(1)
        # The clock runs from the day on which it was received.
        assert first.due_on == date(2027, 1, 6)

    def test_the_link_works_twice_and_does_it_once(self, session, coordination, rosa):
        asked = Asked("Rosa Antilef", "rosa@coop.example", Right.ACCESS)
        [case] = commands.request(session, asked, also_block=False, now=MONDAY)
        for _ in range(2):
            commands.verify(session, case, now=MONDAY)
        assert notices(session).count("privacy/received") == 1

    def test_of_two_behind_one_mailbox_nobody_is_guessed(self, session, coordination, rosa):
        a_person(session, name="Otra", email="rosa@coop.example")
        asked = Asked("Desconocida", "rosa@coop.example", Right.ERASURE)
        [case] = commands.request(session, asked, also_block=False, now=MONDAY)
        commands.verify(session, case, now=MONDAY)
        assert case.person is None
        commands.assign(session, case, rosa, actor=ACTOR, now=MONDAY)
        assert case.person is rosa

    @pytest.mark.both_engines
    def test_the_same_is_done_for_an_address_that_nobody_has(self, session, coordination, rosa):
        for email in ("rosa@coop.example", "nadie@coop.example"):
            asked = Asked("Rosa Antilef", email, Right.ERASURE)
            commands.request(session, asked, also_block=False, now=MONDAY)
        known, unknown = session.scalars(sa.select(DataCase).order_by(DataCase.id)).all()
        assert (known.person_id, known.state) == (unknown.person_id, unknown.state)
        assert notices(session) == ["privacy/confirm", "privacy/confirm"]


class TestAnswers:
    @pytest.mark.both_engines
    def test_a_refusal_names_the_agency_and_the_days_to_claim(self, session, coordination, rosa):
        case = ask(session, rosa, Right.ERASURE)
        words = "Debemos guardarlos por ley."
        now = datetime(2027, 1, 6, 15, 0, tzinfo=UTC)
        commands.answer(session, case, granted=False, words=words, actor=ACTOR, now=now)
        assert (case.state, case.answer, case.answered_by) == (CaseState.REFUSED, words, ACTOR)
        raw = session.scalars(
            sa.select(OutgoingMessage.raw).where(OutgoingMessage.notice == "privacy/answered")
        ).one()
        text = raw.replace(b"=\r\n", b"").decode()
        assert "30 d=C3=ADas h=C3=A1biles" in text
        assert "Agencia de Protecci=C3=B3n de Datos Personales" in text
        assert "17 de febrero de 2027" in text

    def test_nothing_is_answered_twice_nor_without_words(self, session, coordination, rosa):
        case = ask(session, rosa, Right.ACCESS)
        with pytest.raises(WordsMissing):
            commands.answer(session, case, granted=False, words=" ", actor=ACTOR, now=MONDAY)
        commands.answer(session, case, granted=True, words="Va.", actor=ACTOR, now=MONDAY)
        with pytest.raises(CaseClosed):
            commands.answer(session, case, granted=False, words="No.", actor=ACTOR, now=MONDAY)

    def test_it_is_put_off_once_by_thirty_days_with_a_reason(self, session, coordination, rosa):
        case = ask(session, rosa, Right.ACCESS)
        with pytest.raises(WordsMissing):
            commands.extend(session, case, reason="", actor=ACTOR, now=day(20))
        commands.extend(session, case, reason="Muchos datos.", actor=ACTOR, now=day(20))
        assert case.due_on == date(2027, 2, 5)
        with pytest.raises(ExtendedBefore):
            commands.extend(session, case, reason="Más.", actor=ACTOR, now=day(21))
        assert "privacy/extended" in notices(session)

    def test_neither_a_block_nor_what_is_overdue_can_be_put_off(self, session, coordination, rosa):
        block, access = ask(session, rosa, Right.BLOCK), ask(session, rosa, Right.ACCESS)
        with pytest.raises(NotExtendable):
            commands.extend(session, block, reason="x", actor=ACTOR, now=MONDAY)
        with pytest.raises(TooLate):
            commands.extend(session, access, reason="x", actor=ACTOR, now=day(31))

    def test_taking_the_copy_answers_access_and_portability_alone(
        self, session, coordination, rosa
    ):
        rights = (Right.ACCESS, Right.PORTABILITY, Right.RECTIFICATION)
        cases = [ask(session, rosa, right) for right in rights]
        commands.note_copy(session, rosa, actor="link:invitee:1", now=day(1))
        states = [case.state for case in cases]
        assert states == [CaseState.GRANTED, CaseState.GRANTED, CaseState.OPEN]


class TestClock:
    def alerts(self, database):
        with database.reading() as session:
            return notices(session).count("privacy/alert")

    def test_p15_the_coordination_is_told_on_days_20_and_27_and_never_twice(
        self, database, settings
    ):
        with database.transaction() as session:
            a_user(session, email="mesa@fecrecoop.example")
            ask(session, a_person(session), Right.ACCESS)
        assert self.alerts(database) == 1
        told = []
        for count in (10, 19, 20, 20, 21, 26, 27, 28, 30):
            told += [count] * jobs.alert_of_deadlines(database, day(count))
        assert told == [20, 27]
        assert self.alerts(database) == 3

    def test_after_an_extension_the_days_count_anew(self, database, settings):
        with database.transaction() as session:
            a_user(session, email="mesa@fecrecoop.example")
            case_id = ask(session, a_person(session), Right.ACCESS).id
        assert jobs.alert_of_deadlines(database, day(27)) == 1
        with database.transaction() as session:
            case = session.get_one(DataCase, case_id)
            commands.extend(session, case, reason="Muchos.", actor=ACTOR, now=day(28))
        assert jobs.alert_of_deadlines(database, day(29)) == 0
        assert jobs.alert_of_deadlines(database, day(50)) == 1
        assert jobs.alert_of_deadlines(database, day(57)) == 1

    def test_the_board_names_what_presses(self, database, settings, session):
        ask(session, a_person(session), Right.ACCESS)
        session.flush()

        def named(count):
            answers = reactions.react(session, AttentionAsked(), now=day(count))
            return [
                (one.detail, one.serious)
                for found in answers
                for one in found
                if one.url.startswith("/datos-personales")
            ]

        assert named(19) == []
        assert named(20) == [("Vence el miércoles 6 de enero de 2027.", False)]
        assert named(30) == [("Vence hoy.", True)]
        assert named(31) == [("Venció el miércoles 6 de enero de 2027.", True)]


class TestOutreach:
    def letter(self, address, key="aviso"):
        return MailDraft(
            key=key,
            notice="privacy/confirm",
            to=Recipient("Rosa", address),
            context={"name": "Rosa", "right": "acceso", "days": 7, "url": "http://x"},
            category=Category.OUTREACH,
        )

    def test_p10_its_mail_carries_the_headers_of_one_click(self, session, settings):
        messaging.owe(session, self.letter("rosa@coop.example"), now=MONDAY)
        raw = session.scalars(sa.select(OutgoingMessage.raw)).one()
        url = suppression.unsubscribe_url("rosa@coop.example")
        assert f"List-Unsubscribe: <{url}>\r\n".encode() in raw
        assert b"List-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n" in raw
        assert b"rosa@coop.example" not in url.encode()

    def test_service_mail_carries_none(self, session, settings, rosa, coordination):
        ask(session, rosa, Right.ACCESS)
        assert all(
            b"List-Unsubscribe" not in raw
            for raw in session.scalars(sa.select(OutgoingMessage.raw))
        )

    def test_who_unsubscribed_is_owed_none(self, session, settings):
        commands.unsubscribe(session, suppression.address_hash("Rosa@coop.example"), now=MONDAY)
        assert not messaging.owe(session, self.letter("rosa@coop.example"), now=MONDAY)
        assert messaging.owe_many(session, [self.letter("rosa@coop.example")], now=MONDAY) == 0
        assert messaging.owe(session, self.letter("otra@coop.example"), now=MONDAY)

    def test_it_can_be_taken_back(self, session, settings):
        hashed = suppression.address_hash("rosa@coop.example")
        commands.unsubscribe(session, hashed, now=MONDAY)
        assert commands.resubscribe(session, hashed, now=MONDAY)
        assert not suppression.is_suppressed(session, "rosa@coop.example")


@pytest.mark.both_engines
def test_who_asks_is_found_by_name_and_address_or_by_an_address_of_their_own(session, rosa):
    by_name = Asked("ROSA  antilef", "ROSA@coop.example", Right.ACCESS)
    by_address = Asked("Rosita", "rosa@coop.example", Right.ACCESS)
    assert queries.person_for(session, by_name) is rosa
    assert queries.person_for(session, by_address) is rosa
    assert queries.person_for(session, Asked("Rosa Antilef", "x@y.example", Right.ACCESS)) is None
    assert session.scalars(sa.select(Person)).all() == [rosa]
