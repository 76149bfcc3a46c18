"""Read polls for a date, and who answered what."""

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload, selectinload

from coopoutreach.core.links import identifier_of
from coopoutreach.core.settings import current
from coopoutreach.meetings.models import DatePoll, PollVoter

#: The purpose that a voter's link is signed for.
LINK = "date-poll"


def poll_by_public_id(session: Session, public_id: str) -> DatePoll | None:
    """Return the poll that an address names, with its answers."""
    return session.scalar(
        select(DatePoll)
        .where(DatePoll.public_id == public_id)
        .options(
            selectinload(DatePoll.options),
            selectinload(DatePoll.voters).selectinload(PollVoter.choices),
            selectinload(DatePoll.voters).joinedload(PollVoter.person),
            selectinload(DatePoll.voters).joinedload(PollVoter.organisation),
        )
    )


def polls_of(session: Session, series_id: int) -> Sequence[DatePoll]:
    """Return the polls of a series, the latest first."""
    wanted = select(DatePoll).where(DatePoll.series_id == series_id)
    return session.scalars(wanted.order_by(DatePoll.id.desc())).all()


def lock_poll(session: Session, poll_id: int) -> DatePoll:
    """Return the poll, holding its row: it is closed once, and takes no answer after that."""
    return session.scalars(
        select(DatePoll)
        .where(DatePoll.id == poll_id)
        .with_for_update(of=DatePoll)
        .execution_options(populate_existing=True)
    ).one()


def voter_by_token(session: Session, token: str) -> PollVoter | None:
    """Return whose link this is, or None: unknown, revoked and forged look the same."""
    found = session.scalars(
        select(PollVoter)
        .where(PollVoter.public_id == identifier_of(token))
        .options(joinedload(PollVoter.person), joinedload(PollVoter.poll))
    ).one_or_none()
    # A MAC is compared either way, so that the time taken does not tell the two apart.
    right = current().links.matches(token, LINK, nonce=found.nonce if found else "")
    return found if right else None
