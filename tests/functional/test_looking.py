"""Looking changes nothing, whoever looks: people, scanners of mail, and every role everywhere."""

import email
import re
from datetime import timedelta
from email import policy
from io import BytesIO
from pathlib import Path

import pytest
from sqlalchemy import select

from coopoutreach.committee.commitments import commands as commitments
from coopoutreach.committee.commitments import notices as words
from coopoutreach.committee.commitments.rules import Notice
from coopoutreach.committee.meetings import commands as meetings
from coopoutreach.committee.meetings import notices as sittings
from coopoutreach.committee.meetings import queries
from coopoutreach.committee.meetings.fields import PollFields
from coopoutreach.committee.meetings.values import ItemFields, Reply
from coopoutreach.committee.minutes import commands as minutes
from coopoutreach.committee.minutes import notices as drafts
from coopoutreach.committee.minutes.commands import Voice
from coopoutreach.events import commands as events
from coopoutreach.events import jobs
from coopoutreach.events import notices as event_notices
from coopoutreach.events.rules import Answer, EventState, Modality
from coopoutreach.mail.incoming import commands as inbound
from coopoutreach.mail.incoming.models import InboundMessage
from coopoutreach.mail.outgoing import commands as messaging
from coopoutreach.mail.outgoing.models import Category, OutgoingMessage
from coopoutreach.pages.mail_admin import commands as mailroom
from coopoutreach.people.accounts import commands as accounts
from coopoutreach.people.accounts.commands.sessions import Browser
from coopoutreach.people.directory import commands as directory
from coopoutreach.people.directory import notices as posts
from coopoutreach.platform.access.permissions import Role
from coopoutreach.platform.files import taking
from coopoutreach.privacy import commands as privacy
from coopoutreach.privacy.rules import Asked, Right
from coopoutreach.talks.registrations import commands
from coopoutreach.talks.registrations import notices as places
from coopoutreach.talks.registrations.models import Registration
from coopoutreach.talks.registrations.request import Registrant, Request
from coopoutreach.talks.registrations.rules import Room
from coopoutreach.talks.talks.models import Talk
from tests.factories import a_cooperative, a_meeting, a_person, a_post, a_table, a_talk, a_user
from tests.support import acta
from tests.support.acta import send_out
from tests.support.crawling import addresses
from tests.support.digest import digest
from tests.support.outbox import a_letter, listening

MESSAGES = Path(__file__).parents[2] / "templates" / "messages"
HOUR = timedelta(hours=1)
SAFE = {"base_url": "https://localhost"}


@pytest.fixture(autouse=True)
def frozen(time_machine, now):
    time_machine.move_to(now, tick=False)


def change_plans(database, talk_id, change, now):
    with database.transaction() as session:
        talk = session.get_one(Talk, talk_id)
        for name, value in change.items():
            setattr(talk, name, value)
        events.revise(session, talk, tells_words="title" in change, actor="user:1", now=now)
    jobs.tell_announcements(database, now + HOUR)


@pytest.fixture
def mails(app, database, now):
    """Every kind of mail about a talk: places, the line, changes, a reminder, the cancellation."""
    with database.transaction() as session:
        talk = a_talk(session, capacity_room=1, slug="charla")
        events.set_reminders(session, talk, days={7}, now=now)
        people = [Registrant(f"P{n}", f"p{n}@coop.example", Room.IN_ROOM) for n in range(3)]
        joined = commands.register(
            session,
            talk,
            Request(form_key="x", people=people, organisation=a_cooperative(session)),
            actor="anonymous",
            now=now,
        )
        commands.cancel(session, joined[0], actor="x", by_person=True, now=now)
        reminder = talk.starts_at.replace(day=talk.starts_at.day - 7)
    jobs.tell_announcements(database, reminder)
    elsewhere = {"place": "Otra sala", "modality": Modality.HYBRID, "link": "https://a.example/b"}
    for change in (elsewhere, {"link": "https://a.example/c"}, {"title": "Otro título"}):
        change_plans(database, talk.id, change, now)
    with database.transaction() as session:
        talk = session.get_one(type(talk), talk.id)
        talk.replacement = a_talk(session, title="Otra fecha", slug="otra-fecha")
        events.cancel(session, talk, reason="Lluvia", actor="user:1", now=now)
    jobs.tell_announcements(database, now + HOUR)
    return read(database)


