"""What other features read: what is open for an agenda, and what came of an event."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.orm import Session, joinedload

from coopoutreach.committee.commitments.happenings import DraftAsked, Side, SideAsked, WordsAsked
from coopoutreach.committee.commitments.models import Commitment
from coopoutreach.committee.commitments.rules import OPEN, OWING, Reader, State
from coopoutreach.platform.core import reactions, spanish

#: Calendar days ahead that boards look.
_SOON = 7
_SHOWN = (
    joinedload(Commitment.party),
    joinedload(Commitment.owed_to),
    joinedload(Commitment.person),
)


def is_open_to(reader: Collection[int]) -> ColumnElement[bool]:
    """Return the condition that a commitment is reserved for nobody, or for a side of `reader`."""
    return or_(Commitment.reserved_for_id.is_(None), Commitment.reserved_for_id.in_(sorted(reader)))


def open_for(
    session: Session, parties: Collection[int], *, reader: Collection[int]
) -> Sequence[Commitment]:
    """Return what is still owed between some institutions, for their next agenda: oldest first.

    `reader` are the institutions of whoever will see it: what is reserved for another is not in it.
    With none, it is what everybody at the table may see.
    """
    return session.scalars(
        select(Commitment)
        .where(
            Commitment.state.in_(OPEN),
            Commitment.party_id.in_(sorted(parties)),
            Commitment.owed_to_id.in_(sorted(parties)),
            is_open_to(reader),
        )
        .options(*_SHOWN)
        .order_by(Commitment.due_on, Commitment.number)
    ).all()


def of_event(session: Session, event_id: int, *, reader: Collection[int]) -> Sequence[Commitment]:
    """Return what was committed at an event, in its order, as far as `reader` may see it."""
    return session.scalars(
        select(Commitment)
        .where(Commitment.event_id == event_id, is_open_to(reader))
        .options(*_SHOWN)
        .order_by(Commitment.ordinal)
    ).all()


def side_of(session: Session, event_id: int, organisation_id: int, *, now: datetime) -> Side | None:
    """Return who speaks for an institution in what came of an event, if somebody knows."""
    asked = SideAsked(event_id, organisation_id)
    answers: list[Side | None] = reactions.react(session, asked, now=now)
    return next((side for side in answers if side is not None), None)


def why_words_are_fixed(session: Session, event_id: int, *, now: datetime) -> str:
    """Return why what was committed at an event can be worded no other way; empty: it can."""
    answers: list[str] = reactions.react(session, WordsAsked(event_id), now=now)
    return next((reason for reason in answers if reason), "")


def is_in_draft(session: Session, event_id: int, *, now: datetime) -> bool:
    """Return whether only one side has read what came of an event, in minutes that it writes."""
    answers: list[bool] = reactions.react(session, DraftAsked(event_id), now=now)
    return any(answers)


@dataclass(frozen=True, slots=True)
class Due:
    """What boards say of commitments: late ones, and those that are due soon or wait for a word."""

    overdue: Sequence[Commitment]
    soon: Sequence[Commitment]
    #: Delivered; the other side has not said yet that it is fulfilled.
    unconfirmed: Sequence[Commitment]


def due(session: Session, *, reader: Reader, now: datetime) -> Due:
    """Return what is late, due within a week, and waiting for the other side's word."""
    today = spanish.wall(now).date()
    own = sorted(reader.organisations)
    among = (
        []
        if reader.sees_all
        else [or_(Commitment.party_id.in_(own), Commitment.owed_to_id.in_(own))]
    )
    found = session.scalars(
        select(Commitment)
        .where(
            is_open_to(reader.organisations),
            Commitment.state.in_(OPEN),
            or_(
                Commitment.due_on <= today + timedelta(days=_SOON),
                Commitment.state == State.DELIVERED,
            ),
            *among,
        )
        .options(*_SHOWN)
        .order_by(Commitment.due_on, Commitment.number)
    ).all()
    owing = [each for each in found if each.state in OWING]
    return Due(
        overdue=[each for each in owing if each.due_on < today],
        soon=[each for each in owing if each.due_on >= today],
        unconfirmed=[each for each in found if each.state is State.DELIVERED],
    )


def owing_ids(session: Session) -> Sequence[int]:
    """Return the commitments of which somebody may have to be reminded."""
    return session.scalars(
        select(Commitment.id).where(Commitment.state.in_(OWING)).order_by(Commitment.id)
    ).all()
