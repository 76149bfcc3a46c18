"""Events on a real database: what is announced, when, and to whom."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from coopoutreach.events import commands, jobs, queries
from coopoutreach.events.errors import WrongState
from coopoutreach.events.models import Announcement, Event, Invitee
from coopoutreach.events.rules import (
    AnnouncementKind,
    AnnouncementState,
    Answer,
    EventState,
    Standing,
)
from coopoutreach.mail.outgoing.models import OutgoingMessage
from coopoutreach.platform.core import time as civil
from tests.factories import a_person, a_talk


@pytest.fixture
def draft(session, now):
    talk = a_talk(session, state=EventState.DRAFT)
    commands.set_reminders(session, talk, days={7, 1}, now=now)
    return talk


@pytest.fixture
def talk(session, draft, now):
    commands.publish(session, draft, actor="user:1", now=now)
    session.flush()
    return draft


def invite(session, talk, now, *, standing=Standing.INVITED, told=0):
    invitee = commands.invite(session, talk, a_person(session), standing=standing, now=now)
    invitee.told_sequence = told if standing is Standing.INVITED else None
    session.flush()
    return invitee


def announcements(session, talk):
    return [
        (found.kind, found.days, found.state)
        for found in queries.announcements_of(session, talk.id)
    ]


def told(session):
    rows = session.execute(
        select(OutgoingMessage.notice, OutgoingMessage.invitee_id).order_by(OutgoingMessage.id)
    )
    return [tuple(row) for row in rows]


REMINDER, MOVED, CANCELLED, *_ = AnnouncementKind
DUE, TOLD, DROPPED = AnnouncementState


def move(talk, *, days=0, hours=0):
    """Put the talk somewhere else in time, as an edit does before the command follows it."""
    talk.wall_start += timedelta(days=days, hours=hours)
    talk.wall_end += timedelta(days=days, hours=hours)
    talk.resolve_time()


def reschedule(session, talk, now, *, hours=1):
    move(talk, hours=hours)
    commands.revise(session, talk, actor="user:1", now=now)
    session.flush()


class TestStates:
    def test_a_draft_is_published_once(self, session, talk, now):
        with pytest.raises(WrongState, match="La actividad ya está publicada"):
            commands.publish(session, talk, actor="user:1", now=now)

    def test_a_cancelled_event_stays_cancelled(self, session, talk, now):
        commands.cancel(session, talk, reason="Lluvia", actor="user:1", now=now)
        reschedule(session, talk, now)
        assert talk.state is EventState.CANCELLED
        with pytest.raises(WrongState):
            commands.publish(session, talk, actor="user:1", now=now)

    def test_a2_words_and_the_link_keep_the_sequence_and_time_raises_it(self, session, talk, now):
        talk.description = "Otra descripción."
        commands.revise(session, talk, actor="user:1", now=now)
        talk.link = "https://reuniones.example/sala"
        commands.revise(session, talk, tells_words=True, actor="user:1", now=now)
        assert (talk.sequence, talk.state) == (0, EventState.PUBLISHED)
        reschedule(session, talk, now)
        assert (talk.sequence, talk.state) == (1, EventState.RESCHEDULED)
        commands.cancel(session, talk, reason="x", actor="user:1", now=now)
        assert talk.sequence == 2

    def test_a1_the_uid_never_changes(self, session, talk, now):
        before = talk.uid
        reschedule(session, talk, now)
        assert f"UID:{before}".encode() in talk.vevent

    def test_the_link_to_join_is_for_invitees_alone(self, session, talk, now):
        talk.link = "https://reuniones.example/sala"
        commands.revise(session, talk, actor="user:1", now=now)
        assert b"reuniones.example" in talk.vevent_invited.replace(b"\r\n ", b"")
        assert b"reuniones.example" not in talk.vevent.replace(b"\r\n ", b"")


class TestReminders:
    def test_are_planned_at_the_same_wall_time_so_many_days_before(self, session, talk):
        due = [found.due_at for found in queries.announcements_of(session, talk.id)]
        assert due == [talk.starts_at - timedelta(days=7), talk.starts_at - timedelta(days=1)]

    def test_one_is_of_no_use_once_the_next_is_due_or_the_event_begins(self, session, talk):
        week, day = queries.announcements_of(session, talk.id)
        assert (week.not_after, day.not_after) == (day.due_at, talk.starts_at)

    def test_those_whose_day_has_passed_are_not_planned(self, session, draft):
        late = draft.starts_at - timedelta(days=3)
        commands.publish(session, draft, actor="user:1", now=late)
        assert [found.days for found in queries.announcements_of(session, draft.id)] == [1]

    def test_follow_a_change_of_the_days(self, session, talk, now):
        commands.set_reminders(session, talk, days={3}, now=now)
        assert announcements(session, talk) == [(REMINDER, 3, DUE)]

    def test_go_to_who_has_a_place_and_has_not_declined(self, session, talk, now):
        goes = invite(session, talk, now)
        invite(session, talk, now, standing=Standing.WAITING)
        invite(session, talk, now).answer = Answer.DECLINED
        invite(session, talk, now).standing = Standing.WITHDRAWN
        session.flush()
        week = queries.announcements_of(session, talk.id)[0]
        assert commands.tell_next_batch(session, week.id, now=week.due_at).count == 1
        assert told(session) == [("events/reminder", goes.id)]
        assert week.state is TOLD

    @pytest.mark.both_engines
    def test_a_late_one_is_dropped_and_shown_as_dropped(self, session, talk, now):
        invite(session, talk, now)
        week, day = queries.announcements_of(session, talk.id)
        assert commands.tell_next_batch(session, week.id, now=day.due_at).count == 0
        assert week.state is DROPPED
        assert told(session) == []

    def test_one_told_twice_is_told_once(self, session, talk, now):
        invite(session, talk, now)
        week = queries.announcements_of(session, talk.id)[0]
        for _ in range(3):
            commands.tell_next_batch(session, week.id, now=week.due_at)
        assert len(told(session)) == 1

    def test_start_anew_when_the_event_moves(self, session, talk, now):
        week = queries.announcements_of(session, talk.id)[0]
        commands.tell_next_batch(session, week.id, now=week.due_at)
        reschedule(session, talk, week.due_at, hours=20 * 24)
        assert announcements(session, talk) == [
            (REMINDER, 7, TOLD),
            (MOVED, 0, DUE),
            (REMINDER, 7, DUE),
            (REMINDER, 1, DUE),
        ]


class TestCancellation:
    @pytest.mark.both_engines
    def test_c4_it_withdraws_the_invitation_from_who_had_one(self, session, talk, now):
        goes = invite(session, talk, now)
        waits = invite(session, talk, now, standing=Standing.WAITING)
        commands.cancel(session, talk, reason="Lluvia", actor="user:1", now=now)
        session.flush()
        cancelled = queries.pending_cancellation(session, talk.id)
        commands.tell_next_batch(session, cancelled.id, now=cancelled.due_at)
        raws = {m.invitee_id: m.raw for m in session.scalars(select(OutgoingMessage)).all()}
        assert b"method=CANCEL" in raws[goes.id].replace(b'"', b"")
        assert b"text/calendar" not in raws[waits.id]
        assert (REMINDER, 7, DROPPED) in announcements(session, talk)


class TestJobs:
    def test_five_hundred_are_told_in_batches_each_once(self, database, settings, now):
        with database.transaction() as session:
            talk = a_talk(session)
            commands.set_reminders(session, talk, days={1}, now=now)
            for _ in range(120):
                invite(session, talk, now)
            due = queries.announcements_of(session, talk.id)[0].due_at
        assert jobs.tell_announcements(database, due) == 120
        assert jobs.tell_announcements(database, due) == 0
        with database.reading() as session:
            assert len(session.scalars(select(OutgoingMessage.id)).all()) == 120

    def test_f_19_a_machine_that_slept_six_hours_over_a_reminder_catches_up(
        self, database, settings, now
    ):
        with database.transaction() as session:
            talk = a_talk(session)
            commands.set_reminders(session, talk, days={7, 1}, now=now)
            invite(session, talk, now)
            due = queries.announcements_of(session, talk.id)[0].due_at
        asleep = due + timedelta(hours=6)
        assert jobs.tell_announcements(database, due - timedelta(seconds=1)) == 0
        assert jobs.tell_announcements(database, asleep) == 1
        assert jobs.tell_announcements(database, asleep + timedelta(seconds=10)) == 0

    @pytest.mark.parametrize(
        ("talk_at", "zone", "night"),
        [
            # Talks whose reminder, a day before, falls into the hours that change.
            (datetime(2026, 9, 7, 0, 30), "America/Santiago", datetime(2026, 9, 6, 0, 0)),
            (datetime(2027, 4, 4, 23, 30), "America/Santiago", datetime(2027, 4, 3, 22, 0)),
            (datetime(2026, 9, 6, 22, 30), "Pacific/Easter", datetime(2026, 9, 5, 20, 0)),
        ],
        ids=["clocks go forward", "clocks go back", "Easter Island"],
    )
    def test_f_18_in_a_night_of_changing_clocks_a_reminder_goes_once(
        self, database, settings, talk_at, zone, night
    ):
        published = datetime(2026, 8, 1, tzinfo=UTC)
        with database.transaction() as session:
            talk = a_talk(session, wall_start=talk_at, zone=zone, now=published)
            commands.set_reminders(session, talk, days={1}, now=published)
            invite(session, talk, published)
        start = civil.moment(night, zone) - timedelta(hours=3)
        ticks = [start + timedelta(minutes=10 * number) for number in range(60)]
        assert sum(jobs.tell_announcements(database, tick) for tick in ticks) == 1

    def test_past_events_are_closed(self, database, settings, now):
        with database.transaction() as session:
            talk_id = a_talk(session, wall_start=datetime(2026, 11, 20, 10, 0)).id
            a_talk(session)
        assert jobs.close_past_events(database, now) == 1
        with database.reading() as session:
            event = session.get_one(Event, talk_id)
            assert event.state is EventState.HELD

    @pytest.mark.both_engines
    def test_t7_new_rules_of_time_move_future_events_and_tell_their_invitees(
        self, database, settings, now, monkeypatch
    ):
        with database.transaction() as session:
            talk = a_talk(session)
            invite(session, talk, now)
            talk_id, before = talk.id, talk.starts_at
        jobs.follow_tzdata(database, now)

        def an_hour_later(wall, zone, *, fold=0):
            return datetime(*wall.timetuple()[:6], tzinfo=UTC) + timedelta(hours=4)

        monkeypatch.setattr(civil, "tzdata_version", lambda: "2027a")
        monkeypatch.setattr(civil, "moment", an_hour_later)
        assert jobs.follow_tzdata(database, now) == 1
        assert jobs.follow_tzdata(database, now) == 0
        with database.reading() as session:
            event = session.get_one(Event, talk_id)
            assert event.starts_at == before + timedelta(hours=1)
            assert event.sequence == 1
            moved = session.scalars(select(Announcement).where(Announcement.kind == MOVED)).one()
            assert moved.event_id == talk_id
            assert session.scalars(select(Invitee.event_id)).all() == [talk_id]
