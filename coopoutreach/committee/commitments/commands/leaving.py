"""Let somebody go who answers for commitments."""

from datetime import datetime

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from coopoutreach.committee.commitments.fields import summary
from coopoutreach.committee.commitments.history import add
from coopoutreach.committee.commitments.models import Commitment
from coopoutreach.committee.commitments.rules import OPEN, EntryKind


def release(session: Session, person_id: int, *, actor: str, now: datetime) -> None:
    """Leave what somebody still answers for, or hears of as its head, to their institution."""
    held = (
        select(Commitment)
        .where(
            Commitment.state.in_(OPEN),
            or_(Commitment.person_id == person_id, Commitment.head_id == person_id),
        )
        .order_by(Commitment.id)
        .with_for_update(of=Commitment)
    )
    for commitment in session.scalars(held).all():
        before = summary(commitment)
        if commitment.head_id == person_id:
            commitment.head_id = None
        if commitment.person_id == person_id:
            commitment.person_id = None
            add(session, commitment, EntryKind.EDITED, before=before, actor=actor, now=now)
    session.flush()
