"""Changes of plans on a real database: gathered, and each person told once what is news."""

import email
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from email import policy

import pytest
from sqlalchemy import select

from coopoutreach.events import commands, jobs, queries
from coopoutreach.events.models import Announcement, Event, Invitee
from coopoutreach.events.rules import (
    AnnouncementKind,
    AnnouncementState,
    Answer,
    EventState,
    Modality,
    Standing,
)
from coopoutreach.mail.outgoing.models import OutgoingMessage
from coopoutreach.platform.core import settings as process_settings
from coopoutreach.platform.core.settings import Gathering
from coopoutreach.talks.talks.models import Talk
from tests.factories import a_person, a_talk

MOVED, LINK, REVISED = AnnouncementKind.MOVED, AnnouncementKind.LINK, AnnouncementKind.REVISED
WAIT = timedelta(minutes=5)
MINUTE = timedelta(minutes=1)


@pytest.fixture
def talk_id(database, settings, now):
    """A talk with a reminder, three people who have a place and one who waits."""
    with database.transaction() as session:
        talk = a_talk(
            session,
            modality=Modality.HYBRID,
            link="https://reuniones.example/sala",
            capacity_online=10,
        )
        commands.set_reminders(session, talk, days={7}, now=now)
        for _ in range(3):
            join(session, talk, now)
        join(session, talk, now, standing=Standing.WAITING)
        return talk.id


def join(session, talk, now, *, standing=Standing.INVITED):
    """Register somebody, who is told of the talk as it is."""
    invitee = commands.invite(session, talk, a_person(session), standing=standing, now=now)
    if standing is Standing.INVITED:
        invitee.told_sequence = talk.sequence
    session.flush()
    return invitee


def edit(database, talk_id, at, *, hours=0, tells_words=False, **columns):
    with database.transaction() as session:
        talk = queries.lock_event(session, talk_id)
        talk.wall_start += timedelta(hours=hours)
        talk.wall_end += timedelta(hours=hours)
        for name, value in columns.items():
            setattr(talk, name, value)
        talk.resolve_time()
        return commands.revise(session, talk, tells_words=tells_words, actor="user:1", now=at)


def letters(database):
    with database.reading() as session:
        rows = session.execute(
            select(OutgoingMessage.notice, OutgoingMessage.invitee_id, OutgoingMessage.raw)
            .where(OutgoingMessage.notice.startswith("events/"))
            .order_by(OutgoingMessage.id)
        )
        return [tuple(row) for row in rows]


def told(database):
    return sorted((notice, invitee) for notice, invitee, _raw in letters(database))


def people(database, talk_id, standing=Standing.INVITED):
    with database.reading() as session:
        wanted = select(Invitee.id).where(Invitee.event_id == talk_id, Invitee.standing == standing)
        return list(session.scalars(wanted.order_by(Invitee.id)))


def stored(database, talk_id):
    with database.reading() as session:
        talk = session.get_one(Event, talk_id)
        session.expunge_all()
        return talk


def pending(database, talk_id):
    with database.reading() as session:
        found = queries.pending(session, talk_id)
        session.expunge_all()
        return found


def text_of(raw):
    message = email.message_from_bytes(raw, policy=policy.default)
    return message.get_body(("plain",)).get_content()


def calendar_of(raw):
    for part in email.message_from_bytes(raw).walk():
        if part.get_content_type() == "text/calendar":
            return part.get_payload(decode=True).decode().replace("\r\n ", "")
    return None


class Killed(BaseException):
    """The end of a process, at the worst moment: before it commits."""


@contextmanager
def killed(database):
    with database.transaction() as session:
        yield session
        raise Killed


