"""Read which sides of a table somebody is of today, and which they left."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import and_, case, func, select
from sqlalchemy.orm import Session

from coopoutreach.committee.meetings import queries as meetings
from coopoutreach.committee.meetings.models import MeetingSeries, SeriesParty
from coopoutreach.people.directory import queries as directory
from coopoutreach.people.directory.models import Affiliation, Organisation
from coopoutreach.people.directory.queries import stands
from coopoutreach.platform.access.permissions import Role

#: The federation's own people see every table.
_STAFF = frozenset({Role.ADMINISTRATION, Role.COORDINATION})


@dataclass(frozen=True, slots=True)
class Sides:
    """The institutions that a person stands for today, and those where no post is left to them."""

    now: frozenset[int]
    left: frozenset[int]


def sides_of(session: Session, person_id: int, *, today: date) -> Sides:
    """Return the sides of a person: by the posts that were vouched for, a unit's counting too.

    A post that nobody vouched for is of no side, and is not left either.
    """
    root = func.coalesce(Organisation.parent_id, Organisation.id)
    speaks = and_(
        stands(today),
        Affiliation.vouched_at.is_not(None),
        directory.speaks_for(person_id, root, today=today),
    )
    held = session.execute(
        select(
            Organisation.id,
            Organisation.parent_id,
            case((stands(today), 1), else_=0),
            case((speaks, 1), else_=0),
        )
        .join(Affiliation, Affiliation.organisation_id == Organisation.id)
        .where(Affiliation.person_id == person_id)
    ).all()
    ever, held_now, now = set[int](), set[int](), set[int]()
    for number, parent, is_held, is_vouched in held:
        found = {one for one in (number, parent) if one is not None}
        ever |= found
        held_now |= found if is_held else set()
        now |= found if is_vouched else set()
    return Sides(frozenset(now), frozenset(ever - held_now))


def may_see_table(
    session: Session, user_id: int, role: Role, series_id: int, *, today: date
) -> bool:
    """Return whether somebody who signs in may see a table's meetings, as its page decides."""
    if role in _STAFF:
        return True
    if role is not Role.COUNTERPART:
        return False
    parties = meetings.parties_of(session, series_id)
    return bool(parties & directory.organisations_of(session, user_id, today=today))


def tables_of(
    session: Session, user_id: int, role: Role, *, today: date
) -> Sequence[MeetingSeries]:
    """Return the tables whose meetings somebody who signs in may follow, by name."""
    if role not in _STAFF | {Role.COUNTERPART}:
        return []
    wanted = select(MeetingSeries).where(MeetingSeries.ended_at.is_(None))
    if role is Role.COUNTERPART:
        mine = directory.organisations_of(session, user_id, today=today)
        sits = select(SeriesParty.series_id).where(SeriesParty.organisation_id.in_(sorted(mine)))
        wanted = wanted.where(MeetingSeries.id.in_(sits))
    return session.scalars(wanted.order_by(MeetingSeries.name, MeetingSeries.id)).all()
