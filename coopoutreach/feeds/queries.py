"""Read private addresses, what each may carry, and the kept VEVENTs that a feed joins."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Select, String, and_, bindparam, case, cast, func, or_, select
from sqlalchemy.orm import Session, joinedload, raiseload

from coopoutreach.core import spanish
from coopoutreach.core.links import identifier_of
from coopoutreach.core.settings import current
from coopoutreach.directory import queries as directory
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

# Each private feed asks these, so they are put together once.
_BY_PUBLIC_ID = (
    select(FeedAddress)
    .where(FeedAddress.public_id == bindparam("public_id"))
    .options(
        joinedload(FeedAddress.user),
        joinedload(FeedAddress.person),
        joinedload(FeedAddress.organisation),
        raiseload("*"),
    )
)


def _in_one_row(pairs: Any) -> Any:
    """Return a statement that gives rows of (event, has a place) as one text.

    What is fetched a row at a time takes longer than all the rest of a calendar that is kept.
    """
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


def address_by_token(session: Session, token: str, *, now: datetime) -> FeedAddress | None:
    """Return the address that a token opens, or None.

    Unknown, revoked and forged cost the same: one query, and one MAC.
    """
    keys = {"public_id": identifier_of(token)}
    found = session.scalars(_BY_PUBLIC_ID, keys).one_or_none()
    right = current().links.matches(token, PURPOSE, nonce=found.nonce if found else "")
    if found is None or not right or found.revoked_at is not None:
        return None
    return found if _may_still(session, found, now=now) else None


def _may_still(session: Session, address: FeedAddress, *, now: datetime) -> bool:
    """Return whether who subscribed may see on a page today what the calendar carries."""
    person, organisation, user_id = address.person, address.organisation, address.user_id
    is_shut_out = address.user is not None and not address.user.active
    if is_shut_out or (person is not None and person.blocked_at is not None):
        return False
    if address.scope is Scope.PERSON:
        return person is not None and user_id in {None, person.user_id}
    if organisation is None or user_id is None:
        return address.scope is Scope.SELECTION
    today = spanish.wall(now).date()
    return bool(directory.accesses_to(session, user_id, organisation, today=today))


def followed(session: Session, address: FeedAddress) -> str:
    """Return the events of a person or of a cooperative, as `rules.read_followed` reads them."""
    if address.scope is Scope.PERSON:
        return session.scalar(_OF_PERSON, {"person_id": address.person_id}) or ""
    return session.scalar(_OF_COOPERATIVE, {"organisation_id": address.organisation_id}) or ""


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
