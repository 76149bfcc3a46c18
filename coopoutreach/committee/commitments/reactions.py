"""What commitments answer to those below them; `wiring.py` lists these."""

from collections.abc import Callable
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from coopoutreach.committee.commitments import queries
from coopoutreach.committee.commitments.models import Commitment
from coopoutreach.committee.commitments.queries import Side
from coopoutreach.committee.commitments.rules import OPEN, OWING, Notice, State
from coopoutreach.mail.outgoing.happenings import StillWanted
from coopoutreach.mail.outgoing.models import OutgoingMessage

_PREFIX = "commitments/"
#: Letters that are of the side to which it is owed.
_TO_OWED = frozenset({"delivered", "asked"})
_OVER = "lo que dice del compromiso ya no es así"


def reason_to_drop(session: Session, asked: StillWanted, *, now: datetime) -> str:
    """Return why a letter about a commitment is no longer true, or no longer its reader's."""
    if not asked.notice.startswith(_PREFIX):
        return ""
    key = session.scalar(select(OutgoingMessage.key).where(OutgoingMessage.id == asked.message_id))
    if key is None:
        return ""
    # As `notices` writes them: notice, commitment, version of what it tells, person.
    notice, number, *version, _person = key.removeprefix(_PREFIX).split(":")
    commitment = session.get(Commitment, int(number), populate_existing=True)
    if commitment is None or not _stands(session, commitment, notice, version[0]):
        return _OVER
    side = Side.OWED if notice in _TO_OWED else Side.OWING
    people = queries.people_of(session, commitment, side, now=now)
    return "" if asked.person_id in people else "otra persona responde por el compromiso"


def _stands(session: Session, commitment: Commitment, notice: str, version: str) -> bool:
    """Return whether what a letter tells is still so."""
    if notice in set(Notice):
        return commitment.state in OWING and commitment.due_on.isoformat() == version
    asks: dict[str, Callable[[], bool]] = {
        "delivered": lambda: commitment.state is State.DELIVERED,
        "asked": lambda: _is_pending(session, commitment, int(version)),
        "made": lambda: commitment.state in OWING,
        "returned": lambda: commitment.state in OWING,
        "extended": lambda: commitment.state in OPEN,
    }
    return asks[notice]()


def _is_pending(session: Session, commitment: Commitment, entry_id: int) -> bool:
    pending = queries.asked_extension(session, commitment)
    return pending is not None and pending.id == entry_id and commitment.state in OWING