class TestWords:
    def test_bother_nobody_and_keep_answers_and_sequence(self, database, talk_id, now):
        with database.transaction() as session:
            for invitee in session.scalars(select(Invitee)):
                invitee.answer = Answer.ACCEPTED
        edit(database, talk_id, now, title="Otro título", description="Otra.")
        assert jobs.tell_announcements(database, now + 60 * MINUTE) == 0
        assert pending(database, talk_id) is None
        with database.reading() as session:
            assert set(session.scalars(select(Invitee.answer))) == {Answer.ACCEPTED}
        assert stored(database, talk_id).sequence == 0

    def test_are_told_when_the_coordination_asks_with_the_same_sequence_and_a_later_stamp(
        self, database, talk_id, now
    ):
        with database.transaction() as session:
            for invitee in session.scalars(select(Invitee)):
                invitee.answer = Answer.ACCEPTED
        edit(database, talk_id, now, title="Otro título", tells_words=True)
        assert jobs.tell_announcements(database, now + WAIT) == 4
        found = [raw for notice, _to, raw in letters(database) if notice == "events/revised"]
        calendars = [text for raw in found if (text := calendar_of(raw))]
        assert len(found) == 4
        assert len(calendars) == 3
        for text in calendars:
            assert "SEQUENCE:0\r\n" in text
            assert "PARTSTAT=ACCEPTED" in text
            assert f"DTSTAMP:{now + WAIT:%Y%m%dT%H%M%SZ}" in text
            assert f"LAST-MODIFIED:{now:%Y%m%dT%H%M%SZ}" in text


