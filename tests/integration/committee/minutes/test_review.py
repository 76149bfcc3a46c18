"""Sent out, observed, signed off and approved: who, which text, and in which order."""

from datetime import UTC, date, datetime, timedelta

import pytest
import sqlalchemy as sa

from coopoutreach.committee.commitments.models import Commitment
from coopoutreach.committee.minutes import commands, content, jobs, queries
from coopoutreach.committee.minutes.commands import Voice
from coopoutreach.committee.minutes.errors import Locked, NotNow, NotYours, TextChanged, Unfit
from coopoutreach.committee.minutes.models import Approval, Minutes, Observation, ReviewLink
from coopoutreach.committee.minutes.queries.boards import Task
from coopoutreach.committee.minutes.rules import ApprovalKind, Method, State
from coopoutreach.committee.minutes.values import Owed
from coopoutreach.mail.outgoing.models import OutgoingMessage
from coopoutreach.platform.core import reactions
from coopoutreach.wiring import WIRING
from tests.factories import NOW, a_user
from tests.support.acta import (
    CANARY,
    CANARY_TITLE,
    SECRETARY,
    an_acta,
    approve,
    approved,
    send_out,
    sign_off,
    type_in,
)

DAY = timedelta(days=1)


@pytest.fixture(autouse=True)
def _wired():
    reactions.install(WIRING)


def send(session, acta, *, now=NOW, **more):
    send_out(session, acta.minutes, actor=SECRETARY, now=now, **more)


def mails(session, notice):
    session.flush()
    wanted = sa.select(OutgoingMessage).where(OutgoingMessage.notice == f"minutes/{notice}")
    return session.scalars(wanted.order_by(OutgoingMessage.id)).all()


class TestDeciding:
    def test_decisions_are_numbered_by_year_meeting_and_order(self, session):
        acta = an_acta(session)
        acta.meeting.year, acta.meeting.number = 2026, 3
        part = acta.part("Garantías")
        made = [
            commands.add_decision(
                session, part, text, addressed_to_id=None, actor=SECRETARY, now=NOW
            )
            for text in ("Uno.", "Dos.", "Tres.")
        ]
        assert [one.number for one in made] == ["A-2026-03-01", "A-2026-03-02", "A-2026-03-03"]
        commands.remove_decision(session, made[1], actor=SECRETARY, now=NOW)
        assert made[2].number == "A-2026-03-02"

    def test_once_sent_out_numbers_stay(self, session):
        acta = an_acta(session)
        part = acta.part("Garantías")
        made = [
            commands.add_decision(
                session, part, text, addressed_to_id=None, actor=SECRETARY, now=NOW
            )
            for text in ("Uno.", "Dos.")
        ]
        number = made[1].number
        send(session, acta)
        commands.withdraw(session, acta.minutes, actor=SECRETARY, now=NOW)
        commands.remove_decision(session, made[0], actor=SECRETARY, now=NOW)
        assert made[1].number == number

    def test_what_one_side_keeps_to_itself_leaves_no_gap_for_the_other(self, session):
        acta = an_acta(session)
        session.flush()
        for title in ("Garantías", CANARY_TITLE, "Plan anual"):
            commands.add_decision(
                session, acta.part(title), "x", addressed_to_id=None, actor=SECRETARY, now=NOW
            )
        seen = [one.number[-3:] for one in queries.decisions(session, acta.minutes, reader=())]
        assert seen == ["-01", "-02"]
        own = queries.decisions(session, acta.minutes, reader={acta.table.corfo.id})
        assert [one.number[-3:] for one in own] == ["-01", "-02", "R01"]

    def test_a_commitment_is_of_its_meeting(self, session):
        acta = an_acta(session)
        owed = Owed(
            "Enviar la nómina", acta.table.federation.id, acta.table.corfo.id, None,
            date(2027, 3, 30), "Correo",
        )  # fmt: skip
        made = commands.add_commitment(
            session, acta.part("Garantías"), owed, actor=SECRETARY, now=NOW
        )
        assert (made.event_id, made.ordinal) == (acta.meeting.id, 1)
        assert made.number.startswith(f"C-{acta.meeting.year}-")

    def test_nobody_owes_themselves_and_nobody_from_elsewhere(self, session):
        acta = an_acta(session)
        part, side = acta.part("Garantías"), acta.table.corfo.id
        for party, owed_to in ((side, side), (side, 99_999)):
            owed = Owed("x", party, owed_to, None, date(2027, 3, 30), "")
            with pytest.raises(Unfit):
                commands.add_commitment(session, part, owed, actor=SECRETARY, now=NOW)
        assert session.scalars(sa.select(Commitment)).all() == []


