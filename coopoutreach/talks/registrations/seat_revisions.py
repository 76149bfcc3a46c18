"""Which kept pages a registration ends: those that show the seats of its talk, and no others."""

from sqlalchemy.orm import Session

from coopoutreach.platform.core.db import touch
from coopoutreach.talks.talks.models import Talk

#: Followed by pages that show the seats of several talks.
ALL_SEATS = "seats"


def seats_of(slug: str) -> str:
    """Return the revision of the seats of the talk at the address `slug`."""
    return f"{ALL_SEATS}:{slug}"


def touch_seats(session: Session, talk: Talk) -> None:
    """Say that the seats of a talk, or its line, have changed in this transaction."""
    touch(session, ALL_SEATS)
    touch(session, seats_of(talk.slug))