def read(database):
    with database.reading() as session:
        rows = session.execute(
            select(OutgoingMessage.notice, OutgoingMessage.recipient, OutgoingMessage.raw)
        )
        return [
            (notice, to, email.message_from_bytes(raw, policy=policy.default))
            for notice, to, raw in rows
        ]


@pytest.fixture
def all_mails(database, mails, now):
    """Those, and every other mail there is: of accounts, posts, personal data and mistakes."""
    with database.transaction() as session:
        _owe_about_accounts(session, now)
        _owe_about_personal_data(session, now)
        _owe_about_commitments(session, now)
        _owe_about_meetings(session, now)
        _owe_about_minutes(session, now)
        _owe_about_a_shared_mailbox(session, now)
        _owe_about_what_came_in(session, now)
        registration = session.scalars(select(Registration)).first()
        places.misaddressed(
            session, registration, address="otra@mal.example", is_kept=False, now=now
        )
        places.already_registered(session, registration, now=now)
        person = a_person(session)
        post = directory.affiliate(
            session, person, a_cooperative(session), post="Gerente", actor="t", now=now
        )
        posts.access_ended(session, post, now=now)
        posts.deputy_named(session, post, a_user(session), actor="user:1", now=now)
        asked = a_post(session, a_person(session), a_table(session).corfo, vouched=False)
        directory.ask_to_vouch(session, asked, actor="user:1", now=now)
        posts.voice_changed(session, asked, "given", now=now)
        with listening():
            # One that may be unsubscribed from: no feature sends such mail yet.
            messaging.owe(session, a_letter(1, category=Category.OUTREACH), now=now)
    return read(database)


def _owe_about_a_shared_mailbox(session, now):
    """Two behind one address: whose an answer is, and that the entry stays when one leaves."""
    talk = a_talk(session)
    people = [Registrant(name, "socias@coop.example", Room.IN_ROOM) for name in ("Ana", "Eva")]
    request = Request(form_key="shared", people=people)
    joined = commands.register(session, talk, request, actor="x", now=now)
    holders = [one.invitee for one in joined]
    asked = event_notices.whose_answer(
        talk, holders, address="socias@coop.example", said="accepted", now=now
    )
    messaging.owe(session, asked, now=now)
    commands.cancel(session, joined[0], actor="x", by_person=True, now=now)


def _owe_about_what_came_in(session, now):
    """An answer to what somebody wrote, and a colleague it is handed to."""
    raw = (
        b"From: Ana <ana@coop.example>\r\nTo: agenda@fecrecoop.example\r\n"
        b"Subject: Una pregunta\r\nMessage-ID: <pregunta@coop.example>\r\n\r\nPuedo ir?\r\n"
    )
    inbound.receive(session, raw, is_whole=True, now=now)
    written = session.scalars(select(InboundMessage)).one()
    mailroom.forward(session, written, to=a_user(session), actor="user:1", now=now)
    mailroom.answer(session, written, text="La esperamos.", actor="user:1", now=now)


def _owe_about_accounts(session, now):
    user = a_user(session, password_hash="a")
    browser = Browser("127.0.0.1", "x", secret="~" + "x" * 43)
    accounts.set_password(session, user, password_hash="b", actor="t", now=now)
    accounts.warn_of_attempts(session, user.id, address="127.0.0.1", now=now)
    accounts.request_link(session, user.email, browser=browser, now=now)
    accounts.request_reset(session, user.email, browser=browser, now=now)


def _owe_about_personal_data(session, now):
    asked = Asked("Ana", "ana@otra.example", Right.ACCESS, "")
    privacy.request(session, asked, also_block=False, now=now)
    case = privacy.open_case(session, asked, person=None, actor="user:1", now=now)
    privacy.extend(session, case, reason="Falta leer.", actor="user:1", now=now)
    privacy.answer(session, case, granted=False, words="No.", actor="user:1", now=now)


