"""How outreach answers what happens below it; `wiring.py` lists these."""

from datetime import datetime

from sqlalchemy.orm import Session

from coopoutreach.events import entries
from coopoutreach.events.happenings import CancellationTold, Proposal
from coopoutreach.platform.core import settings
from coopoutreach.talks.talks import queries
from coopoutreach.talks.talks.models import Talk


def propose_instead(session: Session, told: CancellationTold, *, now: datetime) -> Proposal | None:
    """Return what is proposed in place of a talk that was called off, as it stands now."""
    talk = session.get(Talk, told.event_id)
    return proposal(talk, now=now) if talk else None


def proposal(talk: Talk, *, now: datetime) -> Proposal | None:
    """Return the proposal that a cancelled talk's people read, if there is one."""
    other = queries.replacement_of(talk, now=now)
    if other is None:
        return None
    return Proposal(
        title=other.title,
        when=entries.when_line(other),
        place=entries.place_line(other),
        url=settings.current().links.to(f"{other.path}/inscripcion"),
    )
