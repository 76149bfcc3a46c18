"""Take a commitment down."""

from datetime import datetime

from sqlalchemy.orm import Session

from coopoutreach.committee.commitments import history, numbering, queries
from coopoutreach.committee.commitments.errors import WordsAreFixed
from coopoutreach.committee.commitments.fields import check, put
from coopoutreach.committee.commitments.models import Commitment
from coopoutreach.committee.commitments.rules import EntryKind, Fields
from coopoutreach.committee.commitments.rules import number_of as number
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
    ordinal, count = numbering.next_place(session, event.id, fields.reserved_for_id)
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


def refuse_if_fixed(session: Session, event_id: int, *, now: datetime) -> None:
    """Refuse to go on where what was committed at an event stands in approved minutes.

    :raises WordsAreFixed: with the sentence that says so
    """
    reason = queries.why_words_are_fixed(session, event_id, now=now)
    if reason:
        raise WordsAreFixed(reason)
