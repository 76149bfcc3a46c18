"""Read polls for a date, and who answered what."""

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload, selectinload

from coopoutreach.committee.meetings.models import DatePoll, PollVoter, SeriesMember
from coopoutreach.platform.core.links import identifier_of
from coopoutreach.platform.core.settings import current

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
    return found if found is not None and right and _sits_there(session, found) else None


def _sits_there(session: Session, voter: PollVoter) -> bool:
    """Return whether a voter is still in the table's list: who was taken off chooses no date."""
    member = select(SeriesMember.id).where(
        SeriesMember.series_id == voter.poll.series_id,
        SeriesMember.person_id == voter.person_id,
        SeriesMember.ended_at.is_(None),
    )
    return session.scalar(member) is not None
