"""One row that cannot be dealt with stops no other: every job of the schedule, row by row."""

from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta

import pytest
import sqlalchemy as sa

from coopoutreach import schedule
from coopoutreach.calendars.feeds.models import FeedAddress
from coopoutreach.calendars.feeds.rules import Scope
from coopoutreach.committee.commitments import commands as commitments
from coopoutreach.committee.meetings import commands as meetings
from coopoutreach.committee.meetings import notices as meeting_notices
from coopoutreach.committee.meetings.models import DigestLine, Meeting
from coopoutreach.committee.meetings.values import ItemFields
from coopoutreach.committee.minutes.models import Minutes
from coopoutreach.committee.minutes.rules import State as MinutesState
from coopoutreach.events import commands as events
from coopoutreach.events.models import Event, Invitee
from coopoutreach.events.rules import EventState, Standing
from coopoutreach.mail.incoming import mime
from coopoutreach.mail.incoming.models import InboundMessage
from coopoutreach.mail.outgoing.models import MessageState, OutgoingMessage
from coopoutreach.mail.outgoing.rules import LEASE
from coopoutreach.people.directory.rules import Level
from coopoutreach.platform.core import batch, reactions
from coopoutreach.platform.core import settings as process_settings
from coopoutreach.platform.scheduler import words
from coopoutreach.privacy import commands as privacy
from coopoutreach.privacy.rules import Asked, Right
from coopoutreach.talks.questions import commands as questions
from coopoutreach.talks.questions.models import QuestionAnswer
from coopoutreach.talks.questions.rules import Need
from coopoutreach.talks.registrations import commands as registrations
from coopoutreach.talks.registrations.models import Registration
from coopoutreach.talks.registrations.request import Registrant, Request
from coopoutreach.talks.registrations.rules import Room, State
from coopoutreach.wiring import WIRING
from tests.factories import NOW, a_meeting, a_person, a_table, a_talk, a_user
from tests.support import acta, imip
from tests.support.bad_rows import bad_row
from tests.support.imap import MailHost
from tests.support.outbox import listening, owe

JOBS = {job.name: job for job in schedule.JOBS}
#: Jobs that go over no rows one by one: what they do is one statement, or one thing.
NO_ROWS = {
    "limits.forget_old_attempts": "one statement deletes all that is old",
    "accounts.forget_held_forms": "one statement deletes all that nobody came back for",
    "accounts.forget_ended_sessions": "one statement a table deletes all that ended",
    "scheduler.forget_old_runs": "one statement a table deletes all that is old",
    "scheduler.check_database": "looks at the file as a whole",
    "audit.verify_trail": "reads a chain: where it is broken, what follows cannot be believed",
    "privacy.purge_old_data": "one statement a rule, each rule apart",
    "privacy.keep_ledger": "writes one file, from hashes alone",
    "privacy.forget_last_answers": "one statement deletes what went out",
    "privacy.clean_up_after_erasures": "rewrites the database's file as a whole",
    # What they erase are files, which no row of the database can break.
    "meetings.erase_documents_of_no_agenda": "erases files",
    "minutes.erase_papers_of_no_minutes": "erases files",
    "materials.erase_what_is_nobodys": "erases files",
    "commitments.erase_what_is_nobodys": "erases files",
}


@dataclass(frozen=True)
class Case:
    """Which row is bad, when the job runs, and what shows that the others were served."""

    table: str
    when: str
    now: datetime
    served: Callable
    on: str = "UPDATE"


def count(model, *conditions):
    return lambda session: session.scalar(
        sa.select(sa.func.count()).select_from(model).where(*conditions)
    )


def mails_to(*recipients):
    return count(OutgoingMessage, OutgoingMessage.recipient.in_(recipients))


def unwritten(address, now, served):
    return Case("outgoing_message", f"NEW.recipient = '{address}'", now, served, on="INSERT")


