"""Who else a person is known to, and what of theirs a correction reaches."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import or_, select
from sqlalchemy.orm import Session, joinedload

from coopoutreach.directory.models import Affiliation
from coopoutreach.events.rules import STANDING
from coopoutreach.outreach.models import Talk
from coopoutreach.registrations.models import Registration
from coopoutreach.registrations.request import Within
from coopoutreach.registrations.rules import LIVE


def live_ahead_of(
    session: Session, registration: Registration, *, within: Within, now: datetime
) -> Sequence[Registration]:
    """Return what its person is registered for and has not begun, as far as `within` reaches."""
    wanted = (
        select(Registration)
        .join(Registration.talk)
        .where(
            Registration.person_id == registration.person_id,
            Registration.state.in_(LIVE),
            Talk.state.in_(STANDING),
            Talk.starts_at > now,
        )
        .options(joinedload(Registration.talk), joinedload(Registration.invitee))
        .order_by(Registration.talk_id)
        # Asked again once the talks are held: as it stands then.
        .execution_options(populate_existing=True)
    )
    if within is Within.THIS:
        wanted = wanted.where(Registration.id == registration.id)
    elif within is Within.COOPERATIVE:
        wanted = wanted.where(Registration.organisation_id == registration.organisation_id)
    return session.scalars(wanted).all()


def is_known_elsewhere(session: Session, registration: Registration, *, within: Within) -> bool:
    """Return whether its person is anybody's but those who correct them.

    Who signs in, who is registered or holds a post elsewhere is not theirs to change.
    """
    if registration.person.user_id is not None:
        return True
    others: Any = Registration.id != registration.id
    posts: Any = Affiliation.person_id == registration.person_id
    if within is Within.COOPERATIVE and registration.organisation_id is not None:
        mine = registration.organisation_id
        others = or_(Registration.organisation_id.is_(None), Registration.organisation_id != mine)
        posts = posts & (Affiliation.organisation_id != mine)
    registered = select(Registration.id).where(
        Registration.person_id == registration.person_id, others
    )
    return (
        session.scalar(registered.limit(1)) is not None
        or session.scalar(select(Affiliation.id).where(posts).limit(1)) is not None
    )


def has_live(session: Session, person_id: int) -> bool:
    """Return whether somebody has a place, or waits for one, in any talk."""
    found = select(Registration.id).where(
        Registration.person_id == person_id, Registration.state.in_(LIVE)
    )
    return session.scalar(found.limit(1)) is not None