def _owe_about_meetings(session, now):
    """A convocation with a document, its agenda, an answer, proposals, and the daily mail."""
    by = {"actor": "user:1", "now": now}
    table = a_table(session)
    meeting = a_meeting(session, table.series, state=EventState.DRAFT, year=None, number=None)
    item = meetings.add_item(session, meeting, ItemFields("Avance"), **by)
    taken = taking.take(BytesIO(b"%PDF-1.7"), "Informe.pdf", prefix=meetings.PREFIX)
    meetings.add_file(session, item, taken, **by)
    meetings.convene(session, meeting, with_agenda=False, **by)
    seats = queries.seats(session, meeting)
    person = seats[0].invitee.person
    for act, more in ((meetings.accept_item, {}), (meetings.refuse_item, {"reason": "Otro día."})):
        fields = ItemFields("Garantías")
        proposed = meetings.propose_item(session, meeting, fields, person=person, **by)
        act(session, proposed, **more, **by)
    meetings.send_agenda(session, meeting, **by)
    meetings.add_item(session, meeting, ItemFields("Otro punto"), **by)
    meetings.tell_agenda_news(session, meeting.id, now=now + HOUR)
    reply = Reply(Answer.DECLINED, "Viaje", "Pedro Núñez")
    meetings.answer(session, seats[0], reply, **by)
    sittings.uninvited(session, meeting, seats[1], now=now)
    sittings.add_line(
        session, "k", person.id, event_id=meeting.id, text="El acta está lista.",
        url=event_notices.link_of(seats[0].invitee), now=now,
    )  # fmt: skip
    meetings.send_digest(session, person.id, day=now.date(), now=now)
    days = [meeting.wall_start + timedelta(days=number) for number in (1, 2)]
    options = [(day, day + HOUR) for day in days]
    asked = PollFields("Otra fecha", options, closes_at=now + timedelta(days=3))
    meetings.create_poll(session, table.series, asked, **by)


def _owe_about_minutes(session, now):
    """A review with its reminders, an observation, what is left to approve, and its end."""
    made = acta.an_acta(session, now=now)
    by = {"actor": "user:1", "now": now}
    send_out(session, made.minutes, **by)
    voice = Voice(made.table.people[2].id, made.table.corfo.id)
    a_user(session)
    observation = minutes.observe(session, made.minutes, voice, "Falta el monto.", **by)
    minutes.reply(session, observation, "Se agregó.", **by)
    send_out(session, made.minutes, **by)
    for link in drafts.links_of(session, made.minutes):
        for last in (False, True):
            drafts.review_reminders(session, made.minutes, [link], last=last, now=now)
    for person in made.table.people[1::2]:
        acta.sign_off(session, made, person, now=now)
    for person in made.table.people[::2]:
        acta.approve(session, made, person, now=now)
    minutes.publish(session, made.minutes, **by)


def _owe_about_commitments(session, now):
    table = a_table(session)
    corfo, head = table.corfo, table.people[2]
    fields = commitments.Fields(
        action="Remitir las bases",
        party_id=corfo.id,
        owed_to_id=table.federation.id,
        person_id=table.people[3].id,
        due_on=now.date(),
    )
    meeting = a_meeting(session, table.series)
    made = commitments.make(session, meeting, fields, number_of=(2027, 1), actor="user:1", now=now)
    made.head = head
    session.flush()
    words.made(session, made, now=now)
    for notice in (Notice.DUE_SOON, Notice.DUE_TODAY, Notice.OVERDUE):
        words.reminder(session, made, notice, offset=1, now=now)
    words.escalated(session, made, offset=10, now=now)
    later, by = now.date() + timedelta(days=30), {"actor": "user:1", "now": now}
    commitments.ask_extension(session, made, later, "Falta una firma.", **by)
    commitments.extend(session, made, later, "Falta una firma.", **by)
    commitments.deliver(session, made, commitments.Said("Enviado."), **by)
    commitments.give_back(session, made, "Falta el anexo.", **by)


def bodies(message):
    return "\n".join(
        part.get_content() for part in message.walk() if part.get_content_maintype() == "text"
    )


@pytest.mark.both_engines
def test_pr_05_a_scanner_that_follows_every_link_of_every_mail_changes_nothing(
    client, all_mails, database
):
    kinds = {notice for notice, _to, _message in all_mails}
    written = {"/".join(path.parts[-3:-1]) for path in MESSAGES.rglob("body.txt")}
    missing = written - kinds
    assert not missing, "a kind of mail is not looked at"
    paths = {
        path
        for _notice, _to, message in all_mails
        for path in re.findall(
            r"http://127\.0\.0\.1:8000(/[^\s\"<>]*)",
            f"{bodies(message)} {message['List-Unsubscribe'] or ''}",
        )
    }
    for begins in (
        "/inscripciones/",
        "/invitaciones/",
        "/correo/baja/",
        "/ingresar/enlace/",
        "/clave/nueva/",
        "/privacidad/solicitudes/",
        "/datos-personales/casos/",
        "/compromisos/informe/",
        "/actas/",
    ):
        assert any(path.startswith(begins) for path in paths), begins
    before = digest(database)
    for path in sorted(paths):
        if path.startswith("/inscripciones/abc.def"):
            continue  # an example's, in the mail that no feature sends
        for method in ("GET", "HEAD", "OPTIONS"):
            answer = client.open(path, method=method, buffered=True, **SAFE)
            assert answer.status_code < 400, path
    assert digest(database) == before


