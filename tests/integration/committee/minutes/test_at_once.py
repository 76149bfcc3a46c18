"""Two who act on the same minutes at once: each word counts, each number is given once."""

from concurrent.futures import ThreadPoolExecutor

import pytest
import sqlalchemy as sa

from coopoutreach.committee.commitments import numbering
from coopoutreach.committee.commitments.models import Commitment
from coopoutreach.committee.minutes import commands, jobs, queries
from coopoutreach.committee.minutes.commands import Signature, Voice, deciding, reviewing, signing
from coopoutreach.committee.minutes.models import (
    Approval,
    Decision,
    Minutes,
    MinutesPart,
    ReviewLink,
)
from coopoutreach.committee.minutes.rules import ApprovalKind, Method, State
from coopoutreach.committee.minutes.values import Owed
from coopoutreach.mail.outgoing.models import OutgoingMessage
from coopoutreach.platform.core import reactions
from coopoutreach.platform.core.errors import DomainError
from coopoutreach.wiring import WIRING
from tests.factories import NOW
from tests.support.acta import SECRETARY, an_acta, approved, send_out, type_in
from tests.support.meeting_point import MeetingPoint

BY = {"actor": SECRETARY, "now": NOW}


@pytest.fixture(autouse=True)
def _wired(settings):
    reactions.install(WIRING)


@pytest.fixture
def meet(monkeypatch):
    """Have two stand at the same line, before or behind what stands there."""
    points = {}

    def _meet(module, name, *, first=True, must_meet=False):
        point = points.setdefault(must_meet, MeetingPoint(must_meet=must_meet))
        monkeypatch.setattr(module, name, point.at(getattr(module, name), first=first))

    return _meet


@pytest.fixture
def world(database):
    with database.transaction() as session:
        made = an_acta(session)
        part = made.part("Garantías")
        type_in(session, part, "Se revisó.")
        return {
            "minutes": made.minutes.id,
            "part": part.id,
            "people": [person.id for person in made.table.people],
            "sides": (made.table.federation.id, made.table.corfo.id),
        }


def at_once(database, *acts):
    """Run each in a transaction of its own, at once; return what each was refused with."""

    def run(act):
        try:
            with database.transaction() as session:
                act(session)
        except (DomainError, sa.exc.IntegrityError) as refusal:
            return type(refusal).__name__
        return ""

    with ThreadPoolExecutor(len(acts)) as pool:
        return list(pool.map(run, acts))


def send(database, world):
    with database.transaction() as session:
        send_out(session, session.get_one(Minutes, world["minutes"]), **BY)


def approving(world, index):
    def act(session):
        minutes = session.get_one(Minutes, world["minutes"])
        # What a page loads before the command holds the row.
        assert len(minutes.approvals) <= 2
        who = queries.reviewer(session, minutes.meeting, world["people"][index], now=NOW)
        signature = Signature(
            who, minutes.content_sha256, Method.LINK, typeset=minutes.content_sha256
        )
        commands.approve(session, minutes, signature, **BY)

    return act


def state_of(database, world):
    with database.reading() as session:
        minutes = session.get_one(Minutes, world["minutes"])
        given = [(one.organisation_id, one.kind) for one in minutes.approvals if not one.void_at]
        return minutes.state, sorted(given)


def everybodys(world):
    return sorted((side, kind) for side in world["sides"] for kind in ApprovalKind)


def test_two_sides_that_approve_at_once_approve_it(database, world, meet):
    send(database, world)
    meet(signing, "_count")
    assert at_once(database, approving(world, 0), approving(world, 2)) == ["", ""]
    assert state_of(database, world) == (State.APPROVED, everybodys(world))


@pytest.mark.parametrize("engine_name", ["postgresql"], indirect=True)
def test_without_the_lock_neither_would_see_the_others_word(database, world, meet, monkeypatch):
    send(database, world)
    meet(signing, "_count", must_meet=True)
    monkeypatch.setattr(signing.queries, "lock", lambda _session, minutes: minutes)
    at_once(database, approving(world, 0), approving(world, 2))
    state, given = state_of(database, world)
    assert state is not State.APPROVED
    assert given == everybodys(world)


def test_the_same_side_twice_at_once_is_one_word(database, world, meet):
    send(database, world)
    meet(signing, "_count")
    assert at_once(database, approving(world, 2), approving(world, 2)) == ["", ""]
    with database.reading() as session:
        assert len(session.scalars(sa.select(Approval)).all()) == 2


