"""Read who prefers one mail a day about meetings, and what it is going to say."""

from collections.abc import Collection, Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from coopoutreach.committee.meetings.models import DigestLine, Meeting, SeriesMember
from coopoutreach.people.directory.models import Person


def prefer_digest(
    session: Session, people: Collection[int], *, event_id: int | None = None
) -> set[int]:
    """Return which of some people want one mail a day about the table of a meeting.

    Without a meeting: about any table where they sit.
    """
    wanted = select(SeriesMember.person_id).where(
        SeriesMember.person_id.in_(people),
        SeriesMember.digest,
        SeriesMember.ended_at.is_(None),
    )
    if event_id is not None:
        wanted = wanted.join(Meeting, Meeting.series_id == SeriesMember.series_id).where(
            Meeting.id == event_id
        )
    return set(session.scalars(wanted))


def people_with_lines(session: Session) -> list[int]:
    """Return the people whose daily mail has something to say."""
    wanted = select(DigestLine.person_id).where(DigestLine.told_at.is_(None)).distinct()
    return sorted(session.scalars(wanted))


def lines_to_tell(session: Session, person: Person) -> Sequence[DigestLine]:
    """Return what somebody's next daily mail says, the oldest first; the rows are held."""
    return session.scalars(
        select(DigestLine)
        .where(DigestLine.person_id == person.id, DigestLine.told_at.is_(None))
        .order_by(DigestLine.created_at, DigestLine.id)
        .with_for_update()
    ).all()