class TestGathering:
    def test_five_edits_are_one_mail_that_tells_what_was_known_and_what_holds(
        self, database, talk_id, now
    ):
        for number in range(5):
            edit(database, talk_id, now + number * MINUTE, hours=1)
        last = now + 4 * MINUTE
        assert jobs.tell_announcements(database, last + WAIT - timedelta(seconds=1)) == 0
        assert jobs.tell_announcements(database, last + WAIT) == 4
        assert jobs.tell_announcements(database, last + 2 * WAIT) == 0
        found = letters(database)
        assert {notice for notice, _to, _raw in found} == {"events/moved"}
        assert len(found) == 4
        for _notice, _to, raw in found:
            text = text_of(raw)
            assert "Antes: martes 15 de diciembre de 2026, 10:00 a 12:00 h" in text
            assert "15:00 a 17:00 h" in text
            assert "11:00" not in text
        assert stored(database, talk_id).sequence == 5
        assert "SEQUENCE:5\r\n" in calendar_of(found[0][2])

    def test_there_and_back_within_the_window_is_told_to_nobody(self, database, talk_id, now):
        with database.transaction() as session:
            for invitee in session.scalars(select(Invitee)):
                invitee.answer = Answer.ACCEPTED
        edit(database, talk_id, now, hours=3)
        assert stored(database, talk_id).state is EventState.RESCHEDULED
        edit(database, talk_id, now + MINUTE, hours=-3)
        assert pending(database, talk_id) is None
        assert jobs.tell_announcements(database, now + 60 * MINUTE) == 0
        talk = stored(database, talk_id)
        # What a feed may have shown in between is overtaken; what it says is what it was.
        assert (talk.state, talk.sequence) == (EventState.PUBLISHED, 2)
        with database.reading() as session:
            assert set(session.scalars(select(Invitee.answer))) == {Answer.ACCEPTED}

    def test_there_and_back_after_it_was_told_is_told_again(self, database, talk_id, now):
        edit(database, talk_id, now, hours=3)
        assert jobs.tell_announcements(database, now + WAIT) == 4
        edit(database, talk_id, now + 2 * WAIT, hours=-3)
        assert jobs.tell_announcements(database, now + 3 * WAIT) == 4
        edit(database, talk_id, now + 4 * WAIT, hours=3)
        assert jobs.tell_announcements(database, now + 5 * WAIT) == 4
        assert len(letters(database)) == 12

    def test_who_joined_in_between_is_told_when_it_moves_back_and_nobody_else(
        self, database, talk_id, now
    ):
        edit(database, talk_id, now, hours=3)
        with database.transaction() as session:
            late = join(session, session.get_one(Talk, talk_id), now).id
        edit(database, talk_id, now + MINUTE, hours=-3)
        assert stored(database, talk_id).state is EventState.PUBLISHED
        assert jobs.tell_announcements(database, now + MINUTE + WAIT) == 1
        [(notice, to, raw)] = letters(database)
        assert (notice, to) == ("events/moved", late)
        assert "Antes: martes 15 de diciembre de 2026, 13:00" in text_of(raw)

    def test_who_joins_during_the_window_gets_the_newest_alone(self, database, talk_id, now):
        edit(database, talk_id, now, hours=3)
        with database.transaction() as session:
            late = join(session, session.get_one(Talk, talk_id), now).id
        assert jobs.tell_announcements(database, now + WAIT) == 4
        assert late not in {to for _notice, to in told(database)}

    def test_answers_are_asked_for_again_as_people_are_told(self, database, talk_id, now):
        with database.transaction() as session:
            for invitee in session.scalars(select(Invitee)):
                invitee.answer = Answer.ACCEPTED
        edit(database, talk_id, now, hours=3)
        with database.reading() as session:
            assert set(session.scalars(select(Invitee.answer))) == {Answer.ACCEPTED}
        jobs.tell_announcements(database, now + WAIT)
        with database.reading() as session:
            assert set(session.scalars(select(Invitee.answer))) == {Answer.PENDING}
        found = [text for *_rest, raw in letters(database) if (text := calendar_of(raw))]
        assert len(found) == 3
        assert all("PARTSTAT=NEEDS-ACTION;RSVP=TRUE" in text for text in found)

    def test_who_waits_is_told_without_an_invitation(self, database, talk_id, now):
        edit(database, talk_id, now, hours=3)
        jobs.tell_announcements(database, now + WAIT)
        [waits] = people(database, talk_id, Standing.WAITING)
        [raw] = [raw for _notice, to, raw in letters(database) if to == waits]
        assert calendar_of(raw) is None
        assert "Usted sigue en lista de espera" in text_of(raw)

    def test_who_left_is_told_nothing(self, database, talk_id, now):
        edit(database, talk_id, now, hours=3)
        left = people(database, talk_id)[0]
        with database.transaction() as session:
            session.get_one(Invitee, left).standing = Standing.WITHDRAWN
        assert jobs.tell_announcements(database, now + WAIT) == 3

    def test_how_long_is_a_setting(self, database, talk_id, now, settings):
        process_settings.install(replace(settings, gathering=Gathering(change=timedelta(0))))
        edit(database, talk_id, now, hours=3)
        assert jobs.tell_announcements(database, now) == 4

    def test_a_move_of_what_begins_within_the_hour_leaves_at_once(self, database, talk_id):
        soon = stored(database, talk_id).starts_at - 30 * MINUTE
        edit(database, talk_id, soon, hours=48)
        assert jobs.tell_announcements(database, soon) == 4

    def test_a_move_is_told_an_hour_before_what_people_believe_at_the_latest(
        self, database, talk_id
    ):
        soon = stored(database, talk_id).starts_at - 62 * MINUTE
        edit(database, talk_id, soon, hours=48)
        edit(database, talk_id, soon + MINUTE, hours=48)
        assert pending(database, talk_id).due_at == soon + 2 * MINUTE

    def test_it_leaves_at_once_when_the_coordination_says_so(self, database, talk_id, now):
        edit(database, talk_id, now, hours=3)
        with database.transaction() as session:
            commands.tell_now(session, session.get_one(Talk, talk_id), actor="user:1", now=now)
        assert jobs.tell_announcements(database, now) == 4

    def test_reminders_follow_and_none_comes_before_what_it_would_give_away(
        self, database, talk_id, now
    ):
        with database.reading() as session:
            [reminder] = queries.announcements_of(session, talk_id)
            session.expunge_all()
        edit(database, talk_id, reminder.due_at - MINUTE, hours=-2)
        due = reminder.due_at
        # Two hours earlier: the new reminder's moment has passed, the old one's never comes.
        assert jobs.tell_announcements(database, due) == 0
        assert jobs.tell_announcements(database, due - MINUTE + WAIT) == 4
        assert {notice for notice, _to in told(database)} == {"events/moved"}

    def test_a_reminder_that_fell_due_in_between_goes_out_when_it_moves_back(
        self, database, talk_id
    ):
        with database.reading() as session:
            due = queries.announcements_of(session, talk_id)[0].due_at
        edit(database, talk_id, due - MINUTE, hours=3)
        edit(database, talk_id, due + MINUTE, hours=-3)
        assert jobs.tell_announcements(database, due + MINUTE) == 3
        assert {notice for notice, _to in told(database)} == {"events/reminder"}