class TestSending:
    def test_the_term_is_of_working_days(self, session):
        acta = an_acta(session)
        send(session, acta, now=datetime(2026, 12, 23, 15, 0, tzinfo=UTC))
        assert acta.minutes.review_until == date(2026, 12, 31)

    def test_what_is_looked_at_is_frozen_and_hashed(self, session):
        acta = an_acta(session)
        type_in(session, acta.part("Garantías"), "Ñandú «sí»")
        send(session, acta)
        assert acta.minutes.state is State.IN_REVIEW
        assert content.canonical(content.frozen(acta.minutes)) == acta.minutes.content
        assert "Ñandú «sí»" in acta.minutes.content.decode()
        assert len(acta.minutes.content_sha256) == 64

    def test_each_reviewer_gets_a_link_of_their_own(self, session):
        acta = an_acta(session)
        send(session, acta)
        found = mails(session, "review")
        assert {mail.recipient for mail in found} == {one.email for one in acta.table.people}
        links = session.scalars(sa.select(ReviewLink)).all()
        assert [link.approves for link in links] == [True, False, True, False]
        for mail, link in zip(found, links, strict=True):
            assert link.public_id.encode() in mail.raw.replace(b"=\n", b"")

    def test_nothing_reserved_is_in_what_both_look_at(self, session):
        acta = an_acta(session)
        part = acta.part(CANARY_TITLE)
        type_in(session, part, CANARY)
        commands.add_decision(session, part, CANARY, addressed_to_id=None, actor=SECRETARY, now=NOW)
        send(session, acta)
        assert b"canario" not in acta.minutes.content
        assert not any(b"canario" in mail.raw for mail in mails(session, "review"))

    def test_a_term_that_is_over_is_refused(self, session):
        acta = an_acta(session)
        with pytest.raises(Unfit):
            send(session, acta, until=NOW.date())


class TestObserving:
    def voice(self, acta):
        return Voice(acta.table.people[2].id, acta.table.corfo.id)

    def observe(self, session, acta, text="Falta el monto.", **more):
        return commands.observe(
            session, acta.minutes, self.voice(acta), text, actor="link:minutes:1", now=NOW, **more
        )

    def test_an_observation_is_answered_before_the_minutes_go_out_again(self, session):
        acta = an_acta(session)
        coordinator = a_user(session)
        send(session, acta)
        observation = self.observe(session, acta, part=acta.part("Garantías"))
        assert acta.minutes.state is State.OBSERVED
        assert [mail.recipient for mail in mails(session, "observed")] == [coordinator.email]
        with pytest.raises(NotNow):
            send(session, acta)
        commands.reply(session, observation, "Se agregó.", actor=SECRETARY, now=NOW)
        type_in(session, acta.part("Garantías"), "Monto: UF 10.")
        send(session, acta)
        assert (acta.minutes.state, acta.minutes.reviews) == (State.IN_REVIEW, 2)

    def test_what_was_signed_off_before_counts_no_longer_and_is_kept(self, session):
        acta = an_acta(session)
        send(session, acta)
        approve(session, acta, acta.table.people[0])
        commands.reply(
            session, self.observe(session, acta), "No procede.", actor=SECRETARY, now=NOW
        )
        before = acta.minutes.content_sha256
        send(session, acta)
        assert acta.minutes.content_sha256 == before
        assert all(one.void_at == NOW for one in acta.minutes.approvals)
        assert len(acta.minutes.approvals) == 2
        approve(session, acta, acta.table.people[2])
        assert acta.minutes.state is State.IN_REVIEW

    def test_nobody_observes_drafts_or_approved_minutes(self, session):
        acta = an_acta(session)
        with pytest.raises(NotNow):
            self.observe(session, acta)
        done = approved(session, federation=acta.table.federation, corfo=acta.table.corfo)
        with pytest.raises(Locked):
            self.observe(session, done)

    def test_nobody_observes_a_part_of_other_minutes(self, session):
        acta = an_acta(session)
        other = an_acta(session, federation=acta.table.federation, corfo=acta.table.corfo)
        send(session, acta)
        with pytest.raises(Unfit):
            self.observe(session, acta, part=other.part("Garantías"))
        assert session.scalars(sa.select(Observation)).all() == []


