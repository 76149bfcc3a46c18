"""Read series, who sits at them, and which of their slots are filled."""

from collections.abc import Collection, Sequence
from datetime import date

from sqlalchemy import Select, select
from sqlalchemy.orm import Session, selectinload

from coopoutreach.committee.meetings.models import Meeting, MeetingSeries, SeriesMember, SeriesParty


def series_by_public_id(session: Session, public_id: str) -> MeetingSeries | None:
    """Return the series that an address names."""
    return session.scalar(select(MeetingSeries).where(MeetingSeries.public_id == public_id))


def was_convened(session: Session, series_id: int) -> bool:
    """Return whether any meeting of a series was ever convened."""
    convened = select(Meeting.id).where(
        Meeting.series_id == series_id, Meeting.published_at.is_not(None)
    )
    return session.scalar(convened.limit(1)) is not None


def parties_of(session: Session, series_id: int) -> frozenset[int]:
    """Return the institutions that sit at a table."""
    found = session.scalars(
        select(SeriesParty.organisation_id).where(SeriesParty.series_id == series_id)
    )
    return frozenset(found)


def lock_series(session: Session, series_id: int) -> MeetingSeries:
    """Return the series, holding its row: whoever fills its slots does so alone."""
    return session.scalars(
        select(MeetingSeries)
        .where(MeetingSeries.id == series_id)
        .with_for_update(of=MeetingSeries)
        .execution_options(populate_existing=True)
    ).one()


def series_of(session: Session, organisations: Collection[int] | None) -> Sequence[MeetingSeries]:
    """Return the series at which any of some organisations sits, those that ended last.

    None: every series, for the federation's own people.
    """
    wanted = (
        select(MeetingSeries)
        .options(selectinload(MeetingSeries.parties).joinedload(SeriesParty.organisation))
        .order_by(MeetingSeries.ended_at.is_not(None), MeetingSeries.name, MeetingSeries.id)
    )
    if organisations is not None:
        wanted = wanted.where(MeetingSeries.id.in_(ids_between(organisations)))
    return session.scalars(wanted).all()


def ids_between(organisations: Collection[int]) -> Select[int]:
    """Return a subquery: the series at which any of some organisations sits."""
    return select(SeriesParty.series_id).where(SeriesParty.organisation_id.in_(organisations))


def series_ids_that_go_on(session: Session) -> list[int]:
    """Return the series that have not ended."""
    wanted = select(MeetingSeries.id).where(MeetingSeries.ended_at.is_(None))
    return list(session.scalars(wanted.order_by(MeetingSeries.id)))


def filled_slots(session: Session, series_id: int) -> frozenset[date]:
    """Return the dates of the pattern that have their meeting, whatever became of it."""
    wanted = select(Meeting.slot_on).where(
        Meeting.series_id == series_id, Meeting.slot_on.is_not(None)
    )
    return frozenset(day for day in session.scalars(wanted) if day is not None)


def member_by_public_id(session: Session, series_id: int, public_id: str) -> SeriesMember | None:
    """Return the member of a series that an address names."""
    return session.scalar(
        select(SeriesMember).where(
            SeriesMember.series_id == series_id, SeriesMember.public_id == public_id
        )
    )


def members_of(session: Session, series_id: int) -> Sequence[SeriesMember]:
    """Return who is in the standing list now, in its order; who is blocked is in no list."""
    found = session.scalars(
        select(SeriesMember)
        .where(SeriesMember.series_id == series_id, SeriesMember.ended_at.is_(None))
        .order_by(SeriesMember.position, SeriesMember.id)
        .options(
            selectinload(SeriesMember.person),
            selectinload(SeriesMember.organisation),
            selectinload(SeriesMember.deputy_for).selectinload(SeriesMember.person),
        )
    )
    return [member for member in found if member.person.blocked_at is None]
