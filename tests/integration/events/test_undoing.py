"""What can be taken back, until when, and what calendars and feeds make of it."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from coopoutreach.events import commands, jobs, queries
from coopoutreach.events.errors import NothingPending, TooLate, WrongState
from coopoutreach.events.models import Event
from coopoutreach.events.rules import AnnouncementState, EventState, Standing
from coopoutreach.mail.outgoing.models import OutgoingMessage
from tests.factories import a_person, a_talk

MINUTE = timedelta(minutes=1)
UNDO = timedelta(minutes=10)


@pytest.fixture
def talk_id(database, settings, now):
    with database.transaction() as session:
        talk = a_talk(session, state=EventState.DRAFT)
        commands.set_reminders(session, talk, days={7, 1}, now=now)
        commands.publish(session, talk, actor="user:1", now=now)
        return talk.id


@pytest.fixture
def with_people(database, talk_id, now):
    with database.transaction() as session:
        talk = queries.lock_event(session, talk_id)
        for _ in range(3):
            invitee = commands.invite(
                session, talk, a_person(session), standing=Standing.INVITED, now=now
            )
            invitee.told_sequence = talk.sequence


def act(database, talk_id, command, at, **given):
    with database.transaction() as session:
        command(session, queries.lock_event(session, talk_id), actor="user:1", now=at, **given)


def stored(database, talk_id):
    with database.reading() as session:
        talk = session.get_one(Event, talk_id)
        assert talk.vevent
        session.expunge_all()
        return talk


def states(database, talk_id):
    with database.reading() as session:
        return [
            (found.kind.value, found.state) for found in queries.announcements_of(session, talk_id)
        ]


def notices(database):
    with database.reading() as session:
        return list(session.scalars(select(OutgoingMessage.notice)))


class TestCancellation:
    def test_nobody_is_told_for_ten_minutes(self, database, talk_id, with_people, now):
        act(database, talk_id, commands.cancel, now, reason="Lluvia")
        assert jobs.tell_announcements(database, now + UNDO - MINUTE) == 0
        assert jobs.tell_announcements(database, now + UNDO) == 3
        assert jobs.tell_announcements(database, now + UNDO) == 0

    def test_undone_it_stands_as_before_and_readers_of_feeds_follow(
        self, database, talk_id, with_people, now
    ):
        before = states(database, talk_id)
        act(database, talk_id, commands.cancel, now, reason="Lluvia")
        seen = stored(database, talk_id)
        assert b"STATUS:CANCELLED" in seen.vevent
        act(database, talk_id, commands.undo_cancellation, now + 9 * MINUTE)
        talk = stored(database, talk_id)
        assert talk.state is EventState.PUBLISHED
        assert talk.sequence > seen.sequence
        assert (talk.cancellation_reason, talk.cancelled_at) == ("", None)
        assert b"STATUS:CONFIRMED" in talk.vevent
        assert states(database, talk_id) == before
        assert jobs.tell_announcements(database, now + 60 * MINUTE) == 0
        assert notices(database) == []

    def test_undone_it_may_be_called_off_again_and_is_told_once(
        self, database, talk_id, with_people, now
    ):
        act(database, talk_id, commands.cancel, now, reason="Lluvia")
        act(database, talk_id, commands.undo_cancellation, now + MINUTE)
        act(database, talk_id, commands.cancel, now + 2 * MINUTE, reason="Nieve")
        assert jobs.tell_announcements(database, now + UNDO) == 0
        assert jobs.tell_announcements(database, now + 2 * MINUTE + UNDO) == 3

    def test_is_not_undone_after_ten_minutes(self, database, talk_id, with_people, now):
        act(database, talk_id, commands.cancel, now, reason="Lluvia")
        with pytest.raises(TooLate, match="ya está saliendo"):
            act(database, talk_id, commands.undo_cancellation, now + UNDO)

    def test_is_not_undone_once_told(self, database, talk_id, with_people, now):
        act(database, talk_id, commands.cancel, now, reason="Lluvia")
        act(database, talk_id, commands.tell_now, now + MINUTE)
        with pytest.raises(TooLate, match="ya está saliendo"):
            act(database, talk_id, commands.undo_cancellation, now + MINUTE)
        assert jobs.tell_announcements(database, now + MINUTE) == 3
        with pytest.raises(TooLate, match="ya se avisó"):
            act(database, talk_id, commands.undo_cancellation, now + MINUTE)
        with pytest.raises(NothingPending):
            act(database, talk_id, commands.tell_now, now + MINUTE)

    @pytest.mark.both_engines
    def test_of_what_begins_within_the_hour_is_told_at_once(self, database, talk_id, with_people):
        soon = stored(database, talk_id).starts_at - 30 * MINUTE
        act(database, talk_id, commands.cancel, soon, reason="Lluvia")
        assert jobs.tell_announcements(database, soon) == 3

    def test_a_move_that_waited_is_not_told_and_undone_it_is(
        self, database, talk_id, with_people, now
    ):
        with database.transaction() as session:
            talk = queries.lock_event(session, talk_id)
            talk.place = "Otra sala"
            commands.revise(session, talk, actor="user:1", now=now)
        act(database, talk_id, commands.cancel, now + MINUTE, reason="Lluvia")
        assert jobs.tell_announcements(database, now + 8 * MINUTE) == 0
        act(database, talk_id, commands.undo_cancellation, now + 8 * MINUTE)
        assert stored(database, talk_id).state is EventState.RESCHEDULED
        assert jobs.tell_announcements(database, now + 8 * MINUTE) == 3
        assert set(notices(database)) == {"events/moved"}

    def test_a_move_that_waited_is_covered_by_the_cancellation(
        self, database, talk_id, with_people, now
    ):
        with database.transaction() as session:
            talk = queries.lock_event(session, talk_id)
            talk.place = "Otra sala"
            commands.revise(session, talk, actor="user:1", now=now)
        act(database, talk_id, commands.cancel, now + MINUTE, reason="Lluvia")
        jobs.tell_announcements(database, now + 6 * MINUTE)
        jobs.tell_announcements(database, now + 60 * MINUTE)
        assert notices(database) == ["events/cancelled"] * 3
        assert ("moved", AnnouncementState.DROPPED) in states(database, talk_id)

    def test_an_edit_made_meanwhile_is_followed_when_it_is_undone(
        self, database, talk_id, with_people, now
    ):
        act(database, talk_id, commands.cancel, now, reason="Lluvia")
        with database.transaction() as session:
            talk = queries.lock_event(session, talk_id)
            talk.place = "Otra sala"
            commands.revise(session, talk, actor="user:1", now=now)
        act(database, talk_id, commands.undo_cancellation, now + MINUTE)
        assert stored(database, talk_id).state is EventState.RESCHEDULED
        assert jobs.tell_announcements(database, now + 6 * MINUTE) == 3

    def test_reminders_that_fell_due_meanwhile_go_out_when_it_is_undone(
        self, database, talk_id, with_people
    ):
        with database.reading() as session:
            due = queries.announcements_of(session, talk_id)[0].due_at
        act(database, talk_id, commands.cancel, due - MINUTE, reason="Lluvia")
        assert jobs.tell_announcements(database, due) == 0
        act(database, talk_id, commands.undo_cancellation, due + MINUTE)
        assert jobs.tell_announcements(database, due + MINUTE) == 3
        assert set(notices(database)) == {"events/reminder"}

    def test_a_worker_that_holds_what_was_taken_back_tells_nobody(
        self, database, talk_id, with_people, now
    ):
        act(database, talk_id, commands.cancel, now, reason="Lluvia")
        with database.reading() as session:
            found = queries.pending_cancellation(session, talk_id).id
        act(database, talk_id, commands.undo_cancellation, now + MINUTE)
        with database.transaction() as session:
            assert commands.tell_next_batch(session, found, now=now + UNDO).count == 0


class TestPublication:
    def test_undone_it_is_a_draft_without_reminders(self, database, talk_id, now):
        act(database, talk_id, commands.undo_publication, now + 9 * MINUTE)
        talk = stored(database, talk_id)
        assert (talk.state, talk.published_at) == (EventState.DRAFT, None)
        assert states(database, talk_id) == []

    def test_published_again_it_carries_more_than_a_feed_may_have_shown(
        self, database, talk_id, now
    ):
        seen = stored(database, talk_id).sequence
        act(database, talk_id, commands.undo_publication, now)
        act(database, talk_id, commands.publish, now)
        assert stored(database, talk_id).sequence > seen

    def test_is_not_undone_after_ten_minutes(self, database, talk_id, now):
        with pytest.raises(TooLate, match="Ya pasó el plazo"):
            act(database, talk_id, commands.undo_publication, now + UNDO)

    def test_is_not_undone_once_somebody_registered(self, database, talk_id, with_people, now):
        with pytest.raises(TooLate, match="Ya hay personas inscritas"):
            act(database, talk_id, commands.undo_publication, now + MINUTE)

    def test_is_not_undone_twice(self, database, talk_id, now):
        act(database, talk_id, commands.undo_publication, now)
        with pytest.raises(WrongState):
            act(database, talk_id, commands.undo_publication, now)
