"""Series and the drafts of their months ahead: each date once, in its place, whatever happens."""

import threading
from dataclasses import replace
from datetime import date, datetime, time, timedelta

import pytest
from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError

from coopoutreach.committee.meetings import commands, jobs, queries, slots
from coopoutreach.committee.meetings.errors import NoParties, PartyHasMembers, SeriesEnded
from coopoutreach.committee.meetings.fields import PartyFields, SeriesFields
from coopoutreach.committee.meetings.models import AgendaItem, Meeting, MeetingSeries
from coopoutreach.committee.meetings.rules import ItemKind, MeetingType, Pattern
from coopoutreach.events.models import Announcement, Event
from coopoutreach.events.rules import AnnouncementKind, EventState, Modality
from coopoutreach.platform.audit.models import Entry
from coopoutreach.platform.core import reactions
from coopoutreach.wiring import WIRING
from tests.factories import a_meeting, a_table, an_institution

reactions.install(WIRING)


def the_fields(*organisations, **changes):
    given = {
        "name": "Mesa FECRECOOP–CORFO",
        "pattern": Pattern.WEEKDAY_OF_MONTH,
        "weekday": 1,
        "ordinal": 2,
        "starts_on": date(2026, 12, 1),
        "wall_time": time(10),
        "zone": "America/Santiago",
        "modality": Modality.HYBRID,
        "place": "Sala",
        "address": "Calle Uno 123",
        "comuna": "13101",
        "link": "https://reuniones.example/mesa",
        "parties": [PartyFields(one.id, quorum=1) for one in organisations],
        **changes,
    }
    return SeriesFields(**given)


def create(session, now, **changes):
    two = an_institution(session, "FECRECOOP"), an_institution(session, "CORFO")
    fields = the_fields(*two, **changes)
    return commands.create_series(session, fields, actor="user:1", now=now), fields


def edit(session, series, fields, now, **changes):
    return commands.edit_series(
        session, series, replace(fields, **changes), actor="user:1", now=now
    )


def walls(session, series):
    return [meeting.wall_start for meeting in queries.meetings_of(session, series.id)]


def actions(session):
    return list(session.scalars(select(Entry.action).order_by(Entry.id)))


class TestCreating:
    def test_the_next_months_are_there_at_once_as_drafts_of_their_own(self, session, now):
        series, _ = create(session, now)
        meetings = queries.meetings_of(session, series.id)
        assert [meeting.wall_start for meeting in meetings] == [
            datetime(2026, 12, 9, 10),  # the 8th is a holiday
            datetime(2027, 1, 12, 10),
            datetime(2027, 2, 9, 10),
            datetime(2027, 3, 9, 10),
            datetime(2027, 4, 13, 10),
            datetime(2027, 5, 11, 10),
        ]
        assert meetings[0].slot_on == date(2026, 12, 8)
        assert len({meeting.uid for meeting in meetings}) == len(meetings)
        for meeting in meetings:
            assert meeting.state is EventState.DRAFT
            assert meeting.type is MeetingType.ORDINARY
            assert meeting.number is None
            assert meeting.path == f"/reuniones/{meeting.public_id}"
            assert meeting.wall_end - meeting.wall_start == timedelta(minutes=90)
            assert {policy.days for policy in meeting.reminder_policies} == {7, 1}
            assert meeting.region == "13"
            assert b"BEGIN:VEVENT" in meeting.vevent

    def test_ten_in_santiago_is_ten_in_summer_and_in_winter(self, session, now):
        series, _ = create(session, now)
        hours = {
            meeting.wall_start.month: meeting.starts_at.hour
            for meeting in queries.meetings_of(session, series.id)
        }
        assert (hours[1], hours[5]) == (13, 14)

    def test_nobody_is_told_of_drafts(self, session, now):
        create(session, now)
        assert session.scalar(select(func.count()).select_from(Announcement)) == 0

    def test_it_is_in_the_trail(self, session, now):
        create(session, now)
        assert actions(session) == ["series.created", "series.filled"]

    @pytest.mark.parametrize("which", [[], [0], [0, 0]])
    def test_a_table_is_between_two_institutions(self, session, now, which):
        one = an_institution(session, "FECRECOOP")
        with pytest.raises(NoParties):
            commands.create_series(
                session, the_fields(*[one for _ in which]), actor="user:1", now=now
            )

    def test_a_date_whose_hour_has_passed_today_is_not_made(self, session, now):
        series, _ = create(
            session, now, pattern=Pattern.EVERY_WEEKS, weekday=1, starts_on=date(2026, 11, 1),
            wall_time=time(8),
        )  # fmt: skip
        assert walls(session, series)[0] == datetime(2026, 12, 1, 8)