class TestLink:
    NEW = "https://reuniones.example/otra"

    @pytest.mark.both_engines
    def test_another_link_is_told_to_who_has_a_place_and_the_answer_stays(
        self, database, talk_id, now
    ):
        with database.transaction() as session:
            for invitee in session.scalars(select(Invitee)):
                invitee.answer = Answer.ACCEPTED
        assert edit(database, talk_id, now, link=self.NEW) is LINK
        assert jobs.tell_announcements(database, now + 2 * MINUTE) == 3
        assert told(database) == [("events/link", to) for to in people(database, talk_id)]
        for _notice, _to, raw in letters(database):
            text = calendar_of(raw)
            assert self.NEW in text
            assert "SEQUENCE:0\r\n" in text
            assert "PARTSTAT=ACCEPTED" in text
            assert self.NEW in text_of(raw)
        with database.reading() as session:
            assert set(session.scalars(select(Invitee.answer))) == {Answer.ACCEPTED}

    def test_ten_minutes_before_the_start_it_leaves_at_once(self, database, talk_id):
        soon = stored(database, talk_id).starts_at - 10 * MINUTE
        edit(database, talk_id, soon, link=self.NEW)
        assert jobs.tell_announcements(database, soon) == 3

    def test_the_old_link_put_back_is_told_to_nobody(self, database, talk_id, now):
        before = stored(database, talk_id).link
        edit(database, talk_id, now, link=self.NEW)
        edit(database, talk_id, now + MINUTE, link=before)
        assert jobs.tell_announcements(database, now + 60 * MINUTE) == 0

    def test_each_of_three_links_is_told_though_the_sequence_never_rises(
        self, database, talk_id, now
    ):
        before = stored(database, talk_id).link
        for number, link in enumerate((self.NEW, before, self.NEW)):
            at = now + number * WAIT
            edit(database, talk_id, at, link=link)
            assert jobs.tell_announcements(database, at + 2 * MINUTE) == 3

    def test_together_with_a_move_it_is_one_mail(self, database, talk_id, now):
        edit(database, talk_id, now, link=self.NEW)
        edit(database, talk_id, now + MINUTE, hours=3)
        assert jobs.tell_announcements(database, now + MINUTE + WAIT) == 4
        assert {notice for notice, _to in told(database)} == {"events/moved"}

    def test_of_a_talk_in_a_room_there_is_none_to_tell(self, database, settings, now):
        with database.transaction() as session:
            talk = a_talk(session)
            join(session, talk, now)
            talk_id = talk.id
        edit(database, talk_id, now, description="Otra.")
        assert jobs.tell_announcements(database, now + 60 * MINUTE) == 0