def test_what_is_observed_while_it_is_approved_is_before_or_after_and_never_both(
    database, world, meet
):
    send(database, world)
    at_once(database, approving(world, 0))
    meet(signing, "_count")
    meet(reviewing, "_words")

    def observe(session):
        minutes = session.get_one(Minutes, world["minutes"])
        voice = Voice(world["people"][0], world["sides"][0])
        commands.observe(session, minutes, voice, "Falta.", **BY)

    refused = at_once(database, approving(world, 2), observe)
    state, given = state_of(database, world)
    if state is State.APPROVED:
        assert refused == ["", "Locked"]
        assert given == everybodys(world)
    else:
        assert (state, refused) == (State.OBSERVED, ["NotNow", ""])


def test_sent_twice_at_once_it_is_sent_once(database, world, meet):
    meet(reviewing, "_void_approvals")

    def act(session):
        send_out(session, session.get_one(Minutes, world["minutes"]), **BY)

    assert sorted(at_once(database, act, act)) == ["", "NotNow"]
    with database.reading() as session:
        assert session.get_one(Minutes, world["minutes"]).reviews == 1
        assert len(session.scalars(sa.select(ReviewLink)).all()) == 4
        assert len(session.scalars(sa.select(OutgoingMessage)).all()) == 4


def deciding_in(world):
    def act(session):
        part = session.get_one(MinutesPart, world["part"])
        commands.add_decision(session, part, "Acordar.", addressed_to_id=None, **BY)

    return act


@pytest.mark.both_engines
def test_two_decisions_at_once_have_a_number_each(database, world, meet):
    meet(deciding, "_next_ordinal", first=False)
    assert at_once(database, deciding_in(world), deciding_in(world)) == ["", ""]
    with database.reading() as session:
        assert sorted(session.scalars(sa.select(Decision.ordinal))) == [1, 2]


@pytest.mark.parametrize("engine_name", ["postgresql"], indirect=True)
def test_without_the_lock_both_would_take_the_same_number(database, world, meet, monkeypatch):
    meet(deciding, "_next_ordinal", first=False, must_meet=True)
    monkeypatch.setattr(deciding, "for_writing", lambda _session, minutes, **_: minutes)
    refused = at_once(database, deciding_in(world), deciding_in(world))
    assert sorted(refused) == ["", "IntegrityError"]


@pytest.mark.both_engines
def test_two_commitments_at_once_have_a_number_each(database, world, meet):
    meet(numbering, "next_place", first=False)
    federation, corfo = world["sides"]

    def act(session):
        part = session.get_one(MinutesPart, world["part"])
        owed = Owed("Enviar", corfo, federation, None, NOW.date(), "")
        commands.add_commitment(session, part, owed, **BY)

    assert at_once(database, act, act) == ["", ""]
    with database.reading() as session:
        assert sorted(session.scalars(sa.select(Commitment.ordinal))) == [1, 2]


@pytest.mark.both_engines
def test_three_workers_publish_approved_minutes_once(database):
    with database.transaction() as session:
        made = approved(session)
        reviewers = len(made.table.people)
    later = NOW.replace(day=NOW.day + 2)
    with ThreadPoolExecutor(3) as pool:
        list(pool.map(lambda _: jobs.publish_approved(database, later), range(3)))
    with database.reading() as session:
        told = session.scalars(
            sa.select(OutgoingMessage.person_id).where(
                OutgoingMessage.notice == "minutes/published"
            )
        ).all()
        assert len(told) == len(set(told)) == reviewers


@pytest.mark.both_engines
def test_three_workers_take_silence_once_and_remind_once(database, world):
    send(database, world)
    with database.transaction() as session:
        minutes = session.get_one(Minutes, world["minutes"])
        minutes.meeting.series.silence_approves = True
        until = minutes.review_until
    last = NOW.replace(year=until.year, month=until.month, day=until.day)
    for now in (last, last.replace(day=last.day + 1)):
        with ThreadPoolExecutor(3) as pool:
            list(pool.map(lambda _, now=now: jobs.follow_reviews(database, now), range(3)))
    with database.reading() as session:
        assert len(session.scalars(sa.select(Approval)).all()) == 4
        reminders = session.scalars(
            sa.select(OutgoingMessage.person_id).where(
                OutgoingMessage.notice == "minutes/review_reminder"
            )
        ).all()
        assert sorted(reminders) == sorted(session.scalars(sa.select(ReviewLink.person_id)))
    assert state_of(database, world)[0] is State.APPROVED
