"""What other features read: what is open for an agenda, and what came of an event."""

from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.orm import Session, joinedload

from coopoutreach.commitments.happenings import Side, SideAsked, WordsAsked
from coopoutreach.commitments.models import Commitment
from coopoutreach.commitments.rules import OPEN
from coopoutreach.core import reactions


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


_SHOWN = (
    joinedload(Commitment.party),
    joinedload(Commitment.owed_to),
    joinedload(Commitment.person),
)
