from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta

import pytest
import sqlalchemy as sa

from coopoutreach.committee.commitments import commands, jobs
from coopoutreach.committee.commitments.commands import Said, changes
from coopoutreach.committee.commitments.models import Commitment
from coopoutreach.committee.minutes.models import Minutes
from coopoutreach.committee.minutes.rules import State as MinutesState
from coopoutreach.mail.outgoing.models import OutgoingMessage
from coopoutreach.platform.core import reactions
from coopoutreach.wiring import WIRING
from tests.factories import NOW, a_meeting, a_table
from tests.support.meeting_point import MeetingPoint

DUE = date(2027, 4, 15)


@pytest.fixture(autouse=True)
def wiring():
    reactions.install(WIRING)


@pytest.fixture
def world(database, settings):
    """A commitment of CORFO's Pedro, whose head is Marcela; due on 15 April 2027, a Thursday."""
    with database.transaction() as session:
        table = a_table(session)
        table.series.parties[1].head_id = table.people[2].id
        meeting = a_meeting(session, table.series)
        fields = commands.Fields(
            action="Remitir el articulado",
            party_id=table.corfo.id,
            owed_to_id=table.federation.id,
            person_id=table.people[3].id,
            due_on=DUE,
        )
        made = commands.make(session, meeting, fields, number_of=(2027, 3), actor="user:1", now=NOW)
        return made.id


def at(day, hour=14):
    """A moment of a day, by hours in UTC: 14 is the morning in Santiago."""
    return datetime(day.year, day.month, day.day, hour, 30, tzinfo=UTC)


def told(database):
    with database.reading() as session:
        rows = session.execute(
            sa.select(
                OutgoingMessage.notice, OutgoingMessage.recipient_name, OutgoingMessage.created_at
            ).order_by(OutgoingMessage.id)
        )
        return [(notice.partition("/")[2], name, moment.date()) for notice, name, moment in rows]


def run_through(database, start, end):
    day = start
    while day <= end:
        for hour in (10, 14, 16, 23):
            jobs.remind(database, at(day, hour))
        day += timedelta(days=1)


def act(database, commitment_id, command, *arguments, now):
    with database.transaction() as session:
        commitment = session.get_one(Commitment, commitment_id)
        command(session, commitment, *arguments, actor="user:1", now=now)


def test_each_reminder_is_owed_once_and_the_head_hears_when_it_stays_late(database, world):
    run_through(database, date(2027, 4, 1), date(2027, 5, 31))
    assert told(database) == [
        ("due_soon", "Pedro Núñez", date(2027, 4, 8)),
        ("due_soon", "Pedro Núñez", date(2027, 4, 14)),
        ("due_today", "Pedro Núñez", date(2027, 4, 15)),
        ("overdue", "Pedro Núñez", date(2027, 4, 16)),
        ("overdue", "Pedro Núñez", date(2027, 4, 19)),
        ("overdue", "Pedro Núñez", date(2027, 4, 22)),
        ("escalated", "Marcela Ríos", date(2027, 4, 26)),
        ("overdue", "Pedro Núñez", date(2027, 4, 29)),
        ("overdue", "Pedro Núñez", date(2027, 5, 17)),
        ("escalated", "Marcela Ríos", date(2027, 5, 17)),
    ]


@pytest.mark.parametrize(
    ("day", "hour"),
    [(DUE, 12), (DUE, 22), (date(2027, 4, 17), 15), (date(2026, 12, 8), 15)],
)
def test_outside_working_hours_nothing_is_sent(database, world, day, hour):
    assert jobs.remind(database, at(day, hour)) == 0


def test_once_delivered_nobody_is_reminded_and_returned_they_are_again(database, world):
    day = date(2027, 4, 14)
    act(database, world, commands.deliver, Said(), now=at(day))
    assert jobs.remind(database, at(DUE)) == 0
    act(database, world, commands.give_back, "Falta", now=at(DUE))
    assert jobs.remind(database, at(DUE, 15)) == 1


def test_a_moved_date_is_reminded_of_anew(database, world):
    run_through(database, DUE, DUE)
    act(database, world, commands.extend, date(2027, 4, 30), "Motivo", now=at(DUE))
    run_through(database, date(2027, 4, 16), date(2027, 4, 30))
    assert told(database)[2:] == [
        ("due_soon", "Pedro Núñez", date(2027, 4, 23)),
        ("due_soon", "Pedro Núñez", date(2027, 4, 29)),
        ("due_today", "Pedro Núñez", date(2027, 4, 30)),
    ]


@pytest.mark.both_engines
def test_who_answers_for_it_is_told_once_the_minutes_are_approved(database, world):
    day = date(2027, 3, 15)
    assert jobs.remind(database, at(day)) == 0
    with database.transaction() as session:
        event_id = session.get_one(Commitment, world).event_id
        session.add(
            Minutes(
                meeting_id=event_id, state=MinutesState.APPROVED, created_at=NOW, created_by="t"
            )
        )
    assert jobs.remind(database, at(day)) == 1
    assert jobs.remind(database, at(day, 15)) == 0
    assert told(database) == [("made", "Pedro Núñez", day)]


def test_nobody_is_chased_for_what_stands_in_a_draft_that_their_side_has_not_read(database, world):
    with database.transaction() as session:
        meeting_id = session.get_one(Commitment, world).event_id
        draft = Minutes(meeting_id=meeting_id, created_at=NOW, created_by="user:1")
        session.add(draft)
        session.flush()
        number = draft.id
    assert jobs.remind(database, at(DUE)) == 0
    with database.transaction() as session:
        session.get_one(Minutes, number).reviews = 1
    assert jobs.remind(database, at(DUE)) == 1


def test_two_workers_at_once_owe_a_reminder_once(database, world):
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda _: jobs.remind(database, at(DUE)), range(4)))
    assert told(database) == [("due_today", "Pedro Núñez", DUE)]


def move_twice_at_once(database, world, monkeypatch, *, must_meet=False):
    """Move the date in two transactions, both of which stand at the same line."""
    point = MeetingPoint(must_meet=must_meet)
    monkeypatch.setattr(changes, "_check_date", lambda *_args, **_kwargs: point.stand())

    def move(day):
        act(database, world, commands.extend, date(2027, 5, day), "Motivo", now=at(DUE))

    with ThreadPoolExecutor(2) as pool:
        list(pool.map(move, (10, 20)))
    with database.reading() as session:
        return session.get_one(Commitment, world).extensions


def test_two_who_move_a_date_at_once_are_both_counted(database, world, monkeypatch):
    assert move_twice_at_once(database, world, monkeypatch) == 2


@pytest.mark.parametrize("engine_name", ["postgresql"], indirect=True)
def test_without_the_lock_one_of_them_would_be_lost(database, world, monkeypatch):
    monkeypatch.setattr(changes, "lock", lambda *_: None)
    assert move_twice_at_once(database, world, monkeypatch, must_meet=True) == 1


def test_what_is_reminded_of_leaves_within_the_day_or_not_at_all(database, world):
    jobs.remind(database, at(DUE))
    with database.reading() as session:
        [message] = session.scalars(sa.select(OutgoingMessage))
        assert message.not_after - message.created_at < timedelta(days=1)
