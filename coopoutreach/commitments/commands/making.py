"""Take a commitment down."""

from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from coopoutreach.commitments import history, queries
from coopoutreach.commitments.errors import WordsAreFixed
from coopoutreach.commitments.fields import check, put
from coopoutreach.commitments.models import Commitment
from coopoutreach.commitments.rules import RESERVED_FROM, EntryKind, Fields
from coopoutreach.commitments.rules import number_of as number
from coopoutreach.events import queries as events
from coopoutreach.events.models import Event


def make(
    session: Session,
    event: Event,
    fields: Fields,
    *,
    number_of: tuple[int, int],
    actor: str,
    now: datetime,
) -> Commitment:
    """Take down what one institution owes another; `number_of` is the meeting's (year, number).

    What one side keeps to itself is numbered apart: the other finds no number missing.

    Whether the minutes of the event still take any is for who writes them to say: a rectification
    may add what was forgotten.

    :raises BadCommitment: if it says nothing, or is reserved for a side that it is not between
    """
    check(fields)
    # Whoever counts holds the event's row.
    events.lock_event(session, event.id)
    ordinal, count = _next(session, event.id, fields.reserved_for_id)
    commitment = Commitment(
        event_id=event.id,
        ordinal=ordinal,
        number=number(*number_of, count, reserved=fields.reserved_for_id is not None),
        first_due_on=fields.due_on,
        created_at=now,
    )
    side = queries.side_of(session, event.id, fields.party_id, now=now)
    if side is not None:
        commitment.head_id, commitment.escalation_days = side.head_id, side.escalation_days
    put(commitment, fields)
    session.add(commitment)
    session.flush()
    dates = (None, fields.due_on)
    history.add(session, commitment, EntryKind.MADE, dates=dates, actor=actor, now=now)
    return commitment


def renumber(session: Session, commitment: Commitment, reserved_for_id: int | None) -> None:
    """Give a commitment that is to be reserved for another, or for nobody, a number of those."""
    events.lock_event(session, commitment.event_id)
    _c, year, meeting, _count = commitment.number.split("-")
    ordinal, count = _next(session, commitment.event_id, reserved_for_id)
    commitment.ordinal = ordinal
    is_reserved = reserved_for_id is not None
    commitment.number = number(int(year), int(meeting), count, reserved=is_reserved)


def _next(session: Session, event_id: int, reserved_for_id: int | None) -> tuple[int, int]:
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


def refuse_if_fixed(session: Session, event_id: int, *, now: datetime) -> None:
    """Refuse to go on where what was committed at an event stands in approved minutes.

    :raises WordsAreFixed: with the sentence that says so
    """
    reason = queries.why_words_are_fixed(session, event_id, now=now)
    if reason:
        raise WordsAreFixed(reason)
