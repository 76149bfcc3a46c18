"""One meeting, this and later ones, or all: who moves, who stays, and who is told, once."""

from dataclasses import replace
from datetime import date, datetime, time, timedelta

import pytest
from sqlalchemy import select

from coopoutreach.committee.meetings import commands, queries
from coopoutreach.committee.meetings.errors import DayMovesAlone, SeriesEnded
from coopoutreach.committee.meetings.fields import MeetingFields
from coopoutreach.committee.meetings.rules import MeetingType, Scope
from coopoutreach.events import commands as events
from coopoutreach.events import jobs as event_jobs
from coopoutreach.events.errors import WrongState
from coopoutreach.events.models import Announcement, Invitee
from coopoutreach.events.rules import AnnouncementKind, EventState, Modality, Standing
from coopoutreach.mail.outgoing.models import OutgoingMessage
from coopoutreach.platform.core import reactions
from coopoutreach.wiring import WIRING
from tests.factories import a_meeting, a_table

GATHERED = timedelta(minutes=10)


@pytest.fixture(autouse=True)
def wired():
    reactions.install(WIRING)


def fields_of(meeting, **changes):
    names = ("title", "wall_start", "wall_end", "modality", "place", "address", "comuna", "link")
    return replace(MeetingFields(**{name: getattr(meeting, name) for name in names}), **changes)


@pytest.fixture
def table(session, now):
    """A table with five months of drafts, of which March is convened with four people."""
    table = a_table(session)
    march = a_meeting(session, table.series)
    for person in table.people:
        invitee = events.invite(session, march, person, standing=Standing.INVITED, now=now)
        invitee.told_sequence = march.sequence
    commands.fill_horizon(session, table.series, until=date(2027, 5, 20), now=now)
    return table


def months(session, table):
    return {m.wall_start.month: m for m in queries.meetings_of(session, table.series.id)}


def edit(session, meeting, now, scope, **changes):
    return commands.edit_meeting(
        session,
        meeting,
        fields_of(meeting, **changes),
        scope=scope,
        actor="user:1",
        now=now,
    )


def hours(session, table):
    return {number: m.wall_start.hour for number, m in months(session, table).items()}


def at(day, hour):
    return {
        "wall_start": datetime.combine(day, time(hour)),
        "wall_end": datetime.combine(day, time(hour + 1)),
    }


def letters(session):
    rows = session.execute(select(OutgoingMessage.notice, OutgoingMessage.person_id))
    return sorted(tuple(row) for row in rows)


class TestThisOne:
    def test_it_moves_alone_and_from_then_on_stays_out_of_the_series(self, session, table, now):
        january = months(session, table)[1]
        edit(session, january, now, Scope.THIS, **at(date(2027, 1, 14), 9))
        assert january.wall_start == datetime(2027, 1, 14, 9)
        assert january.slot_on == date(2027, 1, 12)
        assert january.detached
        assert hours(session, table) == {12: 10, 1: 9, 2: 10, 3: 10, 4: 10, 5: 10}
        edit(session, months(session, table)[12], now, Scope.ALL, **at(date(2026, 12, 9), 15))
        assert hours(session, table) == {12: 15, 1: 9, 2: 15, 3: 15, 4: 15, 5: 15}

    def test_saved_as_it_was_it_stays_of_the_series(self, session, table, now):
        january = months(session, table)[1]
        assert edit(session, january, now, Scope.THIS) == []
        assert not january.detached

    def test_the_date_that_it_left_is_not_made_again(self, session, table, now):
        january = months(session, table)[1]
        edit(session, january, now, Scope.THIS, **at(date(2027, 1, 14), 9))
        made = commands.fill_horizon(session, table.series, until=date(2027, 5, 20), now=now)
        assert made == []

    def test_a_draft_moves_in_silence(self, session, table, now):
        assert edit(session, months(session, table)[1], now, Scope.THIS, place="Otra") == []
        assert session.scalars(select(Announcement)).all() == []

    def test_what_is_over_or_called_off_is_not_changed(self, session, table, now):
        march = months(session, table)[3]
        commands.cancel_meeting(session, march, reason="Paro", actor="user:1", now=now)
        with pytest.raises(WrongState):
            edit(session, march, now, Scope.THIS, place="Otra")


class TestThisAndLater:
    def test_hours_and_place_change_from_here_on_and_in_what_is_made_later(
        self, session, table, now
    ):
        february = months(session, table)[2]
        changes = at(date(2027, 2, 9), 15)
        told = edit(session, february, now, Scope.LATER, place="CORFO, piso 8", **changes)
        found = months(session, table)
        assert hours(session, table) == {12: 10, 1: 10, 2: 15, 3: 15, 4: 15, 5: 15}
        assert [found[n].place == "CORFO, piso 8" for n in (12, 1, 2, 3, 4, 5)] == [
            False, False, True, True, True, True,
        ]  # fmt: skip
        assert told == [found[3]]
        assert not february.detached
        made = commands.fill_horizon(session, table.series, until=date(2027, 6, 20), now=now)
        assert [(one.wall_start, one.place) for one in made] == [
            (datetime(2027, 6, 8, 15), "CORFO, piso 8")
        ]
        assert table.series.minutes == 60

    def test_each_keeps_its_own_day(self, session, table, now):
        before = {n: m.wall_start.date() for n, m in months(session, table).items()}
        edit(session, months(session, table)[12], now, Scope.LATER, **at(date(2026, 12, 9), 8))
        assert {n: m.wall_start.date() for n, m in months(session, table).items()} == before

    def test_another_day_is_for_one_meeting(self, session, table, now):
        with pytest.raises(DayMovesAlone):
            edit(session, months(session, table)[2], now, Scope.LATER, **at(date(2027, 2, 10), 10))

    def test_what_was_not_changed_is_left_as_each_has_it(self, session, table, now):
        found = months(session, table)
        found[4].link = "https://reuniones.example/abril"
        session.flush()
        edit(session, found[2], now, Scope.LATER, place="Otra")
        assert found[4].link == "https://reuniones.example/abril"


