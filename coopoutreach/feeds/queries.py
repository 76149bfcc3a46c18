"""Read private addresses, what each may carry, and the kept VEVENTs that a feed joins."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, String, and_, bindparam, case, cast, func, or_, select
from sqlalchemy.orm import Session, joinedload

from coopoutreach.accounts.models import User
from coopoutreach.core import spanish
from coopoutreach.core.links import identifier_of
from coopoutreach.core.settings import current
from coopoutreach.directory import queries as directory
from coopoutreach.directory.models import Organisation, Person
from coopoutreach.events.models import Event, Invitee
from coopoutreach.events.rules import STANDING, EventKind, EventState, Modality, Standing
from coopoutreach.feeds.models import FeedAddress
from coopoutreach.feeds.rules import (
    MOST_EVENTS,
    PURPOSE,
    Scope,
    Selection,
    Span,
)
from coopoutreach.outreach.models import Talk
from coopoutreach.registrations.models import Registration
from coopoutreach.registrations.rules import LIVE, State

_EVENT: Any = Event.__table__
_TALK: Any = Talk.__table__


@dataclass(frozen=True, slots=True)
class Opened:
    """A private calendar that its address opened, and what it carries."""

    id: int
    public_id: str
    scope: Scope
    person_id: int | None
    organisation_id: int | None
    organisation_name: str
    selection: Selection
    last_used_at: datetime | None


# Each private feed asks these, so they are put together once, and of columns alone: to load things
# would take longer than all the rest of a calendar that is kept.
_ADDRESS: Any = FeedAddress.__table__
_USER: Any = User.__table__
_PERSON: Any = Person.__table__
_ORGANISATION: Any = Organisation.__table__
_BY_PUBLIC_ID = (
    select(
        _ADDRESS,
        _USER.c.active,
        _PERSON.c.user_id.label("persons_user_id"),
        _PERSON.c.blocked_at,
        _ORGANISATION.c.short_name,
    )
    .select_from(
        _ADDRESS.outerjoin(_USER, _USER.c.id == _ADDRESS.c.user_id)
        .outerjoin(_PERSON, _PERSON.c.id == _ADDRESS.c.person_id)
        .outerjoin(_ORGANISATION, _ORGANISATION.c.id == _ADDRESS.c.organisation_id)
    )
    .where(_ADDRESS.c.public_id == bindparam("public_id"))
)


def _in_one_row(pairs: Any) -> Any:
    """Return a statement that gives rows of (event, has a place) as one text."""
    rows = pairs.subquery()
    event_id, has_place = rows.c
    text = cast(event_id, String) + ":" + cast(has_place, String)
    return select(func.aggregate_strings(text, ","))


_OF_PERSON = _in_one_row(
    select(Invitee.event_id, case((Invitee.standing == Standing.INVITED, 1), else_=0))
    .where(
        Invitee.person_id == bindparam("person_id"),
        Invitee.standing.in_((Standing.INVITED, Standing.WAITING)),
    )
    .order_by(Invitee.event_id)
)
_OF_COOPERATIVE = _in_one_row(
    select(
        Registration.talk_id, func.max(case((Registration.state == State.CONFIRMED, 1), else_=0))
    )
    .where(
        Registration.organisation_id == bindparam("organisation_id"), Registration.state.in_(LIVE)
    )
    .group_by(Registration.talk_id)
    .order_by(Registration.talk_id)
)


def vevents(session: Session, span: Span, selection: Selection) -> list[bytes]:
    """Return the VEVENTs of the public talks in `span` that were selected, soonest first.

    A region's are those in it and those that are online alone, which are in no region.
    """
    conditions = [_EVENT.c.kind == EventKind.TALK, *_within(span)]
    wanted = select(_EVENT.c.vevent)
    if selection.regions:
        online = and_(_EVENT.c.region.is_(None), _EVENT.c.modality == Modality.ONLINE)
        conditions.append(or_(_EVENT.c.region.in_(selection.regions), online))
    if selection.formats:
        wanted = wanted.join(_TALK, _TALK.c.id == _EVENT.c.id)
        conditions.append(_TALK.c.format.in_(selection.formats))
    return [row[0] for row in session.execute(_in_order(wanted.where(*conditions)))]


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
        organisation_name=row.short_name or "",
        selection=Selection(tuple(row.regions), tuple(row.formats)),
        last_used_at=row.last_used_at,
    )


def _may_still(session: Session, row: Any, *, now: datetime) -> bool:
    """Return whether who subscribed may see on a page today what the calendar carries."""
    if row.active is False or row.blocked_at is not None:
        return False
    if row.scope is Scope.PERSON:
        return row.person_id is not None and row.user_id in {None, row.persons_user_id}
    return row.scope is Scope.SELECTION or _belongs(session, row, now=now)


def _belongs(session: Session, row: Any, *, now: datetime) -> bool:
    """Return whether the subscriber has a post today that lets them see the cooperative's page."""
    organisation = session.get(Organisation, row.organisation_id)
    if organisation is None or row.user_id is None:
        return False
    today = spanish.wall(now).date()
    return bool(directory.accesses_to(session, row.user_id, organisation, today=today))


def followed(session: Session, calendar: Opened) -> str:
    """Return the events of a person or of a cooperative, as `rules.read_followed` reads them."""
    if calendar.scope is Scope.PERSON:
        wanted, keys = _OF_PERSON, {"person_id": calendar.person_id}
    else:
        wanted, keys = _OF_COOPERATIVE, {"organisation_id": calendar.organisation_id}
    return session.connection().execute(wanted, keys).scalar() or ""


def events_followed(
    session: Session, span: Span, event_ids: Collection[int]
) -> Sequence[tuple[int, EventState, bytes, bytes]]:
    """Return id, state and both VEVENTs, the public one first, of events, soonest first."""
    wanted = select(_EVENT.c.id, _EVENT.c.state, _EVENT.c.vevent, _EVENT.c.vevent_invited)
    rows = session.execute(_in_order(wanted.where(_EVENT.c.id.in_(event_ids), *_within(span))))
    return [tuple(row) for row in rows]


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
        .options(joinedload(FeedAddress.organisation), joinedload(FeedAddress.person))
    )


def _within(span: Span) -> list[Any]:
    return [
        _EVENT.c.starts_at >= span.first,
        _EVENT.c.starts_at < span.end,
        or_(
            _EVENT.c.state.in_(STANDING | {EventState.HELD}),
            and_(_EVENT.c.state == EventState.CANCELLED, _EVENT.c.starts_at >= span.cancelled_from),
        ),
    ]


def _in_order(wanted: Any) -> Any:
    return wanted.order_by(_EVENT.c.starts_at, _EVENT.c.id).limit(MOST_EVENTS)
