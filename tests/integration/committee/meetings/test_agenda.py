"""Convening, the agenda and its mails, answers, presence and the daily mail, on both engines."""

import email
import re
import threading
from datetime import date, datetime, timedelta
from email import policy

import pytest
from sqlalchemy import func, select

from coopoutreach.committee.meetings import commands, jobs, notices, queries
from coopoutreach.committee.meetings.errors import (
    AgendaClosed,
    AlreadyInvited,
    AnswersClosed,
    MeetingIsPast,
    NotConvened,
)
from coopoutreach.committee.meetings.models import DigestLine, Meeting, Seat, SeriesMember
from coopoutreach.committee.meetings.rules import ItemKind, ItemState, LobbyNeed
from coopoutreach.committee.meetings.values import Held, ItemFields, Lobby, Place, Presence, Reply
from coopoutreach.events import commands as events
from coopoutreach.events import notices as event_notices
from coopoutreach.events import queries as event_queries
from coopoutreach.events.errors import WrongState
from coopoutreach.events.models import TimeProposal
from coopoutreach.events.rules import Answer, EventState, Modality, Source
from coopoutreach.mail.outgoing.letters import MailDraft, Recipient
from coopoutreach.mail.outgoing.models import OutgoingMessage
from coopoutreach.platform.core import reactions
from coopoutreach.platform.files.taking import Taken
from coopoutreach.wiring import WIRING
from tests.factories import a_meeting, a_person, a_table

MINUTE = timedelta(minutes=1)
HOUR = timedelta(hours=1)
BY = {"actor": "user:1"}


@pytest.fixture(autouse=True)
def wiring():
    reactions.install(WIRING)


@pytest.fixture
def table(session):
    return a_table(session)


@pytest.fixture
def draft(session, table):
    return a_meeting(session, table.series, state=EventState.DRAFT, year=None, number=None)


@pytest.fixture
def convened(session, draft, now):
    commands.add_item(session, draft, ItemFields("Avance del plan"), **BY, now=now)
    commands.convene(session, draft, **BY, now=now)
    return draft


def mails(session, notice=None):
    wanted = select(OutgoingMessage).order_by(OutgoingMessage.id)
    if notice:
        wanted = wanted.where(OutgoingMessage.notice == notice)
    return session.scalars(wanted).all()


def notices_of(session):
    return [mail.notice for mail in mails(session)]


def texts(mail):
    message = email.message_from_bytes(mail.raw, policy=policy.default)
    return {part.get_content_type(): part.get_content() for part in message.walk()
            if part.get_content_maintype() == "text"}  # fmt: skip


def calendar_of(mail):
    return texts(mail)["text/calendar"].replace("\r\n ", "").replace("\n ", "")


def seat_of(session, meeting, person):
    return session.get(Seat, queries.invitee_of(session, meeting, person).id)


def taken(number=1):
    return Taken(f"tabla-{number}", "Informe.pdf", "application/pdf", 100, f"{number:064d}")


