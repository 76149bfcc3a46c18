"""What minutes answer to those below them."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from coopoutreach.commitments.happenings import WordsAsked
from coopoutreach.minutes.models import Minutes
from coopoutreach.minutes.rules import State

_FIXED = frozenset({State.APPROVED, State.PUBLISHED})


def words_are_fixed(session: Session, asked: WordsAsked, *, now: datetime) -> str:  # noqa: ARG001 (reactions are told the time)
    """Answer why what a commitment says can change no more: the minutes that hold it stand."""
    state = session.scalar(
        select(Minutes.state)
        .where(Minutes.meeting_id == asked.event_id)
        .order_by(Minutes.version.desc())
        .limit(1)
    )
    if state not in _FIXED:
        return ""
    return "El acta está aprobada: sus palabras ya no cambian. Puede mover el plazo con un motivo."
