"""The demonstration's table tells its story whatever day it is loaded."""

from datetime import UTC, datetime

import pytest
from sqlalchemy import select

from coopoutreach.committee.commitments.models import Commitment
from coopoutreach.committee.commitments.rules import State as CommitmentState
from coopoutreach.committee.meetings.models import Meeting
from coopoutreach.committee.minutes import queries
from coopoutreach.committee.minutes.models import Minutes
from coopoutreach.committee.minutes.queries.boards import Task
from coopoutreach.committee.minutes.rules import State
from coopoutreach.events.models import Invitee
from coopoutreach.events.rules import Answer, EventState
from coopoutreach.operations.demo import meetings, table
from coopoutreach.people.directory.rules import Kind
from coopoutreach.platform.core import reactions
from coopoutreach.platform.core.clock import utcnow
from coopoutreach.wiring import WIRING
from tests.factories import an_institution


@pytest.fixture
def engine_name():
    """The commands that it goes through are tested on both."""
    return "sqlite"


@pytest.fixture(autouse=True)
def _wired():
    reactions.install(WIRING)


@pytest.mark.parametrize(
    "at",
    [
        datetime(2026, 11, 24, 22, 0, tzinfo=UTC),
        # The day after the second Tuesday, which was a holiday; before it began, that day.
        datetime(2026, 12, 9, 11, 0, tzinfo=UTC),
        datetime(2027, 1, 13, 3, 0, tzinfo=UTC),
        datetime(2027, 3, 1, 12, 0, tzinfo=UTC),
    ],
)
def test_two_meetings_are_held_and_one_is_ahead_whatever_day_it_is(session, at):
    sides = table.Sides(
        federation=an_institution(session, "FECRECOOP"),
        corfo=(corfo := an_institution(session, "CORFO")),
        unit=an_institution(session, "GIF", kind=Kind.UNIT, parent_id=corfo.id),
        people={},
    )
    meetings.hold(session, sides, hashed="", now=at)
    found = session.scalars(select(Meeting).order_by(Meeting.starts_at)).all()
    held = [one for one in found if one.state is EventState.HELD]
    convened = [one for one in found if one.state is EventState.PUBLISHED]
    assert len(held) == 2
    assert len(convened) == 1
    assert not [one for one in found if one.state is EventState.DRAFT and one.ends_at < at]
    states = session.scalars(select(Minutes.state).order_by(Minutes.id)).all()
    assert states == [State.PUBLISHED, State.IN_REVIEW]
    assert {one.state for one in session.scalars(select(Commitment))} == set(CommitmentState)
    answers = select(Invitee.answer).where(Invitee.event_id == convened[0].id)
    assert set(session.scalars(answers)) == set(Answer)
    marcela = sides.people[table.MARCELA]
    [waiting] = queries.waiting_for(session, marcela.user_id, now=utcnow())
    assert waiting.task is Task.APPROVE
    late = session.scalars(select(Commitment).where(Commitment.extensions == 2)).one()
    assert late.due_on < at.date()