def test_every_kind_of_mail_was_looked_at(mails):
    assert {notice for notice, _to, _message in mails} == {
        "registrations/place_confirmed",
        "registrations/joined_line",
        "registrations/cancelled",
        "events/reminder",
        "events/moved",
        "events/link",
        "events/revised",
        "events/cancelled",
    }


def test_b7_no_mail_names_anybody_but_its_reader(mails):
    for _notice, to, message in mails:
        others = {f"p{n}@coop.example" for n in range(3)} - {to}
        text = message.as_string() + bodies(message)
        assert not [other for other in others if other in text]


@pytest.mark.both_engines
def test_b13_and_b14_the_personal_link_is_in_the_body_and_never_in_the_calendar(mails):
    for notice, _to, message in mails:
        if notice == "registrations/place_confirmed":
            texts = {part.get_content_type(): part for part in message.walk()}
            assert "/inscripciones/" in texts["text/plain"].get_content()
            assert "/inscripciones/" in texts["text/html"].get_content()
            assert "/inscripciones/" not in texts["text/calendar"].get_content()


def test_b5_the_organiser_is_the_sender(mails):
    for _notice, _to, message in mails:
        for part in message.walk():
            if part.get_content_type() == "text/calendar":
                unfolded = part.get_content().replace("\r\n ", "").replace("\n ", "")
                assert "mailto:agenda@fecrecoop.example" in unfolded
                assert "agenda@fecrecoop.example" in message["From"]


@pytest.mark.both_engines
@pytest.mark.parametrize("role", [None, *Role])
def test_a26_no_get_writes_as_any_role(app, client, sign_in, mails, database, role):
    browser = sign_in(role.value) if role else client
    before = digest(database)
    for _rule, path in addresses(
        app, {name: ["charla"] for name in ("slug", "public_id", "token")}
    ):
        assert browser.get(path, **SAFE).status_code < 500, path
    assert digest(database) == before


class TestDrafts:
    def test_pr_18_a_draft_is_nowhere(self, client, database, settings):
        with database.transaction() as session:
            draft = a_talk(session, title="Charla secreta", slug="secreta", state=EventState.DRAFT)
            uid = draft.uid
        for path in ("/charlas/secreta", "/charlas/secreta.ics", "/charlas/secreta/inscripcion"):
            assert client.get(path, **SAFE).status_code == 404
        for path in ("/", "/charlas", "/calendario?mes=2026-12", "/calendario/charlas.ics"):
            page = client.get(path, **SAFE).text
            assert "secreta" not in page.lower()
            assert uid not in page


class TestHeaders:
    @pytest.mark.parametrize(
        "name",
        ["Ana\r\nBcc: otra@mal.example", "Ana\nSubject: x", "Ana\x00", "Ana\u2028Bcc: x", "A\x0bB"],
    )
    def test_pr_03_a_name_cannot_add_a_header(self, client, database, settings, name):
        with database.transaction() as session:
            a_talk(session, slug="charla")
            a_cooperative(session, public_id="coop")
        page = client.get("/charlas/charla/inscripcion", **SAFE).text
        hidden = dict(re.findall(r'name="(csrf_token|form_key)"\s+value="([^"]*)"', page))
        response = client.post(
            "/charlas/charla/inscripcion",
            data={
                **hidden,
                "organisation": "coop",
                "people-0-name": name,
                "people-0-email": "ana@coop.example",
            },
            headers={"Referer": "https://localhost/"},
            **SAFE,
        )
        assert response.status_code in {303, 400, 422}
        with database.reading() as session:
            for raw in session.scalars(select(OutgoingMessage.raw)):
                message = email.message_from_bytes(raw, policy=policy.default)
                assert message["Bcc"] is None
                assert message["To"].count("@") == 1
