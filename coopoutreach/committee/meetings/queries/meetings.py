"""Read meetings."""

from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session, joinedload

from coopoutreach.committee.meetings.models import Meeting
from coopoutreach.committee.meetings.queries.series import ids_between
from coopoutreach.events.rules import ACTIVE_STATES, EventState

#: How many meetings a list shows.
MOST = 200


def meeting_by_public_id(session: Session, public_id: str) -> Meeting | None:
    """Return the meeting that an address names."""
    return session.scalar(select(Meeting).where(Meeting.public_id == public_id))


def meetings_ahead(
    session: Session, organisations: Collection[int] | None, *, now: datetime
) -> Sequence[Meeting]:
    """Return the meetings of these organisations' tables that are not over, the next one first.

    None: of every table, for the federation's own people.
    """
    wanted = (
        select(Meeting)
        .where(Meeting.ends_at > now, Meeting.state != EventState.CANCELLED)
        .options(joinedload(Meeting.series))
        .order_by(Meeting.starts_at, Meeting.id)
        .limit(MOST)
    )
    return session.scalars(wanted.where(*_of(organisations))).all()


def meetings_past(
    session: Session, organisations: Collection[int] | None, *, now: datetime
) -> Sequence[Meeting]:
    """Return the meetings of these organisations' tables that took place, the last one first."""
    wanted = (
        select(Meeting)
        .where(
            Meeting.ends_at <= now,
            Meeting.state.in_({EventState.HELD, *ACTIVE_STATES}),
        )
        .options(joinedload(Meeting.series))
        .order_by(Meeting.starts_at.desc(), Meeting.id)
        .limit(MOST)
    )
    return session.scalars(wanted.where(*_of(organisations))).all()


def meetings_of(session: Session, series_id: int) -> Sequence[Meeting]:
    """Return every meeting of a series by its time."""
    wanted = select(Meeting).where(Meeting.series_id == series_id)
    return session.scalars(wanted.order_by(Meeting.starts_at, Meeting.id)).all()


def series_follows(session: Session, series_id: int, *, now: datetime) -> Sequence[Meeting]:
    """Return the meetings ahead that follow what is said of their series: not those edited alone.

    In order of their id, which is the order to lock them in.
    """
    wanted = select(Meeting).where(
        Meeting.series_id == series_id,
        Meeting.starts_at > now,
        Meeting.detached.is_(False),
        Meeting.state.in_({EventState.DRAFT, *ACTIVE_STATES}),
    )
    return session.scalars(wanted.order_by(Meeting.id)).all()


def _of(organisations: Collection[int] | None) -> list[ColumnElement[bool]]:
    return [] if organisations is None else [Meeting.series_id.in_(ids_between(organisations))]