def deliver_due(session, _request):
    # Claimed, and then what became of it cannot be written down.
    when = "NEW.recipient = 'persona1@coop.example' AND NEW.state IN ('sent', 'queued', 'failed')"
    return Case(
        "outgoing_message",
        when,
        NOW + timedelta(minutes=1),
        lambda session: (
            count(OutgoingMessage, OutgoingMessage.state == MessageState.SENT)(session) == 2
        ),
    )


def read_mailbox(session, request):
    host = request.getfixturevalue("mail_host")
    process_settings.install(replace(process_settings.current(), inbox_url=host.url))
    imip.load(session)
    first, second = (
        imip.sample(name)
        for name in ("01_outlook365_accept_no_organizer.eml", "04_gmail_accept.eml")
    )
    host.deliver(first, second)
    # It can be neither dealt with nor put aside: it stays in the mailbox, unread.
    return Case(
        "inbound_message",
        f"NEW.message_hash = '{mime.hashes(first).message}'",
        imip.NOW,
        lambda session: count(InboundMessage)(session) == 1,
        on="INSERT",
    )


def invited(session, talk, *addresses):
    for address in addresses:
        person = a_person(session, email=address)
        events.invite(
            session, talk, person, organisation_id=None, standing=Standing.INVITED, now=NOW
        )


def tell_announcements(session, _request):
    for name in ("a", "b"):
        talk = a_talk(session)
        invited(session, talk, f"{name}1@coop.example", f"{name}2@coop.example")
        events.set_reminders(session, talk, days=[7], now=NOW)
    due = datetime(2026, 12, 8, 13, 30, tzinfo=UTC)
    others = ("a2@coop.example", "b1@coop.example", "b2@coop.example")
    return unwritten("a1@coop.example", due, lambda session: mails_to(*others)(session) == 3)


def close_past_events(session, _request):
    first, _second = a_talk(session), a_talk(session)
    later = datetime(2026, 12, 20, tzinfo=UTC)
    done = count(Event, Event.state == EventState.HELD)
    return Case("event", f"OLD.id = {first.id}", later, lambda session: done(session) == 1)


def follow_tzdata(session, _request):
    first, second = a_talk(session), a_talk(session)
    first.tz_version = second.tz_version = "2001a"
    old = count(Event, Event.tz_version == "2001a")
    return Case("event", f"OLD.id = {first.id}", NOW, lambda session: old(session) == 1)


def follow_entry_form(session, _request):
    first, second = a_talk(session), a_talk(session)
    first.vevent = second.vevent = b"as it was written before"
    old = count(Event, Event.vevent == b"as it was written before")
    return Case("event", f"OLD.id = {first.id}", NOW, lambda session: old(session) == 1)


def with_a_line(session, *, capacity_room=1, **talk_fields):
    talk = a_talk(session, capacity_room=capacity_room, **talk_fields)
    people = [
        Registrant(f"{name} {talk.id}", f"{name}{talk.id}@coop.example", Room.IN_ROOM)
        for name in ("ana", "beto")
    ]
    request = Request(form_key=f"x{talk.id}", people=people)
    registrations.register(session, talk, request, actor="x", now=NOW)
    return talk


def seats_of(talk):
    return count(
        Registration,
        Registration.invitee_id.in_(sa.select(Invitee.id).where(Invitee.event_id == talk.id)),
        Registration.state == State.CONFIRMED,
    )


def fill_free_seats(session, _request):
    first, second = with_a_line(session), with_a_line(session)
    first.capacity_room = second.capacity_room = 2
    served = seats_of(second)
    return unwritten(
        f"beto{first.id}@coop.example",
        NOW + timedelta(minutes=1),
        lambda session: served(session) == 2,
    )


def release_held_seats(session, _request):
    held = {"capacity_room": 2, "held_room": 2, "held_until": NOW + timedelta(hours=1)}
    levels = [Level.INITIAL.value]
    first, second = (with_a_line(session, **held, prioritised_levels=levels) for _ in range(2))
    served = seats_of(second)
    return unwritten(
        f"ana{first.id}@coop.example",
        NOW + timedelta(hours=2),
        lambda session: served(session) == 2,
    )


