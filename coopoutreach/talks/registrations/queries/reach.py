"""Who else a person is known to, and what of theirs a correction reaches."""

from collections.abc import Sequence
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from coopoutreach.events.models import Invitee
from coopoutreach.events.rules import ACTIVE_STATES
from coopoutreach.people.directory.models import Affiliation, Person
from coopoutreach.platform.core.references import Unless, is_referred_to
from coopoutreach.talks.registrations.models import Registration
from coopoutreach.talks.registrations.request import Within
from coopoutreach.talks.registrations.rules import LIVE
from coopoutreach.talks.talks.models import Talk


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
            Talk.state.in_(ACTIVE_STATES),
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

    Who signs in, and whoever else anything in the schema refers to, is not theirs to change: only
    somebody whom they made, and whom nobody knows but by these registrations.
    """
    person = registration.person
    if person.user_id is not None:
        return True
    mine = _mine(registration, within)
    if not _was_made_by(session, person, registration, mine):
        return True
    return is_referred_to(
        session, "person", person.id, unless=_of_registrations(registration, mine)
    )


def is_known_beyond_registrations(session: Session, person: Person) -> bool:
    """Return whether a person signs in, holds a post, sits at a table, or the like.

    Who is registered for talks alone, by whomever, is not.
    """
    everything = sa.true()
    return person.user_id is not None or is_referred_to(
        session, "person", person.id, unless=_of_these(person.id, everything)
    )


def _mine(registration: Registration, within: Within) -> sa.ColumnElement[bool]:
    """Return the condition of the registrations that are of those who correct."""
    if within is Within.COOPERATIVE and registration.organisation_id is not None:
        return Registration.organisation_id == registration.organisation_id
    return Registration.id == registration.id


def _was_made_by(
    session: Session,
    person: Person,
    registration: Registration,
    mine: sa.ColumnElement[bool],
) -> bool:
    """Return whether a person came with one of these registrations, or by a post beside them.

    Whoever was known before somebody registered them was made by others, even if nothing that
    those wrote is left.
    """
    first = session.scalar(
        select(sa.func.min(Invitee.created_at))
        .join(Registration, Registration.invitee_id == Invitee.id)
        .where(Registration.person_id == person.id, mine)
    )
    if first is not None and first <= person.created_at:
        return True
    posts = select(Affiliation.id).where(
        Affiliation.person_id == person.id,
        Affiliation.organisation_id == registration.organisation_id,
    )
    return session.scalar(posts.limit(1)) is not None


def _of_registrations(
    registration: Registration, mine: sa.ColumnElement[bool]
) -> dict[str, Unless]:
    """Return which rows about the person of a registration are of those who correct them."""
    return _of_these(registration.person_id, mine) | {
        # Their own post in the cooperative that registered them.
        "affiliation": lambda rows: rows.c.organisation_id == registration.organisation_id,
    }


def _of_these(person_id: int, mine: sa.ColumnElement[bool]) -> dict[str, Unless]:
    """Return which rows about a person come with their registrations, by table.

    Every other table that refers to a person protects them by being there.
    """
    these = select(Registration.id).where(Registration.person_id == person_id, mine)
    invitees = select(Registration.invitee_id).where(Registration.id.in_(these))
    talks = select(Registration.talk_id).where(Registration.id.in_(these))
    return {
        "registration": lambda rows: rows.c.id.in_(these),
        "invitee": lambda rows: rows.c.id.in_(invitees),
        "outgoing_message": lambda rows: rows.c.invitee_id.in_(invitees),
        "consent": lambda rows: rows.c.event_id.in_(talks),
        # A calendar of their own places: it dies with the address that is corrected.
        "feed_address": lambda rows: sa.and_(
            rows.c.organisation_id.is_(None), rows.c.series_id.is_(None)
        ),
    }


def has_live(session: Session, person_id: int) -> bool:
    """Return whether somebody has a place, or waits for one, in any talk."""
    found = select(Registration.id).where(
        Registration.person_id == person_id, Registration.state.in_(LIVE)
    )
    return session.scalar(found.limit(1)) is not None