class TestFilling:
    def test_it_may_run_again_and_makes_nothing_twice(self, database, settings, now):
        with database.transaction() as session:
            series, _ = create(session, now)
            before = walls(session, series)
        assert jobs.fill_horizons(database, now) == 0
        with database.reading() as session:
            assert walls(session, series) == before

    def test_a_month_later_it_makes_one_more(self, database, settings, now):
        with database.transaction() as session:
            series, _ = create(session, now)
        assert jobs.fill_horizons(database, now + timedelta(days=31)) == 1
        with database.reading() as session:
            assert walls(session, series)[-1] == datetime(2027, 6, 8, 10)

    def test_a_series_that_ended_is_left_alone(self, database, settings, now):
        with database.transaction() as session:
            series, _ = create(session, now)
            commands.end_series(session, series, cancel_convened=False, actor="user:1", now=now)
        assert jobs.fill_horizons(database, now + timedelta(days=31)) == 0
        with database.reading() as session:
            assert walls(session, series) == []

    def test_a_date_that_was_called_off_as_a_draft_is_not_made_again(self, database, settings, now):
        with database.transaction() as session:
            series, _ = create(session, now)
            february = queries.meetings_of(session, series.id)[2]
            commands.cancel_meeting(session, february, reason="", actor="user:1", now=now)
        assert jobs.fill_horizons(database, now) == 0
        with database.reading() as session:
            assert datetime(2027, 2, 9, 10) not in walls(session, series)

    def test_one_that_was_called_off_is_not_made_again(self, database, settings, now):
        with database.transaction() as session:
            table = a_table(session)
            meeting = a_meeting(session, table.series, slot_on=date(2027, 3, 9))
            commands.cancel_meeting(session, meeting, reason="Paro", actor="user:1", now=now)
        jobs.fill_horizons(database, now)
        with database.reading() as session:
            assert walls(session, table.series).count(datetime(2027, 3, 9, 10)) == 1

    @pytest.mark.both_engines
    def test_one_bad_series_does_not_stop_the_others(
        self, database, settings, now, monkeypatch, caplog
    ):
        with database.transaction() as session:
            bad, good = a_table(session).series.id, a_table(session).series.id
        fill = commands.fill_horizon

        def breaks(session, series, **given):
            if series.id == bad:
                raise RuntimeError
            return fill(session, series, **given)

        monkeypatch.setattr(jobs.commands, "fill_horizon", breaks)
        assert jobs.fill_horizons(database, now) == 6
        with database.reading() as session:
            assert set(session.scalars(select(Meeting.series_id))) == {good}