class TestWhileItIsBeingTold:
    @pytest.fixture
    def talk_id(self, database, settings, now):
        with database.transaction() as session:
            talk = a_talk(session)
            for _ in range(120):
                join(session, talk, now)
            return talk.id

    def batch(self, database, talk_id, at):
        found = pending(database, talk_id)
        with database.transaction() as session:
            return commands.tell_next_batch(session, found.id, now=at)

    def test_an_edit_between_two_batches_tells_each_what_they_knew_and_what_holds(
        self, database, talk_id, now
    ):
        edit(database, talk_id, now, hours=1)
        assert self.batch(database, talk_id, now + WAIT).count == 50
        edit(database, talk_id, now + WAIT, hours=1)
        # The worker that was at it finds that it has been put off.
        assert self.batch(database, talk_id, now + WAIT).count == 0
        assert jobs.tell_announcements(database, now + 2 * WAIT) == 120
        found = letters(database)
        assert len(found) == 170
        first = {to for _notice, to, _raw in found[:50]}
        for _notice, to, raw in found[50:]:
            knew = "11:00 a 13:00 h" if to in first else "10:00 a 12:00 h"
            assert f"Antes: martes 15 de diciembre de 2026, {knew}" in text_of(raw)
            assert "12:00 a 14:00 h" in text_of(raw)

    def test_moving_back_between_two_batches_is_told_to_who_had_been_told_alone(
        self, database, talk_id, now
    ):
        edit(database, talk_id, now, hours=1)
        self.batch(database, talk_id, now + WAIT)
        edit(database, talk_id, now + WAIT, hours=-1)
        assert jobs.tell_announcements(database, now + 2 * WAIT) == 50
        assert jobs.tell_announcements(database, now + 3 * WAIT) == 0

    def test_a_worker_killed_between_two_batches_leaves_the_rest_to_the_next(
        self, database, talk_id, now
    ):
        edit(database, talk_id, now, hours=1)
        self.batch(database, talk_id, now + WAIT)

        found = pending(database, talk_id)
        with pytest.raises(Killed), killed(database) as session:
            commands.tell_next_batch(session, found.id, now=now + WAIT)
        assert jobs.tell_announcements(database, now + WAIT) == 70
        assert jobs.tell_announcements(database, now + WAIT) == 0
        assert len({to for _notice, to in told(database)}) == len(letters(database)) == 120

    @pytest.mark.both_engines
    def test_a_cancellation_while_a_move_is_told_is_all_that_the_rest_hear(
        self, database, talk_id, now
    ):
        edit(database, talk_id, now, hours=1)
        self.batch(database, talk_id, now + WAIT)
        with database.transaction() as session:
            talk = queries.lock_event(session, talk_id)
            commands.cancel(session, talk, reason="Lluvia", actor="user:1", now=now + WAIT)
        assert jobs.tell_announcements(database, now + WAIT + 10 * MINUTE) == 120
        notices = [notice for notice, _to, _raw in letters(database)]
        assert notices.count("events/moved") == 50
        assert notices.count("events/cancelled") == 120
        # It is named by when its reader believed it to be.
        believed = [text_of(raw) for notice, _to, raw in letters(database)[50:]]
        assert sum("11:00 a 13:00 h" in text for text in believed) == 50
        with database.reading() as session:
            states = set(session.scalars(select(Announcement.state)))
        assert AnnouncementState.DUE not in states

    def test_a_reminder_that_is_being_told_goes_on_after_an_edit_of_words(
        self, database, talk_id, now
    ):
        with database.transaction() as session:
            talk = queries.lock_event(session, talk_id)
            commands.set_reminders(session, talk, days={7}, now=now)
            [reminder] = queries.announcements_of(session, talk_id)
            session.flush()
            session.expunge(reminder)
        with database.transaction() as session:
            commands.tell_next_batch(session, reminder.id, now=reminder.due_at)
        with database.transaction() as session:
            talk = queries.lock_event(session, talk_id)
            commands.revise(session, talk, actor="user:1", now=reminder.due_at)
            commands.set_reminders(session, talk, days={7, 1}, now=reminder.due_at)
        assert jobs.tell_announcements(database, reminder.due_at) == 70
        assert len(set(told(database))) == 120
