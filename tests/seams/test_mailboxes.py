"""Several people behind one mailbox: its calendar has one entry, for exactly who has a place.

Through the real commands, the outbox and a real SMTP server, into calendars that follow the mails
as programs do.
"""

import re
import threading
from dataclasses import replace
from datetime import timedelta
from email import message_from_bytes, policy
from itertools import permutations
from unittest.mock import patch

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, Phase, given, settings, strategies

from coopoutreach.committee.meetings import commands as meetings
from coopoutreach.committee.meetings.models import Seat
from coopoutreach.committee.meetings.rules import Capacity
from coopoutreach.committee.meetings.values import Place, Reply
from coopoutreach.events import commands as events
from coopoutreach.events import jobs as event_jobs
from coopoutreach.events import queries as event_queries
from coopoutreach.events.models import Event, Invitee
from coopoutreach.events.rules import Answer, Standing
from coopoutreach.mail.incoming import commands as inbound
from coopoutreach.mail.incoming.rules import Reason
from coopoutreach.mail.outgoing import delivery
from coopoutreach.mail.outgoing.models import MessageState, OutgoingMessage
from coopoutreach.mail.outgoing.transport import SmtpTransport
from coopoutreach.people.directory.models import Organisation, Person
from coopoutreach.platform.core import reactions
from coopoutreach.platform.core import settings as process_settings
from coopoutreach.platform.core.errors import DomainError
from coopoutreach.privacy import commands as privacy
from coopoutreach.talks.registrations import commands
from coopoutreach.talks.registrations.models import Registration
from coopoutreach.talks.registrations.request import Contact, Registrant, Request, Within
from coopoutreach.talks.registrations.rules import Room, State
from coopoutreach.talks.talks import queries as talks
from coopoutreach.talks.talks.models import Talk
from coopoutreach.wiring import WIRING
from tests.factories import a_cooperative, a_meeting, a_person, a_table, a_talk
from tests.support.calendars import Calendars
from tests.support.smtp import MailServer

SHARED, OWN = "oficina@coop.example", "ana@coop.example"
NAMES = ("Ana Soto", "Luis Vera", "Marta Paz", "Tito Mora")
MINUTE = timedelta(minutes=1)


@pytest.fixture(autouse=True)
def _wired(settings):
    reactions.install(WIRING)
    process_settings.install(replace(settings, reply_addresses=True))


@pytest.fixture
def server():
    with MailServer() as server:
        yield server