def at_once(*acts):
    begin, failures = threading.Barrier(len(acts)), []

    def run(act):
        begin.wait()
        try:
            act()
        except IntegrityError as error:
            failures.append(error)

    threads = [threading.Thread(target=run, args=(act,)) for act in acts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return failures


def fill(database, series_id, now):
    with database.transaction() as session:
        series = queries.lock_series(session, series_id)
        until = slots.horizon_of(series, now=now)
        commands.fill_horizon(session, series, until=until, now=now)


class TestTwoWorkers:
    @pytest.mark.both_engines
    def test_each_date_has_one_meeting_and_neither_worker_fails(self, database, settings, now):
        with database.transaction() as session:
            series_id = a_table(session).series.id
        act = lambda: fill(database, series_id, now)  # noqa: E731 (the same for both)
        assert at_once(act, act, act) == []
        with database.reading() as session:
            found = list(session.scalars(select(Meeting.slot_on)))
        assert len(found) == len(set(found)) == 6

    @pytest.mark.parametrize("engine_name", ["postgresql"])
    def test_control_without_the_lock_one_of_them_fails_on_the_constraint(
        self, database, settings, now, monkeypatch
    ):
        with database.transaction() as session:
            series_id = a_table(session).series.id
        both_looked = threading.Barrier(2, timeout=10)
        look = queries.filled_slots

        def looks(session, series_id):
            found = look(session, series_id)
            both_looked.wait()
            return found

        monkeypatch.setattr(
            queries, "lock_series", lambda session, number: session.get_one(MeetingSeries, number)
        )
        monkeypatch.setattr(queries, "filled_slots", looks)
        act = lambda: fill(database, series_id, now)  # noqa: E731 (the same for both)
        assert len(at_once(act, act)) == 1
        with database.reading() as session:
            assert session.scalar(select(func.count()).select_from(Meeting)) == 6


class TestEditing:
    def test_drafts_follow_the_new_pattern_and_are_the_same_events(self, session, now):
        series, fields = create(session, now)
        uids = [meeting.uid for meeting in queries.meetings_of(session, series.id)]
        edit(session, series, fields, now, weekday=3, ordinal=3, wall_time=time(15, 30))
        meetings = queries.meetings_of(session, series.id)
        assert [meeting.wall_start for meeting in meetings][:2] == [
            datetime(2026, 12, 17, 15, 30),
            datetime(2027, 1, 21, 15, 30),
        ]
        assert [meeting.uid for meeting in meetings][: len(uids)] == uids

    def test_what_was_convened_stays_and_its_month_has_no_second_one(self, session, now):
        series, fields = create(session, now)
        december = queries.meetings_of(session, series.id)[0]
        december.state = EventState.PUBLISHED
        session.flush()
        edit(session, series, fields, now, weekday=3, ordinal=3)
        assert walls(session, series)[:2] == [datetime(2026, 12, 9, 10), datetime(2027, 1, 21, 10)]

    def test_one_edited_by_itself_stays(self, session, now):
        series, fields = create(session, now)
        january = queries.meetings_of(session, series.id)[1]
        january.detached = True
        january.wall_start = datetime(2027, 1, 14, 9)
        january.wall_end = datetime(2027, 1, 14, 10)
        january.resolve_time()
        session.flush()
        edit(session, series, fields, now, weekday=3, ordinal=3)
        assert walls(session, series)[:3] == [
            datetime(2026, 12, 17, 10),
            datetime(2027, 1, 14, 9),
            datetime(2027, 2, 18, 10),
        ]

    def test_drafts_that_no_date_is_left_for_disappear(self, session, now):
        series, fields = create(session, now)
        edit(session, series, fields, now, ends_on=date(2027, 1, 31))
        assert walls(session, series) == [datetime(2026, 12, 9, 10), datetime(2027, 1, 12, 10)]

    def test_but_one_with_an_agenda_stays_and_is_named(self, session, now):
        series, fields = create(session, now)
        march = queries.meetings_of(session, series.id)[3]
        march.items.append(
            AgendaItem(position=0, kind=ItemKind.INFORMATIVE, title="Cifras", created_at=now)
        )
        session.flush()
        left = edit(session, series, fields, now, ends_on=date(2027, 1, 31))
        assert left == [march]
        assert march.detached
        assert walls(session, series)[-1] == datetime(2027, 3, 9, 10)

    @pytest.mark.both_engines
    def test_the_past_is_left_alone(self, session, now):
        series, fields = create(session, now)
        later = now + timedelta(days=60)
        edit(session, series, fields, later, wall_time=time(16))
        assert [wall.hour for wall in walls(session, series)][:3] == [10, 10, 16]

    @pytest.mark.both_engines
    def test_an_institution_with_members_cannot_leave(self, session, now):
        table = a_table(session)
        other = an_institution(session, "SERCOTEC")
        fields = the_fields(table.federation, other)
        with pytest.raises(PartyHasMembers, match="CORFO"):
            commands.edit_series(session, table.series, fields, actor="user:1", now=now)

    def test_quorum_and_head_are_kept(self, session, now):
        table = a_table(session)
        head = table.people[2]
        parties = [
            PartyFields(table.corfo.id, quorum=2, head_id=head.id),
            PartyFields(table.federation.id),
        ]
        fields = replace(the_fields(), parties=parties)
        commands.edit_series(session, table.series, fields, actor="user:1", now=now)
        session.expire_all()
        first, second = table.series.parties
        assert (first.organisation_id, first.quorum, first.head_id) == (table.corfo.id, 2, head.id)
        assert (second.organisation_id, second.quorum) == (table.federation.id, 0)


class TestEnding:
    def test_drafts_disappear_and_what_was_convened_is_held(self, session, now):
        table = a_table(session)
        convened = a_meeting(session, table.series)
        commands.fill_horizon(session, table.series, until=date(2027, 5, 1), now=now)
        commands.end_series(session, table.series, cancel_convened=False, actor="user:1", now=now)
        assert walls(session, table.series) == [convened.wall_start]
        assert convened.state is EventState.PUBLISHED

    def test_if_asked_what_was_convened_is_called_off_and_told(self, session, now):
        table = a_table(session)
        convened = a_meeting(session, table.series)
        commands.end_series(
            session,
            table.series,
            cancel_convened=True,
            reason="Terminó el convenio",
            actor="user:1",
            now=now,
        )
        assert convened.state is EventState.CANCELLED
        told = session.scalars(select(Announcement)).all()
        assert [one.kind for one in told] == [AnnouncementKind.CANCELLED]

    def test_it_ends_once(self, session, now):
        table = a_table(session)
        commands.end_series(session, table.series, cancel_convened=False, actor="user:1", now=now)
        with pytest.raises(SeriesEnded):
            commands.end_series(
                session, table.series, cancel_convened=False, actor="user:1", now=now
            )

    @pytest.mark.both_engines
    def test_an_item_that_was_moved_to_a_draft_loses_only_its_way_there(self, session, now):
        table = a_table(session)
        convened = a_meeting(session, table.series)
        commands.fill_horizon(session, table.series, until=date(2027, 5, 1), now=now)
        draft = queries.meetings_of(session, table.series.id)[-1]
        there = AgendaItem(position=0, kind=ItemKind.TO_DECIDE, title="Plazo", created_at=now)
        draft.items.append(there)
        session.flush()
        here = AgendaItem(
            position=0, kind=ItemKind.TO_DECIDE, title="Plazo", moved_to=there, created_at=now
        )
        convened.items.append(here)
        session.flush()
        commands.end_series(session, table.series, cancel_convened=False, actor="user:1", now=now)
        session.expire_all()
        assert here.moved_to_id is None
        assert session.scalar(select(func.count()).select_from(Event)) == 1