class TestSigning:
    def test_each_institution_signs_off_then_each_approves(self, session):
        acta = an_acta(session)
        send(session, acta)
        _jorge, rosa, _marcela, pedro = acta.table.people
        sign_off(session, acta, rosa)
        assert acta.minutes.state is State.IN_REVIEW
        sign_off(session, acta, pedro)
        assert acta.minutes.state is State.SIGNED_OFF
        assert len(mails(session, "signed_off")) == 2
        approve(session, acta, acta.table.people[2])
        assert acta.minutes.state is State.SIGNED_OFF
        approve(session, acta, acta.table.people[0])
        assert acta.minutes.state is State.APPROVED
        assert len(acta.minutes.code) == 14

    def test_an_approval_keeps_who_which_text_when_from_where_and_how(self, session):
        acta = an_acta(session)
        send(session, acta)
        approve(session, acta, acta.table.people[2])
        [signed, found] = acta.minutes.approvals
        assert (signed.kind, found.kind) == (ApprovalKind.SIGN_OFF, ApprovalKind.APPROVAL)
        assert (found.name, found.post, found.capacity) == ("Marcela Ríos", "Jefatura", "titular")
        assert (found.address, found.method, found.at) == ("203.0.113.9", Method.LINK, NOW)
        assert found.content_sha256 == acta.minutes.content_sha256
        assert found.content_sha256 in found.statement
        assert "firma electrónica simple (Ley N° 19.799)" in found.statement

    def test_pr_06_approving_twice_is_approving_once(self, session):
        acta = an_acta(session)
        send(session, acta)
        assert approve(session, acta, acta.table.people[2]) is True
        assert approve(session, acta, acta.table.people[2]) is False
        assert len(acta.minutes.approvals) == 2

    def test_one_institution_cannot_approve_for_both(self, session):
        acta = an_acta(session)
        for member in acta.table.series.members:
            member.approves = True
        send(session, acta)
        for person in acta.table.people[2:]:
            approve(session, acta, person)
        assert acta.minutes.state is State.IN_REVIEW

    def test_who_may_not_approve_does_not_but_who_stands_in_for_them_does(self, session):
        acta = an_acta(session)
        send(session, acta)
        _jorge, _rosa, marcela, pedro = acta.table.people
        with pytest.raises(NotYours):
            approve(session, acta, pedro)
        members = {member.person_id: member for member in acta.table.series.members}
        members[pedro.id].deputy_for = members[marcela.id]
        session.flush()
        assert approve(session, acta, pedro) is True

    def test_who_saw_another_text_approves_nothing(self, session):
        acta = an_acta(session)
        send(session, acta)
        with pytest.raises(TextChanged):
            approve(session, acta, acta.table.people[2], sha256="0" * 64)

    def test_nothing_is_approved_while_it_is_written(self, session):
        acta = an_acta(session)
        send(session, acta)
        commands.withdraw(session, acta.minutes, actor=SECRETARY, now=NOW)
        with pytest.raises(NotNow):
            approve(session, acta, acta.table.people[2])


