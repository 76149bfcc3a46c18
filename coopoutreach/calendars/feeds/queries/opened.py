"""Read what a private address opens, and whether its subscriber may still have it."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from coopoutreach.calendars.feeds.models import FeedAddress
from coopoutreach.calendars.feeds.queries.sides import may_see_table
from coopoutreach.calendars.feeds.rules import PURPOSE, Scope, Selection
from coopoutreach.committee.meetings.models import MeetingSeries
from coopoutreach.people.accounts.models import User
from coopoutreach.people.directory import queries as directory
from coopoutreach.people.directory.models import Organisation, Person
from coopoutreach.platform.core import spanish
from coopoutreach.platform.core.links import identifier_of
from coopoutreach.platform.core.settings import current


@dataclass(frozen=True, slots=True)
class Opened:
    """A private calendar that its address opened, and what it carries."""

    id: int
    public_id: str
    scope: Scope
    person_id: int | None
    organisation_id: int | None
    series_id: int | None
    #: What it is named after: the cooperative, or the table.
    of: str
    selection: Selection
    last_used_at: datetime | None


# Each private feed asks these, so they are put together once, and of columns alone: to load things
# would take longer than all the rest of a calendar that is kept.
_ADDRESS: Any = FeedAddress.__table__
_USER: Any = User.__table__
_PERSON: Any = Person.__table__
_ORGANISATION: Any = Organisation.__table__
_SERIES: Any = MeetingSeries.__table__
_BY_PUBLIC_ID = (
    select(
        _ADDRESS,
        _USER.c.active,
        _USER.c.role,
        _PERSON.c.user_id.label("persons_user_id"),
        _PERSON.c.blocked_at,
        _ORGANISATION.c.short_name,
        _SERIES.c.name,
    )
    .select_from(
        _ADDRESS.outerjoin(_USER, _USER.c.id == _ADDRESS.c.user_id)
        .outerjoin(_PERSON, _PERSON.c.id == _ADDRESS.c.person_id)
        .outerjoin(_ORGANISATION, _ORGANISATION.c.id == _ADDRESS.c.organisation_id)
        .outerjoin(_SERIES, _SERIES.c.id == _ADDRESS.c.series_id)
    )
    .where(_ADDRESS.c.public_id == bindparam("public_id"))
)


def opened_by(session: Session, token: str, *, now: datetime) -> Opened | None:
    """Return the private calendar that a token opens, or None.

    Unknown, revoked and forged cost the same: one query, and one MAC.
    """
    keys = {"public_id": identifier_of(token)}
    row = session.connection().execute(_BY_PUBLIC_ID, keys).one_or_none()
    right = current().links.matches(token, PURPOSE, nonce=row.nonce if row else "")
    if row is None or not right or row.revoked_at is not None:
        return None
    if not _may_still(session, row, now=now):
        return None
    return Opened(
        id=row.id,
        public_id=row.public_id,
        scope=row.scope,
        person_id=row.person_id,
        organisation_id=row.organisation_id,
        series_id=row.series_id,
        of=row.short_name or row.name or "",
        selection=Selection(tuple(row.regions), tuple(row.formats)),
        last_used_at=row.last_used_at,
    )


def _may_still(session: Session, row: Any, *, now: datetime) -> bool:
    """Return whether who subscribed may see on a page today what the calendar carries."""
    if row.active is False or row.blocked_at is not None:
        return False
    if row.scope is Scope.PERSON:
        return row.person_id is not None and row.user_id in {None, row.persons_user_id}
    if row.scope is Scope.TABLE:
        today = spanish.wall(now).date()
        return row.user_id is not None and may_see_table(
            session, row.user_id, row.role, row.series_id, today=today
        )
    return row.scope is Scope.SELECTION or _belongs(session, row, now=now)


def _belongs(session: Session, row: Any, *, now: datetime) -> bool:
    """Return whether the subscriber has a post today that lets them see the cooperative's page."""
    organisation = session.get(Organisation, row.organisation_id)
    if organisation is None or row.user_id is None:
        return False
    today = spanish.wall(now).date()
    return bool(directory.accesses_to(session, row.user_id, organisation, today=today))
