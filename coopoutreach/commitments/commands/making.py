"""Take a commitment down."""

from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from coopoutreach.audit import commands as audit
from coopoutreach.commitments import queries
from coopoutreach.commitments.errors import BadCommitment, WordsAreFixed
from coopoutreach.commitments.models import Commitment, CommitmentEntry
from coopoutreach.commitments.rules import (
    LONGEST_ACTION,
    LONGEST_VERIFICATION,
    EntryKind,
    Fields,
    number_of,
)
from coopoutreach.core.text import clean_line
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

    :raises BadCommitment: if it says nothing, or is reserved for a side that it is not between
    :raises WordsAreFixed: if the minutes of the event are approved
    """
    check(fields)
    refuse_if_fixed(session, event.id, now=now)
    # Whoever counts holds the event's row.
    events.lock_event(session, event.id)
    last = session.scalar(
        select(func.max(Commitment.ordinal)).where(Commitment.event_id == event.id)
    )
    side = queries.side_of(session, event.id, fields.party_id, now=now)
    ordinal = (last or 0) + 1
    commitment = Commitment(
        event_id=event.id,
        ordinal=ordinal,
        number=_number(number_of, ordinal),
        first_due_on=fields.due_on,
        head_id=side.head_id if side else None,
        created_at=now,
    )
    if side is not None:
        commitment.escalation_days = side.escalation_days
    put(commitment, fields)
    session.add(commitment)
    session.flush()
    session.add(
        CommitmentEntry(
            commitment_id=commitment.id,
            kind=EntryKind.MADE,
            at=now,
            actor=actor,
            to_due_on=fields.due_on,
        )
    )
    session.flush()
    audit.record(
        session,
        ("commitment", commitment.id),
        action="commitment.made",
        actor=actor,
        now=now,
        after=summary(commitment),
    )
    return commitment


def refuse_if_fixed(session: Session, event_id: int, *, now: datetime) -> None:
    """Refuse to go on where what was committed at an event stands in approved minutes.

    :raises WordsAreFixed: with the sentence that says so
    """
    reason = queries.why_words_are_fixed(session, event_id, now=now)
    if reason:
        raise WordsAreFixed(reason)


def check(fields: Fields) -> None:
    """Refuse what a commitment cannot say.

    :raises BadCommitment: if it says nothing, or is reserved for a side that it is not between
    """
    if not clean_line(fields.action):
        raise BadCommitment("Escriba a qué se compromete.", field="action")
    sides = {fields.party_id, fields.owed_to_id}
    if fields.reserved_for_id is not None and fields.reserved_for_id not in sides:
        raise BadCommitment("Solo puede reservarse para una de sus partes.", field="reserved_for")


def put(commitment: Commitment, fields: Fields) -> None:
    """Write into a commitment what it says."""
    commitment.action = clean_line(fields.action)[:LONGEST_ACTION]
    commitment.party_id, commitment.owed_to_id = fields.party_id, fields.owed_to_id
    commitment.person_id = fields.person_id
    commitment.due_on = fields.due_on
    commitment.verification = clean_line(fields.verification)[:LONGEST_VERIFICATION]
    commitment.reserved_for_id = fields.reserved_for_id


def summary(commitment: Commitment) -> dict[str, object]:
    """Return what the trail keeps of a commitment: never its words, which may be reserved."""
    return {
        "number": commitment.number,
        "state": commitment.state.value,
        "party_id": commitment.party_id,
        "owed_to_id": commitment.owed_to_id,
        "person_id": commitment.person_id,
        "due_on": commitment.due_on.isoformat(),
        "progress": commitment.progress,
        "extensions": commitment.extensions,
        "reserved_for_id": commitment.reserved_for_id,
    }


def _number(meeting: tuple[int, int], ordinal: int) -> str:
    year, number = meeting
    return number_of(year, number, ordinal)