class World:
    """One event, the people of a few mailboxes, and the calendars that their mails make."""

    def __init__(self, database, server, now, *, capacity=10):
        self.database, self.server, self.now = database, server, now
        self.calendars = Calendars()
        self.read = len(server.taken)
        self.count = 0
        self.done = []
        with database.transaction() as session:
            self.coop_id = a_cooperative(session).id
            talk = a_talk(session, capacity_room=capacity)
            self.event_id, self.uid = talk.id, talk.uid

    def do(self, action, *args):
        """Run one command in a transaction of its own, a minute after the one before."""
        self.now += MINUTE
        self.done.append((action, *args))
        with self.database.transaction() as session:
            return getattr(self, f"_{action}")(session, *args)

    def _registration(self, session, name):
        wanted = (
            sa.select(Registration)
            .join(Person, Person.id == Registration.person_id)
            .where(Person.name == name, Registration.talk_id == self.event_id)
            .where(Registration.state != State.CANCELLED)
        )
        return session.scalars(wanted).first()

    def _join(self, session, *names, address=SHARED):
        self.count += 1
        request = Request(
            form_key=f"{self.event_id}-{self.count}",
            people=[Registrant(name, address, Room.IN_ROOM) for name in names],
            organisation=session.get(Organisation, self.coop_id),
        )
        talk = session.get(Event, self.event_id)
        commands.register(session, talk, request, actor="anonymous", now=self.now)

    def _join_alone(self, session, name):
        self._join(session, name, address=OWN)

    def _leave(self, session, name):
        self.leave(session, name)

    def leave(self, session, name, *, by_person=True):
        """Give up somebody's place, if they have one."""
        found = self._registration(session, name)
        if found:
            commands.cancel(session, found, actor="t", by_person=by_person, now=self.now)

    def _removed(self, session, name):
        self.leave(session, name, by_person=False)

    def _correct(self, session, name, address):
        found = self._registration(session, name)
        if found:
            right = Contact(name, address)
            within = Within.EVERYTHING
            commands.correct_contact(session, found, right, within=within, actor="t", now=self.now)

    def _move_out(self, session, name):
        self._correct(session, name, OWN)

    def _move_in(self, session, name):
        self._correct(session, name, SHARED)

    def _transfer(self, session, name):
        found = self._registration(session, name)
        free = [one for one in NAMES if self._registration(session, one) is None]
        if found and free:
            to = Registrant(free[0], SHARED, Room.IN_ROOM)
            commands.transfer(session, found, to, actor="t", now=self.now)

    def _erase(self, session, name):
        """Erase somebody who has no place any more, once they were told so."""
        for person in session.query(Person).filter_by(name=name).all():
            if not privacy.obstacles(session, person, now=self.now):
                privacy.erase_person(session, person, actor="t", now=self.now)

    def _reschedule(self, session, _name=None):
        event = event_queries.lock_event(session, self.event_id)
        event.wall_start += timedelta(days=1)
        event.wall_end += timedelta(days=1)
        event.resolve_time()
        events.revise(session, event, actor="t", now=self.now)

    def _decline(self, session, name):
        found = self._registration(session, name)
        if found:
            self.answer(session, found.invitee, "DECLINED", token=found.invitee.reply_token)

    def answer(self, session, invitee, partstat, *, token):
        """Let a program reply; return what became of it."""
        self.count += 1
        event = session.get(Event, self.event_id)
        text = (
            f"Message-ID: <{self.event_id}.{self.count}@coop.example>\r\n"
            f"From: {SHARED}\r\nTo: agenda+r-{token}@fecrecoop.example\r\n"
            "Content-Type: text/calendar; method=REPLY\r\n\r\n"
            "BEGIN:VCALENDAR\r\nMETHOD:REPLY\r\nBEGIN:VEVENT\r\n"
            f"UID:{event.uid}\r\nSEQUENCE:{event.sequence}\r\nDTSTAMP:{self.now:%Y%m%dT%H%M%SZ}\r\n"
            f"ATTENDEE;PARTSTAT={partstat}:mailto:{invitee.person.email}\r\n"
            "END:VEVENT\r\nEND:VCALENDAR\r\n"
        )
        return inbound.receive(session, text.encode(), now=self.now).reason

    def deliver(self):
        """Tell what is due and deliver until nothing waits; each calendar follows its mails."""
        self.now += 10 * MINUTE
        event_jobs.tell_announcements(self.database, self.now)
        for _ in range(9):
            transport = SmtpTransport(self.server.url, attempt_seconds=5.0)
            sender = "agenda@fecrecoop.example"
            delivery.Delivery(self.database, transport, sender=sender, now=self.now).run()
            transport.close()
            if not self._waits():
                break
            self.now += timedelta(hours=1)
        for taken in self.server.taken[self.read :]:
            self.calendars.read(taken.raw)
        self.read = len(self.server.taken)

    def _waits(self):
        live = (MessageState.QUEUED, MessageState.UNCERTAIN)
        with self.database.reading() as session:
            return session.query(OutgoingMessage).filter(OutgoingMessage.state.in_(live)).count()

    def seated(self):
        """Return who has a place, by mailbox."""
        with self.database.reading() as session:
            rows = session.execute(
                sa.select(Person.email_key, Person.name)
                .join(Invitee, Invitee.person_id == Person.id)
                .where(Invitee.event_id == self.event_id, Invitee.standing == Standing.INVITED)
            )
            found = {}
            for key, name in rows:
                found.setdefault(key, set()).add(name)
            return found

    def shown(self):
        """Return whom the entry of each mailbox that has one names."""
        return {
            address: set(entries[self.uid].names)
            for address, entries in self.calendars.entries.items()
            if self.uid in entries
        }

    def check(self):
        self.deliver()
        assert self.shown() == self.seated(), str(self.done)

    def invitee(self, session, name):
        wanted = sa.select(Invitee).join(Person, Person.id == Invitee.person_id)
        return session.scalars(
            wanted.where(Invitee.event_id == self.event_id, Person.name == name)
        ).one()

    def mails(self, since=0):
        return [message_from_bytes(one.raw, policy=policy.default) for one in self.server.taken][
            since:
        ]


@pytest.fixture
def world(database, server, now):
    return World(database, server, now)


@pytest.mark.parametrize("count", [2, 3])
def test_who_leaves_takes_nobody_elses_entry_along(database, server, now, count):
    for order in permutations(NAMES[:count]):
        world = World(database, server, now)
        world.do("join", *NAMES[:count])
        world.check()
        assert len(world.shown()[SHARED]) == count
        for name in order:
            world.do("leave", name)
            world.check()
        assert world.shown() == {}
        server.taken.clear()