class TestBoards:
    def test_what_waits_for_whom(self, session):
        acta = an_acta(session)
        user = a_user(session)
        acta.table.people[2].user_id = user.id
        assert queries.waiting_for(session, user.id, now=NOW) == []
        send(session, acta)
        [waiting] = queries.waiting_for(session, user.id, now=NOW)
        assert (waiting.minutes, waiting.task) == (acta.minutes, Task.APPROVE)
        approve(session, acta, acta.table.people[2])
        assert queries.waiting_for(session, user.id, now=NOW) == []

    def test_the_latest_approved(self, session):
        acta = approved(session)
        assert queries.latest_approved(session, [acta.table.series.id]) == [acta.minutes]
        commands.rectify(session, acta.minutes, "El monto.", actor=SECRETARY, now=NOW)
        assert queries.latest_approved(session, [acta.table.series.id]) == [acta.minutes]


def on(day, hour=12):
    return datetime(2026, 12, day, hour, 40, tzinfo=UTC)


class TestTheWorker:
    """Sent on the 23rd of December; the 29th is two working days before the 31st, the last."""

    @pytest.fixture
    def sent(self, database, settings):
        with database.transaction() as session:
            acta = an_acta(session)
            send(session, acta, now=on(23))
            return acta

    def reminders(self, database):
        with database.reading() as session:
            return [mail.subject.split(":")[0] for mail in mails(session, "review_reminder")]

    def test_two_days_before_and_on_the_last_day_each_once(self, database, sent):
        for day in (24, 28):
            jobs.follow_reviews(database, on(day))
        assert self.reminders(database) == []
        jobs.follow_reviews(database, on(29))
        jobs.follow_reviews(database, on(29))
        jobs.follow_reviews(database, on(30))
        assert len(self.reminders(database)) == 4
        jobs.follow_reviews(database, on(31))
        jobs.follow_reviews(database, on(31))
        assert self.reminders(database)[4:] == ["Hoy vence el plazo"] * 4
        jobs.follow_reviews(database, on(31) + 2 * DAY)
        assert len(self.reminders(database)) == 8

    def test_a_side_that_approved_is_left_alone(self, database, sent):
        with database.transaction() as session:
            minutes = session.get_one(Minutes, sent.minutes.id)
            sent.minutes, sent.meeting = minutes, minutes.meeting
            approve(session, sent, sent.table.people[2], now=on(24))
        jobs.follow_reviews(database, on(29))
        assert len(self.reminders(database)) == 2

    def test_silence_approves_nothing_unless_the_table_agreed(self, database, sent):
        jobs.follow_reviews(database, on(31) + 5 * DAY)
        with database.reading() as session:
            assert session.get_one(Minutes, sent.minutes.id).state is State.IN_REVIEW
            assert session.scalars(sa.select(Approval)).all() == []

    def test_where_it_did_silence_approves_after_the_term_and_says_so(self, database, sent):
        with database.transaction() as session:
            minutes = session.get_one(Minutes, sent.minutes.id)
            minutes.meeting.series.silence_approves = True
        jobs.follow_reviews(database, on(31))
        with database.reading() as session:
            assert session.get_one(Minutes, sent.minutes.id).state is State.IN_REVIEW
        jobs.follow_reviews(database, on(31) + DAY)
        with database.reading() as session:
            minutes = session.get_one(Minutes, sent.minutes.id)
            assert minutes.state is State.APPROVED
            assert {one.method for one in minutes.approvals} == {Method.SILENCE}
            assert "no hizo observaciones" in minutes.approvals[0].statement

    def test_approved_minutes_go_out_once_to_who_came_and_who_reviewed(self, database, settings):
        with database.transaction() as session:
            acta = approved(session)
        assert jobs.publish_approved(database, NOW + timedelta(hours=1)) == 0
        assert jobs.publish_approved(database, NOW + timedelta(hours=2)) == 1
        assert jobs.publish_approved(database, NOW + timedelta(hours=3)) == 0
        with database.reading() as session:
            minutes = session.get_one(Minutes, acta.minutes.id)
            assert minutes.state is State.PUBLISHED
            sent_to = [mail.recipient for mail in mails(session, "published")]
            assert sorted(sent_to) == sorted(person.email for person in acta.table.people)