class TestAll:
    def test_earlier_ones_that_are_ahead_too_but_not_the_past(self, session, table, now):
        later = now + timedelta(days=30)  # December is over
        edit(session, months(session, table)[4], later, Scope.ALL, **at(date(2027, 4, 13), 16))
        assert hours(session, table) == {12: 10, 1: 16, 2: 16, 3: 16, 4: 16, 5: 16}

    def test_one_called_off_stays_as_it_was(self, session, table, now):
        march = months(session, table)[3]
        commands.cancel_meeting(session, march, reason="Paro", actor="user:1", now=now)
        edit(session, months(session, table)[4], now, Scope.ALL, **at(date(2027, 4, 13), 16))
        assert march.wall_start.hour == 10

    def test_who_was_convened_gets_one_mail_for_several_changes(self, database, settings, now):
        with database.transaction() as session:
            table = a_table(session)
            march = a_meeting(session, table.series)
            for person in table.people:
                invitee = events.invite(session, march, person, standing=Standing.INVITED, now=now)
                invitee.told_sequence = march.sequence
            commands.fill_horizon(session, table.series, until=date(2027, 5, 20), now=now)
            april = months(session, table)[4]
            for hour in (15, 16, 17):
                edit(session, april, now, Scope.ALL, **at(date(2027, 4, 13), hour))
            assert march.sequence == 3
        event_jobs.tell_announcements(database, now + GATHERED)
        event_jobs.tell_announcements(database, now + 2 * GATHERED)
        with database.reading() as session:
            assert letters(session) == sorted(
                ("events/moved", person.id) for person in table.people
            )

    def test_there_and_back_again_is_no_mail(self, database, settings, now):
        with database.transaction() as session:
            table = a_table(session)
            march = a_meeting(session, table.series)
            invitee = events.invite(
                session, march, table.people[0], standing=Standing.INVITED, now=now
            )
            invitee.told_sequence = march.sequence
            for hour in (15, 10):
                day = date(2027, 3, 9)
                end = datetime.combine(day, time(hour)) + timedelta(minutes=90)
                edit(session, march, now, Scope.ALL, **{**at(day, hour), "wall_end": end})
        event_jobs.tell_announcements(database, now + GATHERED)
        with database.reading() as session:
            assert letters(session) == []


class TestBesideTheSeries:
    def test_an_extraordinary_meeting_is_a_draft_that_the_series_leaves_alone(
        self, session, table, now
    ):
        fields = MeetingFields(
            title="Reunión extraordinaria",
            wall_start=datetime(2027, 1, 20, 9),
            wall_end=datetime(2027, 1, 20, 10),
            modality=Modality.ONLINE,
            link="https://reuniones.example/x",
        )
        made = commands.create_meeting(session, table.series, fields, actor="user:1", now=now)
        assert (made.type, made.state) == (MeetingType.EXTRAORDINARY, EventState.DRAFT)
        assert made.slot_on is None
        edit(session, months(session, table)[12], now, Scope.ALL, place="Otra")
        assert made.place == ""

    def test_not_of_a_series_that_ended(self, session, table, now):
        commands.end_series(session, table.series, cancel_convened=False, actor="user:1", now=now)
        march = months(session, table)[3]
        with pytest.raises(SeriesEnded):
            commands.create_meeting(
                session, table.series, fields_of(march), actor="user:1", now=now
            )


class TestCallingOff:
    @pytest.mark.both_engines
    def test_who_was_convened_is_told_and_nothing_is_lost(self, database, settings, now):
        with database.transaction() as session:
            table = a_table(session)
            march = a_meeting(session, table.series)
            for person in table.people:
                invitee = events.invite(session, march, person, standing=Standing.INVITED, now=now)
                invitee.told_sequence = march.sequence
            commands.cancel_meeting(session, march, reason="Paro", actor="user:1", now=now)
        event_jobs.tell_announcements(database, now + GATHERED)
        with database.reading() as session:
            assert letters(session) == sorted(
                ("events/cancelled", person.id) for person in table.people
            )

    @pytest.mark.both_engines
    def test_it_can_be_taken_back_before_they_are(self, session, table, now):
        march = months(session, table)[3]
        commands.cancel_meeting(session, march, reason="Paro", actor="user:1", now=now)
        commands.undo_cancellation(session, march, actor="user:1", now=now)
        assert march.state is EventState.PUBLISHED
        kinds = set(session.scalars(select(Announcement.kind)))
        assert AnnouncementKind.CANCELLED not in kinds

    @pytest.mark.both_engines
    def test_a_draft_disappears_with_whoever_was_put_down_for_it(self, session, table, now):
        may = months(session, table)[5]
        events.invite(session, may, table.people[0], standing=Standing.INVITED, now=now)
        commands.cancel_meeting(session, may, reason="", actor="user:1", now=now)
        assert 5 not in months(session, table)
        assert session.scalars(select(Invitee).where(Invitee.event_id == may.id)).all() == []
        assert table.series.skipped == ["2027-05-11"]
