"""Everything that can be done to a private address of a calendar."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import or_, update
from sqlalchemy.orm import Session

from coopoutreach.calendars.feeds import queries, rules
from coopoutreach.calendars.feeds.errors import TooManyAddresses
from coopoutreach.calendars.feeds.models import FeedAddress
from coopoutreach.calendars.feeds.rules import MOST_ADDRESSES, Scope, Selection
from coopoutreach.platform.audit import commands as audit
from coopoutreach.platform.core.links import new_nonce

_EVERYTHING = Selection()


@dataclass(frozen=True, slots=True)
class Subscriber:
    """Who subscribes: somebody who signs in, with the person that they are, or a person alone."""

    user_id: int | None = None
    person_id: int | None = None


def create(  # noqa: PLR0913 (a subscription is these)
    session: Session,
    subscriber: Subscriber,
    scope: Scope,
    *,
    organisation_id: int | None = None,
    series_id: int | None = None,
    selection: Selection = _EVERYTHING,
    actor: str,
    now: datetime,
) -> FeedAddress:
    """Give a subscriber a private address; of the same calendar, the one that they have.

    :raises TooManyAddresses: if they have as many as anybody may
    """
    wanted = {
        "scope": scope,
        "person_id": subscriber.person_id if scope is Scope.PERSON else None,
        "organisation_id": organisation_id,
        "series_id": series_id,
        "regions": sorted(selection.regions),
        "formats": sorted(selection.formats),
    }
    held = queries.addresses_of(
        session,
        user_id=subscriber.user_id,
        person_id=None if subscriber.user_id is not None else subscriber.person_id,
    )
    for address in held:
        if all(getattr(address, name) == value for name, value in wanted.items()):
            return address
    if len(held) >= MOST_ADDRESSES:
        raise TooManyAddresses(MOST_ADDRESSES)
    made = FeedAddress(user_id=subscriber.user_id, created_at=now, **wanted)
    session.add(made)
    session.flush()
    _record(session, made, "created", actor=actor, now=now)
    return made


def renew(session: Session, address: FeedAddress, *, actor: str, now: datetime) -> None:
    """Give the calendar a new address; the old one is dead from here on."""
    address.nonce = new_nonce()
    address.renewed_at = now
    address.last_used_at = None
    address.last_program = ""
    _record(session, address, "renewed", actor=actor, now=now)


def revoke(session: Session, address: FeedAddress, *, actor: str, now: datetime) -> None:
    """Take the address back: it is as if it had never been."""
    address.revoked_at = now
    _record(session, address, "revoked", actor=actor, now=now)


def note_use(session: Session, address_id: int, *, program: str, now: datetime) -> bool:
    """Keep, to the hour, that a program asked for the calendar; return whether that was news."""
    hour = rules.hour_of(now)
    result: Any = session.execute(
        update(FeedAddress)
        .where(
            FeedAddress.id == address_id,
            or_(FeedAddress.last_used_at.is_(None), FeedAddress.last_used_at < hour),
        )
        .values(last_used_at=hour, last_program=program)
        .execution_options(synchronize_session=False)
    )
    return bool(result.rowcount)


def expire(session: Session, address_id: int, *, now: datetime) -> None:
    """Take back an address that nothing has used for thirteen months."""
    address = session.get_one(FeedAddress, address_id)
    if address.revoked_at is None:
        revoke(session, address, actor="job:feeds", now=now)


def _record(
    session: Session, address: FeedAddress, what: str, *, actor: str, now: datetime
) -> None:
    audit.record(
        session,
        ("feed_address", address.id),
        action=f"feed_address.{what}",
        actor=actor,
        now=now,
        after={"scope": address.scope.value},
    )