class TestConvening:
    def test_each_member_gets_a_seat_and_one_mail_with_the_invitation_and_the_agenda(
        self, session, table, convened
    ):
        found = mails(session)
        assert {mail.notice for mail in found} == {"meetings/convened"}
        assert {mail.recipient for mail in found} == {who.email for who in table.people}
        for mail in found:
            said = texts(mail)
            assert "Avance del plan" in said["text/plain"]
            assert re.search(r"/invitaciones/\S+\?respuesta=si", said["text/plain"])
            assert "METHOD:REQUEST" in said["text/calendar"]
            assert said["text/calendar"].count("ATTENDEE") == 1
            assert "/invitaciones/" not in said["text/calendar"]
        seat = seat_of(session, convened, table.people[0])
        assert (seat.organisation_id, seat.post) == (table.federation.id, "Jefatura")

    def test_meetings_are_numbered_within_their_year(self, session, table, now):
        made = []
        for start in (
            datetime(2027, 3, 9, 10),
            datetime(2027, 4, 13, 10),
            datetime(2028, 1, 11, 10),
        ):
            meeting = a_meeting(
                session, table.series, wall_start=start, state=EventState.DRAFT,
                year=None, number=None,
            )  # fmt: skip
            commands.convene(session, meeting, **BY, now=now)
            made.append((meeting.year, meeting.number))
        assert made == [(2027, 1), (2027, 2), (2028, 1)]

    def test_twice_is_refused_and_mails_nobody_again(self, session, convened, now):
        with pytest.raises(WrongState):
            commands.convene(session, convened, **BY, now=now)
        assert len(mails(session)) == 4

    def test_one_that_is_past_is_refused(self, session, draft):
        with pytest.raises(MeetingIsPast):
            commands.convene(session, draft, **BY, now=draft.starts_at)

    def test_who_left_the_table_or_is_blocked_is_not_called(self, session, table, draft, now):
        session.scalars(select(SeriesMember)).first().ended_at = now
        table.people[3].blocked_at = now
        session.flush()
        assert commands.convene(session, draft, **BY, now=now) == 2

    def test_the_reminders_of_the_series_are_planned(self, session, convened):
        assert {policy.days for policy in convened.reminder_policies} == {7, 1}

    def test_a_guest_of_a_draft_hears_nothing_before_and_is_called_with_the_rest(
        self, session, draft, now
    ):
        guest = a_person(session)
        commands.invite(session, draft, guest, Place(None, "Expositora"), **BY, now=now)
        assert mails(session) == []
        commands.convene(session, draft, **BY, now=now)
        assert guest.email in {mail.recipient for mail in mails(session)}
        convened_at = draft.version
        draft.title = "Otro nombre"
        events.revise(session, draft, **BY, now=now)
        assert queries.invitee_of(session, draft, guest).told_version == convened_at

    def test_without_its_agenda_it_says_that_it_follows(self, session, draft, now):
        commands.add_item(session, draft, ItemFields("Avance del plan"), **BY, now=now)
        commands.convene(session, draft, with_agenda=False, **BY, now=now)
        said = texts(mails(session)[0])["text/plain"]
        assert "Avance del plan" not in said
        assert "La tabla se enviará antes" in said
        assert commands.send_agenda(session, draft, **BY, now=now) == 4
        assert "Avance del plan" in texts(mails(session, "meetings/agenda")[0])["text/plain"]

    def test_two_at_once_number_and_mail_once(self, database, settings, now):
        with database.transaction() as session:
            table = a_table(session)
            meeting = a_meeting(
                session, table.series, state=EventState.DRAFT, year=None, number=None
            )
            meeting_id = meeting.id
        start, refused = threading.Barrier(2), []

        def convene():
            start.wait()
            try:
                with database.transaction() as session:
                    found = session.get_one(Meeting, meeting_id)
                    commands.convene(session, found, **BY, now=now)
            except WrongState as refusal:
                refused.append(refusal)

        threads = [threading.Thread(target=convene) for _ in range(2)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        with database.reading() as session:
            assert len(refused) == 1
            assert session.scalar(select(func.count(OutgoingMessage.id))) == 4
            assert session.get_one(Meeting, meeting_id).number == 1


class TestWhoIsCalled:
    def test_who_is_added_is_told_and_nobody_else(self, session, convened, now):
        before = len(mails(session))
        guest = a_person(session)
        commands.invite(session, convened, guest, Place(None, "Expositora"), **BY, now=now)
        assert [mail.recipient for mail in mails(session)[before:]] == [guest.email]
        with pytest.raises(AlreadyInvited):
            commands.invite(session, convened, guest, Place(None), **BY, now=now)

    def test_who_is_taken_off_gets_a_cancel_and_nobody_else(self, session, table, convened, now):
        before = len(mails(session))
        person = table.people[3]
        seat = seat_of(session, convened, person)
        for _ in range(2):
            commands.uninvite(session, seat, **BY, now=now + MINUTE)
        [mail] = mails(session)[before:]
        assert (mail.recipient, mail.notice) == (person.email, "meetings/uninvited")
        assert "METHOD:CANCEL" in calendar_of(mail)
        assert queries.seat_by_token(session, token_of(seat.invitee)) is None

    def test_who_is_taken_off_before_it_was_convened_hears_nothing(self, session, draft, now):
        guest = a_person(session)
        seat = commands.invite(session, draft, guest, Place(None), **BY, now=now)
        commands.uninvite(session, seat, **BY, now=now)
        commands.convene(session, draft, **BY, now=now)
        assert guest.email not in {mail.recipient for mail in mails(session)}

    def test_who_comes_back_is_called_again(self, session, table, convened, now):
        person = table.people[3]
        commands.uninvite(session, seat_of(session, convened, person), **BY, now=now + MINUTE)
        [member] = queries.members_to_invite(session, convened)
        commands.invite_member(session, convened, member, **BY, now=now + 2 * MINUTE)
        sent = [mail.notice for mail in mails(session) if mail.recipient == person.email]
        assert sent == ["meetings/convened", "meetings/uninvited", "meetings/convened"]

    def test_of_a_meeting_that_was_held_nobody_is_invited(self, session, convened, now):
        events.close(session, convened, **BY, now=now)
        with pytest.raises(NotConvened):
            commands.invite(session, convened, a_person(session), Place(None), **BY, now=now)


def token_of(invitee):
    return event_notices.link_of(invitee).rpartition("/")[2]


class TestAgendaNews:
    def change(self, session, meeting, now, minute, **fields):
        [item] = queries.agenda(session, meeting.id, sides=())
        at = now + minute * MINUTE
        commands.edit_item(session, item, ItemFields(**fields), **BY, now=at)

    def settle(self, session, meeting, now):
        due = meeting.agenda_due_at
        at = now + HOUR
        assert due is None or due <= at
        return commands.tell_agenda_news(session, meeting.id, now=at)

    def test_five_edits_are_one_mail(self, session, convened, now):
        for minute in range(5):
            self.change(session, convened, now, minute, title=f"Avance {minute}")
        assert commands.tell_agenda_news(session, convened.id, now=now + 5 * MINUTE) == 0
        assert self.settle(session, convened, now) == 4
        assert self.settle(session, convened, now) == 0
        found = mails(session, "meetings/agenda")
        assert len(found) == 4
        assert "Avance 4" in texts(found[0])["text/plain"]

    def test_back_to_what_was_sent_is_none(self, session, convened, now):
        self.change(session, convened, now, 0, title="Otro")
        assert convened.agenda_due_at is not None
        self.change(session, convened, now, 1, title="Avance del plan")
        assert convened.agenda_due_at is None
        assert self.settle(session, convened, now) == 0
        assert mails(session, "meetings/agenda") == []

    def test_an_item_that_is_added_and_removed_is_none(self, session, convened, now):
        item = commands.add_item(session, convened, ItemFields("De paso"), **BY, now=now)
        commands.remove_item(session, item, **BY, now=now)
        assert self.settle(session, convened, now) == 0

    def test_a_document_is_news(self, session, convened, now):
        [item] = queries.agenda(session, convened.id, sides=())
        file = commands.add_file(session, item, taken(), **BY, now=now)
        assert convened.agenda_due_at is not None
        assert commands.remove_file(session, file, **BY, now=now) == "tabla-1"
        assert convened.agenda_due_at is None

    def test_what_is_reserved_for_one_side_is_news_to_it_alone(self, session, table, convened, now):
        fields = ItemFields("Posición de la federación", reserved_for_id=table.federation.id)
        commands.add_item(session, convened, fields, **BY, now=now)
        assert self.settle(session, convened, now) == 2
        found = mails(session, "meetings/agenda")
        assert {mail.recipient for mail in found} == {who.email for who in table.people[:2]}
        for mail in mails(session):
            if mail.recipient.endswith("@corfo.example"):
                assert "Posición" not in "".join(texts(mail).values())

    def test_a_draft_and_one_that_was_called_off_tell_nobody(self, session, convened, draft, now):
        self.change(session, convened, now, 0, title="Otro")
        events.cancel(session, convened, reason="Lluvia", **BY, now=now)
        assert self.settle(session, convened, now) == 0
        assert convened.agenda_due_at is None
        with pytest.raises(AgendaClosed):
            commands.add_item(session, convened, ItemFields("x"), **BY, now=now)

    def test_who_joins_meanwhile_is_told_once(self, session, convened, now):
        self.change(session, convened, now, 0, title="Nueva")
        guest = a_person(session)
        commands.invite(session, convened, guest, Place(None), **BY, now=now)
        assert self.settle(session, convened, now) == 4
        assert len([mail for mail in mails(session) if mail.recipient == guest.email]) == 1


class TestItems:
    def test_they_are_ordered_and_what_is_hidden_keeps_its_place(self, session, table, draft, now):
        names = ("A", "B", "C", "D")
        made = [
            commands.add_item(
                session, draft,
                ItemFields(name, reserved_for_id=table.corfo.id if name == "B" else None),
                **BY, now=now,
            )
            for name in names
        ]  # fmt: skip
        sides = (table.federation.id,)
        commands.move_item(session, made[3], to=0, sides=sides, **BY, now=now)
        everything = queries.agenda(session, draft.id, sides=(table.corfo.id,))
        assert [item.title for item in everything] == ["D", "B", "A", "C"]
        commands.move_item(session, made[1], to=0, sides=sides, **BY, now=now)
        everything = queries.agenda(session, draft.id, sides=(table.corfo.id,))
        assert [item.title for item in everything] == ["D", "B", "A", "C"]

    def test_a_proposal_is_in_once_it_is_accepted_and_its_author_is_told(
        self, session, table, draft, now
    ):
        marcela = table.people[2]
        commands.convene(session, draft, **BY, now=now)
        fields = ItemFields("Nuevo instrumento", kind=ItemKind.TO_DECIDE)
        ours = {"person": marcela, "actor": "link:invitee:1", "now": now}
        first = commands.propose_item(session, draft, fields, **ours)
        second = commands.propose_item(session, draft, ItemFields("Otro"), **ours)
        assert queries.agenda(session, draft.id, sides=()) == []
        commands.accept_item(session, first, **BY, now=now)
        commands.refuse_item(session, second, reason="Va en abril.", **BY, now=now)
        assert [item.title for item in queries.agenda(session, draft.id, sides=())] == [
            "Nuevo instrumento"
        ]
        told = mails(session, "meetings/proposal_settled")
        assert {mail.recipient for mail in told} == {marcela.email}
        assert "Va en abril." in texts(told[1])["text/plain"]
        commands.refuse_item(session, first, reason="No", **BY, now=now)
        assert first.state is ItemState.ACCEPTED

    def test_after_it_was_sent_nothing_is_proposed(self, session, convened, now):
        with pytest.raises(AgendaClosed, match="ya se envió"):
            commands.propose_item(
                session, convened, ItemFields("Tarde"), person=None, **BY, now=now
            )

    def test_an_item_moves_to_another_meeting_with_its_documents(
        self, session, table, convened, now
    ):
        other = a_meeting(
            session, table.series, wall_start=datetime(2027, 4, 13, 10), state=EventState.DRAFT
        )
        [item] = queries.agenda(session, convened.id, sides=())
        commands.add_file(session, item, taken(), **BY, now=now)
        copy = commands.move_to_meeting(session, item, other, **BY, now=now)
        assert queries.agenda(session, convened.id, sides=()) == []
        assert [file.file_name for file in copy.files] == ["Informe.pdf"]
        assert (item.state, item.moved_to_id) == (ItemState.MOVED, copy.id)


class TestChanges:
    """What events do for talks they do for meetings."""

    def test_five_moves_are_one_mail_and_back_and_forth_is_none(
        self, session, database, convened, now
    ):
        first = convened.wall_start
        for minute in range(1, 6):
            convened.wall_start = first + minute * HOUR
            convened.wall_end = convened.wall_start + HOUR
            convened.resolve_time()
            events.revise(session, convened, **BY, now=now + minute * MINUTE)
        self.tell(session, now + HOUR)
        moved = mails(session, "events/moved")
        assert len(moved) == 4
        assert "La reunión cambió" in texts(moved[0])["text/plain"]
        assert "inscripción" not in texts(moved[0])["text/plain"]
        second = convened.wall_start
        for start in (first, second):
            convened.wall_start, convened.wall_end = start, start + HOUR
            convened.resolve_time()
            events.revise(session, convened, **BY, now=now + 2 * HOUR)
        self.tell(session, now + 4 * HOUR)
        assert len(mails(session, "events/moved")) == 4

    def test_called_off_there_is_nothing_but_the_cancel(self, session, convened, now):
        before = len(mails(session))
        convened.place = "Otra sala"
        events.revise(session, convened, **BY, now=now)
        events.cancel(session, convened, reason="Lluvia", **BY, now=now + MINUTE)
        self.tell(session, now + HOUR)
        after = mails(session)[before:]
        assert {mail.notice for mail in after} == {"events/cancelled"}
        assert all("METHOD:CANCEL" in calendar_of(mail) for mail in after)
        assert "inscr" not in texts(after[0])["text/plain"].lower()

    def test_moved_after_its_reminder_there_is_a_notice_and_a_new_reminder(self, session, convened):
        week_before = convened.starts_at - timedelta(days=7)
        self.tell(session, week_before)
        assert len(mails(session, "events/reminder")) == 4
        convened.wall_start += timedelta(days=3)
        convened.wall_end += timedelta(days=3)
        convened.resolve_time()
        events.revise(session, convened, **BY, now=week_before + HOUR)
        self.tell(session, week_before + 2 * HOUR)
        assert len(mails(session, "events/moved")) == 4
        self.tell(session, convened.starts_at - timedelta(days=7))
        assert len(mails(session, "events/reminder")) == 8

    def tell(self, session, at):
        for number in events_due(session, at):
            while events.tell_next_batch(session, number, now=at).more:
                pass


def events_due(session, at):
    return event_queries.due_announcement_ids(session, now=at)


class TestAnswers:
    def test_who_will_not_come_says_why_and_who_comes_and_is_told(
        self, session, table, convened, now
    ):
        seat = seat_of(session, convened, table.people[2])
        reply = Reply(Answer.DECLINED, "Estoy de viaje", "Pedro Núñez")
        for _ in range(2):
            commands.answer(session, seat, reply, actor="link:invitee:1", now=now)
        assert seat.invitee.answer is Answer.DECLINED
        assert seat.invitee.answer_source is Source.LINK
        [told] = mails(session, "meetings/answered")
        assert told.recipient == table.people[2].email
        assert "Pedro Núñez" in texts(told)["text/plain"]
        assert len(queries.seats(session, convened)) == 4
        commands.answer(session, seat, Reply(Answer.ACCEPTED), actor="x", now=now + MINUTE)
        assert (seat.excuse, seat.stand_in) == ("", "")

    def test_once_it_began_or_was_called_off_it_is_refused(self, session, table, convened, now):
        seat = seat_of(session, convened, table.people[2])
        with pytest.raises(AnswersClosed, match="comenzó"):
            commands.answer(
                session, seat, Reply(Answer.ACCEPTED), actor="x", now=convened.starts_at
            )
        events.cancel(session, convened, reason="", **BY, now=now)
        with pytest.raises(AnswersClosed, match="suspendió"):
            commands.answer(session, seat, Reply(Answer.ACCEPTED), actor="x", now=now)

    @pytest.mark.both_engines
    def test_the_silent_are_listed_with_whom_to_call(self, session, table, convened, now):
        seat = seat_of(session, convened, table.people[2])
        reply = Reply(Answer.TENTATIVE)
        commands.answer(session, seat, reply, source=Source.DESK, **BY, now=now)
        assert mails(session, "meetings/answered") == []
        found = queries.silent(session, now=now)
        names = {each.person.name for each in found}
        assert names == {"Jorge Paillán", "Rosa Soto", "Pedro Núñez"}
        assert queries.silent(session, now=convened.starts_at) == []

    def test_another_time_is_settled_once_and_moves_nothing(self, session, table, convened, now):
        seat = seat_of(session, convened, table.people[2])
        proposal = TimeProposal(
            event_id=convened.id, invitee=seat.invitee, starts_at=now, ends_at=now + HOUR,
            proposed_at=now, comment="",
        )  # fmt: skip
        session.add(proposal)
        session.flush()
        start = convened.wall_start
        assert queries.time_proposals(session, convened) == [proposal]
        commands.settle_time_proposal(session, proposal, **BY, now=now)
        assert queries.time_proposals(session, convened) == []
        assert convened.wall_start == start


class TestPresence:
    def test_a_quorum_counts_members_of_each_side_and_no_guests(
        self, session, table, convened, now
    ):
        seat = seat_of(session, convened, table.people[0])
        commands.mark_presence(
            session, seat, Presence.ATTENDED, modality=Modality.ROOM, **BY, now=now
        )
        place = Place(table.corfo.id, "Asesora")
        guest = commands.add_on_the_spot(
            session, convened, a_person(session), place, modality=Modality.ONLINE, **BY, now=now
        )
        assert guest.modality is Modality.ONLINE
        quorum = queries.quorum(session, convened)
        assert [(each.present, each.met) for each in quorum] == [(1, True), (0, False)]
        assert len(mails(session, "meetings/convened")) == 4

    def test_absent_and_excused_are_told_apart_and_taken_back(self, session, table, convened, now):
        seat = seat_of(session, convened, table.people[0])
        for presence in (Presence.EXCUSED, Presence.ABSENT, Presence.ATTENDED, Presence.UNKNOWN):
            commands.mark_presence(session, seat, presence, **BY, now=now)
            assert queries.presence_of(seat) is presence

    def test_of_a_draft_nothing_is_marked(self, session, draft, now):
        with pytest.raises(NotConvened):
            commands.set_held(session, draft, Held(None, None, None, None), **BY, now=now)

    def test_the_law_of_lobby_is_pending_until_it_is_filled_in(self, session, convened, now):
        assert queries.lobby_pending(session) == [convened]
        commands.set_lobby(session, convened, Lobby(LobbyNeed.YES), **BY, now=now)
        assert queries.lobby_pending(session) == [convened]
        lobby = Lobby(LobbyNeed.YES, "AB-1", "https://lobby.example/1")
        commands.set_lobby(session, convened, lobby, **BY, now=now)
        assert queries.lobby_pending(session) == []
        commands.set_lobby(session, convened, Lobby(LobbyNeed.NO, "AB-1"), **BY, now=now)
        assert (queries.lobby_pending(session), convened.lobby_folio) == ([], "")


class TestDigest:
    @pytest.fixture
    def marcela(self, session, table):
        session.scalars(
            select(SeriesMember).where(SeriesMember.person_id == table.people[2].id)
        ).one().digest = True
        session.flush()
        return table.people[2]

    def test_invitations_go_at_once_and_the_rest_waits_for_the_morning(
        self, session, marcela, draft, now
    ):
        commands.add_item(session, draft, ItemFields("Avance"), **BY, now=now)
        commands.convene(session, draft, **BY, now=now)
        commands.add_item(session, draft, ItemFields("Otro"), **BY, now=now)
        commands.tell_agenda_news(session, draft.id, now=now + HOUR)
        TestChanges().tell(session, draft.starts_at - timedelta(days=7))
        sent = [mail.notice for mail in mails(session) if mail.recipient == marcela.email]
        assert sent == ["meetings/convened"]
        morning = {"day": date(2027, 3, 3), "now": now + 2 * HOUR}
        assert commands.send_digest(session, marcela.id, **morning) == 2
        assert commands.send_digest(session, marcela.id, **morning) == 0
        [mail] = mails(session, "meetings/digest")
        said = texts(mail)["text/plain"]
        assert "Cambió la tabla" in said
        assert "Recordatorio" in said
        assert "/invitaciones/" in said

    @pytest.mark.both_engines
    def test_what_is_of_no_use_any_more_is_left_out(self, session, marcela, convened, now):
        TestChanges().tell(session, convened.starts_at - timedelta(days=7))
        events.cancel(session, convened, reason="", **BY, now=now)
        assert commands.send_digest(session, marcela.id, day=now.date(), now=now) == 0
        assert mails(session, "meetings/digest") == []
        assert session.scalar(select(DigestLine).where(DigestLine.told_at.is_(None))) is None

    def test_anybody_may_be_told_that_way(self, session, marcela, table, convened, now):
        def told(person):
            context = {"name": "x", "day": "x", "lines": [], "count": 0, "site": "x"}
            to = Recipient(person.name, person.email, person.id)
            letter = MailDraft(
                f"x:{person.id}", "meetings/digest", to, context, event_id=convened.id
            )
            return notices.tell(session, person, letter, line="Acta lista.", url="u", now=now)

        assert told(marcela)
        assert not told(marcela)
        assert told(table.people[0])
        [line] = session.scalars(select(DigestLine)).all()
        assert line.text == "Acta lista."
        assert [mail.recipient for mail in mails(session, "meetings/digest")] == [
            table.people[0].email
        ]


class TestJobs:
    def test_digests_go_out_on_working_mornings(self, database, settings, now):
        with database.transaction() as session:
            person = a_person(session)
            notices.add_line(session, "k", person.id, event_id=None, text="Algo.", url="", now=now)
        saturday = datetime(2026, 11, 28, 12, 0, tzinfo=now.tzinfo)
        assert jobs.send_digests(database, saturday) == 0
        assert jobs.send_digests(database, now) == 1
        assert jobs.send_digests(database, now) == 0

    def test_agenda_news_go_out_when_they_are_due(self, database, settings, now):
        with database.transaction() as session:
            table = a_table(session)
            meeting = a_meeting(session, table.series, state=EventState.DRAFT)
            commands.add_item(session, meeting, ItemFields("A"), **BY, now=now)
            commands.convene(session, meeting, **BY, now=now)
            commands.add_item(session, meeting, ItemFields("B"), **BY, now=now)
        assert jobs.tell_agenda_news(database, now) == 0
        assert jobs.tell_agenda_news(database, now + HOUR) == 4
        assert jobs.tell_agenda_news(database, now + HOUR) == 0

    def test_bytes_of_no_agenda_are_erased(self, database, settings, now, tmp_path):
        folder = tmp_path / "files"
        folder.mkdir(exist_ok=True)
        (folder / "tabla-abc").write_bytes(b"x")
        assert jobs.erase_documents_of_no_agenda(database, now) == 0
        assert jobs.erase_documents_of_no_agenda(database, now + timedelta(days=9999)) == 1