def test_those_who_come_and_go_in_one_second_are_all_told(world):
    world.do("join", "Ana Soto")
    world.now -= MINUTE
    world.do("join", "Luis Vera", "Marta Paz")
    world.now -= MINUTE
    world.do("leave", "Luis Vera")
    world.check()
    assert world.shown() == {SHARED: {"Ana Soto", "Marta Paz"}}


def test_what_was_overtaken_by_the_withdrawal_does_not_arrive_after_it(world):
    world.do("join", "Ana Soto", "Luis Vera")
    world.deliver()
    world.do("leave", "Ana Soto")
    # The update for Luis waits when he leaves too.
    world.do("leave", "Luis Vera")
    before = len(world.server.taken)
    world.check()
    told = [mail for mail in world.mails(before) if "METHOD:REQUEST" in text_of(mail)]
    assert not told
    assert world.shown() == {}


def text_of(mail):
    return "".join(
        part.get_payload(decode=True).decode()
        for part in mail.walk()
        if part.get_content_type() == "text/calendar"
    )


def test_subjects_name_the_person_where_several_read_them(world):
    world.do("join", "Ana Soto", "Luis Vera")
    world.do("join_alone", "Marta Paz")
    world.deliver()
    subjects = {str(mail["To"]).split(" <")[0]: str(mail["Subject"]) for mail in world.mails()}
    assert subjects["Ana Soto"].endswith("(Ana Soto)")
    assert subjects["Luis Vera"].endswith("(Luis Vera)")
    assert "Marta" not in subjects["Marta Paz"]


def test_an_answer_is_its_persons_or_nobodys_until_it_is_asked(world):
    world.do("join", "Ana Soto")
    world.check()
    with world.database.reading() as session:
        entry_token = world.invitee(session, "Ana Soto").reply_token
    world.do("join", "Luis Vera")
    world.check()
    with world.database.transaction() as session:
        ana, luis = (world.invitee(session, name) for name in NAMES[:2])
        # The entry answers where it always did, and that says no longer whose it is.
        assert {ana.entry_token, luis.entry_token} == {entry_token}
        assert len({ana.reply_token, luis.reply_token, entry_token}) == 3
        assert world.answer(session, luis, "ACCEPTED", token=luis.reply_token) is Reason.APPLIED
        assert (ana.answer, luis.answer) == (Answer.PENDING, Answer.ACCEPTED)
        for _ in range(2):
            world.now += MINUTE
            found = world.answer(session, ana, "DECLINED", token=entry_token)
            assert found is Reason.UNAUTHENTICATED
        assert (ana.answer, luis.answer) == (Answer.PENDING, Answer.ACCEPTED)
    before = len(world.server.taken)
    world.check()
    [asked] = world.mails(before)
    assert str(asked["Subject"]).startswith("¿Quién de ustedes no viene?")
    plain = asked.get_body(("plain",)).get_content().replace("\r\n", "\n")
    links = re.findall(r"^(.+):\s+(http\S+/inscripciones/\S+)$", plain, re.MULTILINE)
    assert [name for name, _ in links] == ["Ana Soto", "Luis Vera"]
    assert len({link for _, link in links}) == 2


def test_a_called_off_talk_that_takes_place_after_all_is_for_who_is_left(world):
    world.do("join", "Ana Soto", "Luis Vera")
    world.check()
    with world.database.transaction() as session:
        talk = event_queries.lock_event(session, world.event_id)
        events.cancel(session, talk, reason="Lluvia", actor="t", now=world.now)
    world.do("leave", "Ana Soto")
    with world.database.transaction() as session:
        talk = event_queries.lock_event(session, world.event_id)
        events.undo_cancellation(session, talk, actor="t", now=world.now + MINUTE)
    world.check()
    assert world.shown() == {SHARED: {"Luis Vera"}}