def fill_horizons(session, _request):
    first, second = a_table(session).series, a_table(session).series
    made = count(Meeting, Meeting.series_id == second.id)
    return Case(
        "meeting",
        f"NEW.series_id = {first.id}",
        NOW,
        lambda session: made(session) > 2,
        on="INSERT",
    )


def tell_agenda_news(session, _request):
    table = a_table(session)
    meeting = a_meeting(session, table.series, state=EventState.DRAFT, published_at=None)
    meetings.add_item(session, meeting, ItemFields("Uno"), actor="user:1", now=NOW)
    meetings.convene(session, meeting, actor="user:1", now=NOW)
    meetings.add_item(session, meeting, ItemFields("Dos"), actor="user:1", now=NOW)
    others = [person.email for person in table.people[1:]]
    news = count(
        OutgoingMessage,
        OutgoingMessage.notice == "meetings/agenda",
        OutgoingMessage.recipient.in_(others),
    )
    return unwritten(
        table.people[0].email, NOW + timedelta(hours=1), lambda session: news(session) == 3
    )


def send_digests(session, _request):
    for name in ("ana", "beto"):
        person = a_person(session, email=f"{name}@coop.example")
        meeting_notices.add_line(
            session, name, person.id, event_id=None, text="Algo.", url="", now=NOW
        )
    told = count(DigestLine, DigestLine.told_at.is_not(None))
    return unwritten("ana@coop.example", NOW, lambda session: told(session) == 1)


def typeset_approved(session, _request):
    first, _second = acta.approved(session).minutes, acta.approved(session).minutes
    made = count(Minutes, Minutes.pdf_stored_as != "")
    later = NOW + timedelta(hours=1, seconds=5)
    return Case("minutes", f"OLD.id = {first.id}", later, lambda session: made(session) == 1)


def publish_approved(session, _request):
    first, _second = acta.approved(session).minutes, acta.approved(session).minutes
    out = count(Minutes, Minutes.state == MinutesState.PUBLISHED)
    later = NOW + timedelta(days=2)
    return Case("minutes", f"OLD.id = {first.id}", later, lambda session: out(session) == 1)


def follow_reviews(session, _request):
    made = [acta.an_acta(session) for _ in range(2)]
    for one in made:
        acta.send_out(session, one.minutes, actor=acta.SECRETARY, now=NOW)
    last = made[0].minutes.review_until
    reminders = count(OutgoingMessage, OutgoingMessage.notice == "minutes/review_reminder")
    return unwritten(
        made[0].table.people[0].email,
        datetime(last.year, last.month, last.day, 14, tzinfo=UTC),
        lambda session: reminders(session) == 7,
    )


def remind(session, _request):
    due, addresses = date(2027, 4, 15), []
    for number in (3, 4):
        table = a_table(session)
        table.series.parties[1].head_id = table.people[2].id
        meeting = a_meeting(session, table.series)
        fields = commitments.Fields(
            action="Remitir el articulado",
            party_id=table.corfo.id,
            owed_to_id=table.federation.id,
            person_id=table.people[3].id,
            due_on=due,
        )
        commitments.make(
            session, meeting, fields, number_of=(2027, number), actor="user:1", now=NOW
        )
        addresses.append(table.people[3].email)
    told = mails_to(addresses[1])
    return unwritten(
        addresses[0],
        datetime(2027, 4, 15, 14, 30, tzinfo=UTC),
        lambda session: told(session) >= 1,
    )


def expire_unused_addresses(session, _request):
    made = [
        FeedAddress(person_id=a_person(session).id, scope=Scope.PERSON, created_at=NOW)
        for _ in range(2)
    ]
    session.add_all(made)
    session.flush()
    over = count(FeedAddress, FeedAddress.revoked_at.is_not(None))
    return Case(
        "feed_address",
        f"OLD.id = {made[0].id}",
        NOW + timedelta(days=500),
        lambda session: over(session) == 1,
    )


