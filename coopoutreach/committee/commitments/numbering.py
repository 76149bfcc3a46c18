"""Number commitments within their meeting; what one side keeps to itself, apart."""

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from coopoutreach.committee.commitments.models import Commitment
from coopoutreach.committee.commitments.rules import RESERVED_FROM, number_of
from coopoutreach.events import queries as events


def renumber(session: Session, commitment: Commitment, reserved_for_id: int | None) -> None:
    """Give a commitment that is to be reserved for another, or for nobody, a number of those."""
    events.lock_event(session, commitment.event_id)
    _c, year, meeting, _count = commitment.number.split("-")
    ordinal, count = next_place(session, commitment.event_id, reserved_for_id)
    commitment.ordinal = ordinal
    is_reserved = reserved_for_id is not None
    commitment.number = number_of(int(year), int(meeting), count, reserved=is_reserved)


def next_place(session: Session, event_id: int, reserved_for_id: int | None) -> tuple[int, int]:
    """Return the place of the next commitment of an event, and its count among its side's own."""
    is_reserved = reserved_for_id is not None
    apart = Commitment.ordinal >= RESERVED_FROM
    last = session.scalar(
        select(func.max(Commitment.ordinal)).where(
            Commitment.event_id == event_id, apart if is_reserved else ~apart
        )
    )
    if not is_reserved:
        return (last or 0) + 1, (last or 0) + 1
    numbers = session.scalars(
        select(Commitment.number).where(
            Commitment.event_id == event_id, apart, Commitment.reserved_for_id == reserved_for_id
        )
    )
    own = max((int(found.rpartition("R")[2]) for found in numbers), default=0)
    return (last or RESERVED_FROM - 1) + 1, own + 1