def test_members_of_a_table_behind_one_mailbox_share_the_entry(world):
    """One is taken off, one declines and stays called; the last one's leaving takes it away."""
    with world.database.transaction() as session:
        table = a_table(session)
        meeting = a_meeting(session, table.series)
        place = Place(table.federation.id, "", Capacity.GUEST)
        for name in NAMES[:3]:
            person = a_person(session, name=name, email=SHARED)
            meetings.invite(session, meeting, person, place, actor="t", now=world.now)
        world.event_id, world.uid = meeting.id, meeting.uid
    world.check()
    assert world.shown() == {SHARED: set(NAMES[:3])}

    def seat_of(session, name):
        return session.get_one(Seat, world.invitee(session, name).id)

    with world.database.transaction() as session:
        said = Reply(Answer.DECLINED, "Feriado", "")
        seat = seat_of(session, "Luis Vera")
        meetings.answer(session, seat, said, actor="t", now=world.now)
    for left, name in ((set(NAMES[1:3]), "Ana Soto"), ({NAMES[1]}, "Marta Paz"), (None, NAMES[1])):
        with world.database.transaction() as session:
            meetings.uninvite(session, seat_of(session, name), actor="t", now=world.now)
        world.check()
        assert world.shown() == ({SHARED: left} if left else {})


def test_who_was_erased_is_not_named_in_what_others_of_the_mailbox_got(world):
    world.do("join", "Ana Soto", "Luis Vera")
    world.check()
    world.do("leave", "Ana Soto")
    world.check()
    world.do("erase", "Ana Soto")
    with world.database.reading() as session:
        rows = session.execute(sa.select(OutgoingMessage.raw, OutgoingMessage.subject)).all()
    assert rows
    assert not [row for row in rows if b"Ana Soto" in row.raw or "Ana" in row.subject]
    world.check()
    assert world.shown() == {SHARED: {"Luis Vera"}}


def leave_at_once(world, *, release):
    """Let two leave in transactions that overlap; the second may go on once the first did."""
    first_left, second_asks = threading.Event(), threading.Event()

    def second():
        first_left.wait(10)
        with world.database.transaction() as session:
            second_asks.set()
            world.leave(session, "Luis Vera")

    thread = threading.Thread(target=second)
    thread.start()
    with world.database.transaction() as session:
        world.leave(session, "Ana Soto")
        session.flush()
        first_left.set()
        second_asks.wait(10)
        release(thread)
    thread.join(20)
    assert not thread.is_alive()


def test_of_two_who_leave_at_once_the_second_takes_the_entry_along(world, engine_name):
    world.do("join", "Ana Soto", "Luis Vera")
    world.check()
    # SQLite lets nobody in who writes until the first is done: nothing overlaps there.
    if engine_name == "sqlite":
        world.do("leave", "Ana Soto")
        world.do("leave", "Luis Vera")
    else:
        leave_at_once(world, release=lambda thread: thread.join(0.5))
    world.check()
    assert world.shown() == {}


def test_without_the_events_row_held_each_would_leave_it_to_the_other(world, engine_name):
    """The negative control of the test above."""
    if engine_name == "sqlite":
        pytest.skip("One writer at a time: there is no row to hold.")
    world.do("join", "Ana Soto", "Luis Vera")
    world.check()

    def unheld(session, talk_id):
        return session.get(Talk, talk_id)

    with patch.object(talks, "lock_talk", unheld):
        leave_at_once(world, release=lambda thread: thread.join(5))
    world.deliver()
    assert world.shown() != {}


ACTIONS = (
    "join", "join_alone", "leave", "removed", "move_out", "move_in", "transfer", "decline",
    "erase", "reschedule",
)  # fmt: skip
STEPS = strategies.lists(
    strategies.tuples(
        strategies.sampled_from(ACTIONS), strategies.sampled_from(NAMES), strategies.booleans()
    ),
    min_size=4,
    max_size=9,
)


@settings(
    max_examples=8,
    derandomize=True,
    phases=(Phase.explicit, Phase.generate),
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(steps=STEPS, slow=strategies.booleans())
def test_whatever_they_do_a_mailbox_has_one_entry_for_who_has_a_place(
    database, server, now, steps, slow
):
    server.taken.clear()
    # Every third letter is put off, so that some overtake others.
    server.faults = lambda step, count: (
        "451 4.7.1 later" if slow and step == "rcpt" and count % 3 == 0 else None
    )
    world = World(database, server, now, capacity=3)
    world.do("join", *NAMES[:3])
    for action, name, looks in steps:
        refused = None
        try:
            if action == "erase":
                world.do("leave", name)
                world.check()
            world.do(action, name)
        except DomainError as error:
            refused = error
        if looks or refused:
            world.check()
    world.check()
    # Programs take an update from whom the entry came from alone, if it comes in its turn.
    assert slow or not [one for one in world.calendars.strange if world.uid in one], world.done