def erase_needs(session, _request):
    answers = []
    for _ in range(2):
        talk = a_talk(session)
        need = questions.ask_about_need(session, talk, Need.DIETARY, actor="user:1", now=NOW)
        invitee = events.invite(
            session,
            talk,
            a_person(session),
            organisation_id=None,
            standing=Standing.INVITED,
            now=NOW,
        )
        answers.append(
            QuestionAnswer(
                question_id=need.id, invitee_id=invitee.id, value="celíaca", answered_at=NOW
            )
        )
    session.add_all(answers)
    session.flush()
    gone = count(QuestionAnswer, QuestionAnswer.erased_at.is_not(None))
    return Case(
        "question_answer",
        f"OLD.invitee_id = {answers[0].invitee_id}",
        NOW + timedelta(days=90),
        lambda session: gone(session) == 1,
    )


def alert_of_deadlines(session, _request):
    a_user(session, email="mesa@fecrecoop.example")
    monday = datetime(2026, 12, 7, 13, tzinfo=UTC)
    cases = [
        privacy.open_case(
            session,
            Asked(person.name, person.email, Right.ACCESS, ""),
            person=person,
            actor="user:1",
            now=monday,
        )
        for person in (a_person(session), a_person(session))
    ]
    session.flush()
    alerts = count(OutgoingMessage, OutgoingMessage.notice == "privacy/alert")
    before = alerts(session)
    return Case(
        "data_case",
        f"OLD.id = {cases[0].id}",
        monday + timedelta(days=20),
        lambda session: alerts(session) == before + 1,
    )


CASES = {
    "messaging.deliver_due": deliver_due,
    "inbound.read_mailbox": read_mailbox,
    "events.tell_announcements": tell_announcements,
    "events.close_past_events": close_past_events,
    "events.follow_entry_form": follow_entry_form,
    "events.follow_tzdata": follow_tzdata,
    "registrations.fill_free_seats": fill_free_seats,
    "registrations.release_held_seats": release_held_seats,
    "meetings.fill_horizons": fill_horizons,
    "meetings.tell_agenda_news": tell_agenda_news,
    "meetings.send_digests": send_digests,
    "minutes.typeset_approved": typeset_approved,
    "minutes.publish_approved": publish_approved,
    "minutes.follow_reviews": follow_reviews,
    "commitments.remind": remind,
    "feeds.expire_unused_addresses": expire_unused_addresses,
    "questions.erase_needs": erase_needs,
    "privacy.alert_of_deadlines": alert_of_deadlines,
}


@pytest.fixture
def mail_host(tmp_path):
    with MailHost(tmp_path) as host:
        yield host


@pytest.mark.parametrize("name", sorted(JOBS))
def test_each_job_has_a_case_or_a_reason_to_have_none(name):
    assert (name in CASES) != (name in NO_ROWS), f"Register a case of {name}, or say why not."


def test_what_people_are_told_of_a_job_that_fails_is_there_for_each():
    assert set(words.WORDS) == set(JOBS)


@pytest.mark.parametrize("name", sorted(CASES))
def test_one_bad_row_stops_no_other(name, database, settings, request):
    reactions.install(WIRING)
    with ExitStack() as closing:
        if name == "messaging.deliver_due":
            closing.enter_context(listening())
            owe(database, 3, now=NOW)
        with database.transaction() as session:
            case = CASES[name](session, request)
        closing.enter_context(bad_row(database, case.table, case.when, on=case.on))
        tally = closing.enter_context(batch.counting())
        # What was claimed beside the bad one is taken up again once its lease has ended.
        for turn in range(4 if name == "messaging.deliver_due" else 1):
            JOBS[name].run(database, case.now + turn * 2 * LEASE)
    with database.reading() as session:
        assert case.served(session), "the others were not served"
    assert tally.failed, "what failed is counted"
