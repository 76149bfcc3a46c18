"""Read which events and commitments a person's or a cooperative's calendar carries, as one text.

The text is what the kept bytes depend on: it names the things and, of those that the calendar
writes itself, which version of each. To ask for it is all that a kept calendar costs.
"""

from datetime import datetime
from typing import Any

from sqlalchemy import String, bindparam, case, cast, func, literal, select, union_all
from sqlalchemy.orm import Session

from coopoutreach.calendars.feeds import rules
from coopoutreach.calendars.feeds.queries.opened import Opened
from coopoutreach.calendars.feeds.queries.sides import sides_of
from coopoutreach.calendars.feeds.rules import Scope
from coopoutreach.committee.commitments.models import Commitment, CommitmentEntry
from coopoutreach.committee.commitments.rules import OPEN
from coopoutreach.committee.meetings.models import Seat
from coopoutreach.events.models import Invitee
from coopoutreach.events.rules import Standing
from coopoutreach.platform.core import spanish
from coopoutreach.talks.registrations.models import Registration
from coopoutreach.talks.registrations.rules import LIVE, State


def _words(*columns: Any) -> Any:
    """Return the columns as one text, with a colon between them."""
    first, *rest = (cast(column, String) for column in columns)
    return sum((":" + column for column in rest), start=first)


def _in_one_row(statement: Any) -> Any:
    """Return a statement that gives the one column of many rows as one text."""
    (column,) = statement.subquery().c
    return select(func.aggregate_strings(column, ","))


_OWN = Invitee.person_id == bindparam("person_id")
_EVENTS = _in_one_row(
    select(
        _words(Invitee.event_id, case((Invitee.standing == Standing.INVITED, 1), else_=0)).label(
            "words"
        )
    )
    .where(_OWN, Invitee.standing.in_((Standing.INVITED, Standing.WAITING)))
    .order_by(Invitee.event_id)
)
#: Meetings, with the institution that the person sat for, and what they owe as it stands now.
_OF_TABLES = _in_one_row(
    union_all(
        select(_words(literal("m"), Seat.meeting_id, Seat.organisation_id).label("words"))
        .join(Invitee, Invitee.id == Seat.invitee_id)
        .where(_OWN, Seat.organisation_id.is_not(None)),
        select(
            _words(
                literal("c"),
                Commitment.id,
                Commitment.party_id,
                func.coalesce(Commitment.reserved_for_id, 0),
                select(func.max(CommitmentEntry.id))
                .where(CommitmentEntry.commitment_id == Commitment.id)
                .scalar_subquery(),
            ).label("words")
        ).where(Commitment.person_id == bindparam("person_id"), Commitment.state.in_(OPEN)),
    )
)
_OF_PERSON = select(_EVENTS.scalar_subquery(), _OF_TABLES.scalar_subquery())
_OF_COOPERATIVE = _in_one_row(
    select(
        _words(
            Registration.talk_id,
            func.max(case((Registration.state == State.CONFIRMED, 1), else_=0)),
        ).label("words")
    )
    .where(
        Registration.organisation_id == bindparam("organisation_id"), Registration.state.in_(LIVE)
    )
    .group_by(Registration.talk_id)
    .order_by(Registration.talk_id)
)


def followed(session: Session, calendar: Opened, *, now: datetime) -> str:
    """Return what a person's or a cooperative's calendar carries, as `rules.read_followed` reads.

    A meeting where a person sat for an institution that they left is not in it, nor what they owed
    there; nor what is reserved for another side than theirs.
    """
    connection = session.connection()
    if calendar.scope is Scope.COOPERATIVE:
        keys = {"organisation_id": calendar.organisation_id}
        return connection.execute(_OF_COOPERATIVE, keys).scalar() or ""
    row = connection.execute(_OF_PERSON, {"person_id": calendar.person_id}).one()
    events, of_tables = row[0] or "", row[1] or ""
    if not of_tables or calendar.person_id is None:
        return events
    today = spanish.wall(now).date()
    sides = sides_of(session, calendar.person_id, today=today)
    return rules.still_followed(events, of_tables, now=sides.now, left=sides.left)
