"""Read which private addresses somebody has, and which nobody uses."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Select, and_, func, or_, select
from sqlalchemy.orm import Session, joinedload

from coopoutreach.calendars.feeds.models import FeedAddress


def addresses_of(
    session: Session, *, user_id: int | None = None, person_id: int | None = None
) -> Sequence[FeedAddress]:
    """Return the addresses in use of who signs in, or of a person, the oldest first."""
    return session.scalars(_live(user_id, person_id).order_by(FeedAddress.id)).all()


def address_of(
    session: Session, public_id: str, *, user_id: int | None = None, person_id: int | None = None
) -> FeedAddress | None:
    """Return the address in use of that name, if it is theirs."""
    wanted = _live(user_id, person_id).where(FeedAddress.public_id == public_id)
    return session.scalars(wanted).one_or_none()


def unused_before(session: Session, moment: datetime) -> list[int]:
    """Return the addresses in use that nothing asked for, and nobody renewed, since `moment`."""
    last = func.coalesce(FeedAddress.last_used_at, FeedAddress.renewed_at, FeedAddress.created_at)
    wanted = select(FeedAddress.id).where(FeedAddress.revoked_at.is_(None), last < moment)
    return list(session.scalars(wanted.order_by(FeedAddress.id)))


def _live(user_id: int | None, person_id: int | None) -> Select[FeedAddress]:
    whose = []
    if user_id is not None:
        whose.append(FeedAddress.user_id == user_id)
    if person_id is not None:
        # A person's link manages what was made by it; who signs in manages that too.
        by_link = FeedAddress.person_id == person_id, FeedAddress.user_id.is_(None)
        whose.append(and_(*by_link))
    return (
        select(FeedAddress)
        .where(or_(*whose), FeedAddress.revoked_at.is_(None))
        .options(
            joinedload(FeedAddress.organisation),
            joinedload(FeedAddress.person),
            joinedload(FeedAddress.series),
        )
    )
