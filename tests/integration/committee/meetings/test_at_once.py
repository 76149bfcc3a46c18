"""Two who act on the meetings of a table at once, and several workers."""

import email
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from email import policy

import pytest
import sqlalchemy as sa

from coopoutreach.committee.meetings import commands, jobs, queries
from coopoutreach.committee.meetings.commands import convening, horizon
from coopoutreach.committee.meetings.models import DigestLine, Meeting, MeetingSeries, SeriesMember
from coopoutreach.committee.meetings.values import ItemFields
from coopoutreach.events.rules import EventState
from coopoutreach.mail.outgoing.models import OutgoingMessage
from coopoutreach.platform.core import reactions
from coopoutreach.platform.core.errors import DomainError
from coopoutreach.wiring import WIRING
from tests.factories import a_meeting, a_table
from tests.support.meeting_point import MeetingPoint

DRAFT = {"state": EventState.DRAFT, "year": None, "number": None}


@pytest.fixture(autouse=True)
def _wired(settings):
    reactions.install(WIRING)


@pytest.fixture
def world(database):
    """Two drafts of a table, in March and April."""
    with database.transaction() as session:
        table = a_table(session)
        april = datetime(2027, 4, 13, 10)
        first = a_meeting(session, table.series, **DRAFT)
        second = a_meeting(session, table.series, wall_start=april, **DRAFT)
        return {"series": table.series.id, "first": first.id, "second": second.id}


@pytest.fixture
def meet(monkeypatch):
    """Have two stand at the same line, before or behind what stands there."""
    points = {}

    def _meet(module, name, *, first=False, must_meet=False):
        point = points.setdefault(must_meet, MeetingPoint(must_meet=must_meet))
        monkeypatch.setattr(module, name, point.at(getattr(module, name), first=first))

    return _meet


def at_once(database, *acts):
    """Run each in a transaction of its own, at once; return what each was refused with."""

    def run(act):
        try:
            with database.transaction() as session:
                act(session)
        except sa.exc.NoResultFound:
            return "NotFound"
        except (DomainError, sa.exc.IntegrityError) as refusal:
            return type(refusal).__name__
        return ""

    with ThreadPoolExecutor(len(acts)) as pool:
        return list(pool.map(run, acts))


def convening_of(number, now):
    def act(session):
        commands.convene(session, session.get_one(Meeting, number), actor="user:1", now=now)

    return act


def cancelling_of(number, now):
    def act(session):
        meeting = session.get_one(Meeting, number)
        commands.cancel_meeting(session, meeting, reason="Duelo", actor="user:1", now=now)

    return act


@pytest.mark.both_engines
def test_two_meetings_convened_at_once_have_a_number_each(database, world, meet, now):
    meet(convening, "_number")
    refused = at_once(
        database, convening_of(world["first"], now), convening_of(world["second"], now)
    )
    assert refused == ["", ""]
    with database.reading() as session:
        assert sorted(session.scalars(sa.select(Meeting.number))) == [1, 2]


@pytest.mark.parametrize("engine_name", ["postgresql"], indirect=True)
def test_without_the_lock_both_would_take_the_same(database, world, meet, monkeypatch, now):
    meet(convening, "_number", must_meet=True)
    monkeypatch.setattr(convening.queries, "lock_series", lambda *_: None)
    refused = at_once(
        database, convening_of(world["first"], now), convening_of(world["second"], now)
    )
    assert sorted(refused) == ["", "IntegrityError"]


def test_one_convened_twice_at_once_is_convened_once(database, world, meet, now):
    meet(convening, "_number")
    act = convening_of(world["first"], now)
    assert sorted(at_once(database, act, act)) == ["", "WrongState"]
    with database.reading() as session:
        assert len(session.scalars(sa.select(OutgoingMessage)).all()) == 4


def test_a_draft_that_is_convened_while_it_is_thrown_away_is_one_or_the_other(
    database, world, meet, now
):
    """Nobody is called to a meeting that is no more without being told."""
    meet(convening, "_number")
    meet(horizon, "discard")
    at_once(database, convening_of(world["first"], now), cancelling_of(world["first"], now))
    with database.reading() as session:
        meeting = session.get(Meeting, world["first"])
        called = session.scalars(sa.select(OutgoingMessage)).all()
        assert (meeting is None) == (not called)
        assert meeting is None or meeting.state is EventState.CANCELLED


def test_a_draft_that_is_thrown_away_twice_is_gone(database, world, now):
    act = cancelling_of(world["first"], now)
    assert sorted(at_once(database, act, act)) in (["", "NotFound"], ["", ""])


def test_a_series_is_edited_while_its_meeting_is_convened(database, world, meet, now):
    """Whoever was called to a meeting finds it where it was, or is told; nobody waits for ever."""
    meet(convening, "_number")
    meet(horizon, "_open_slots")

    def realign(session):
        series = session.get_one(MeetingSeries, world["series"])
        queries.lock_series(session, series.id)
        series.wall_time = datetime(2027, 1, 1, 16).time()
        session.flush()
        horizon.realign(session, series, actor="user:1", now=now)

    assert at_once(database, convening_of(world["first"], now), realign) == ["", ""]
    with database.reading() as session:
        meeting = session.get_one(Meeting, world["first"])
        told = session.scalars(sa.select(OutgoingMessage.raw)).all()
        assert meeting.state is EventState.PUBLISHED
        start = f"DTSTART:{meeting.starts_at:%Y%m%dT%H%M%SZ}".encode()
        assert told
        for raw in told:
            assert start in _calendar(raw)


def _calendar(raw):
    message = email.message_from_bytes(raw, policy=policy.default)
    return next(
        part.get_payload(decode=True)
        for part in message.walk()
        if part.get_content_type() == "text/calendar"
    )


def by_workers(database, job, now):
    with ThreadPoolExecutor(3) as pool:
        return list(pool.map(lambda _: job(database, now), range(3)))


@pytest.mark.both_engines
def test_three_workers_fill_a_horizon_once(database, world, now):
    by_workers(database, jobs.fill_horizons, now)
    with database.reading() as session:
        slots = session.scalars(
            sa.select(Meeting.slot_on).where(Meeting.series_id == world["series"])
        ).all()
        assert len(slots) == len(set(slots)) > 2


def test_three_workers_tell_the_agendas_news_once_and_send_one_digest(database, world, now):
    with database.transaction() as session:
        meeting = session.get_one(Meeting, world["first"])
        commands.add_item(session, meeting, ItemFields("Uno"), actor="user:1", now=now)
        commands.convene(session, meeting, actor="user:1", now=now)
        member = session.scalars(sa.select(SeriesMember).order_by(SeriesMember.id)).first()
        member.digest = True
        commands.add_item(session, meeting, ItemFields("Dos"), actor="user:1", now=now)
    later = now + timedelta(hours=1)
    by_workers(database, jobs.tell_agenda_news, later)
    with database.reading() as session:
        told = session.scalars(
            sa.select(OutgoingMessage).where(OutgoingMessage.notice == "meetings/agenda")
        ).all()
        assert len(told) == 3
        assert len(session.scalars(sa.select(DigestLine)).all()) == 1
    morning = now + timedelta(days=1)
    assert sum(by_workers(database, jobs.send_digests, morning)) == 1
    with database.reading() as session:
        sent = session.scalars(
            sa.select(OutgoingMessage).where(OutgoingMessage.notice == "meetings/digest")
        ).all()
        assert len(sent) == 1
