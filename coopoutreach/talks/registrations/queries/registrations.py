"""Find registrations: of a person, of a talk, of an organisation."""

from collections.abc import Iterable, Sequence

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session, joinedload
from sqlalchemy.orm.util import identity_key

from coopoutreach.events.models import Invitee
from coopoutreach.people.directory.models import Person
from coopoutreach.talks.registrations.models import Registration
from coopoutreach.talks.registrations.rules import LIVE
from coopoutreach.talks.talks.models import Talk

# Written once: putting a statement together costs more than answering it.
_OF_PERSON = (
    select(Registration)
    .where(
        Registration.talk_id == bindparam("talk_id"),
        Registration.person_id == bindparam("person_id"),
    )
    .options(joinedload(Registration.invitee))
)


def by_ids(session: Session, ids: Iterable[int]) -> dict[int, Registration]:
    """Return registrations by id; only those that the session does not know yet are asked for."""
    found: dict[int, Registration] = {}
    missing = []
    for number in ids:
        known = session.identity_map.get(identity_key(Registration, number))
        if isinstance(known, Registration):
            found[number] = known
        else:
            missing.append(number)
    if missing:
        asked = session.scalars(
            select(Registration)
            .where(Registration.id.in_(missing))
            .options(
                joinedload(Registration.person),
                joinedload(Registration.invitee),
                joinedload(Registration.organisation),
            )
        )
        found |= {registration.id: registration for registration in asked}
    return found


def of_invitee(session: Session, invitee: Invitee) -> Registration | None:
    """Return the registration behind an invitee's link, with its talk."""
    return session.scalars(
        select(Registration)
        .where(Registration.invitee_id == invitee.id)
        .options(joinedload(Registration.talk), joinedload(Registration.organisation))
    ).one_or_none()


def registrations_of(session: Session, talk_id: int) -> Sequence[Registration]:
    """Return every registration of the talk, in whatever state, with person and organisation.

    Who asked to be blocked is in no list, nor in what is made from one.
    """
    return session.scalars(
        select(Registration)
        .join(Registration.person)
        .where(Registration.talk_id == talk_id, Person.blocked_at.is_(None))
        .options(joinedload(Registration.person), joinedload(Registration.organisation))
    ).all()


def of_invitee_id(session: Session, invitee_id: int) -> Registration | None:
    """Return the registration of an invitee."""
    return session.scalars(
        select(Registration).where(Registration.invitee_id == invitee_id)
    ).one_or_none()


def of_person(session: Session, talk_id: int, person_id: int) -> Registration | None:
    """Return a person's registration for the talk, in whatever state."""
    keys = {"talk_id": talk_id, "person_id": person_id}
    return session.scalars(_OF_PERSON, keys).one_or_none()


def attendees(session: Session, talk_id: int) -> Sequence[Registration]:
    """Return everybody of the talk with person, organisation and invitee, by name.

    Who asked to be blocked is in no list, nor in what is made from one.
    """
    return session.scalars(
        select(Registration)
        .join(Registration.person)
        .where(Registration.talk_id == talk_id, Person.blocked_at.is_(None))
        .options(
            joinedload(Registration.person),
            joinedload(Registration.organisation),
            joinedload(Registration.invitee),
        )
        .order_by(Person.name_key, Registration.id)
    ).all()


def of_organisation(session: Session, organisation_id: int) -> Sequence[Registration]:
    """Return the live registrations in an organisation's name, soonest talk first."""
    return session.scalars(
        select(Registration)
        .join(Registration.talk)
        .join(Registration.person)
        .where(
            Registration.organisation_id == organisation_id,
            Registration.state.in_(LIVE),
            Person.blocked_at.is_(None),
        )
        .options(
            joinedload(Registration.person),
            joinedload(Registration.talk),
            joinedload(Registration.invitee),
        )
        .order_by(Talk.starts_at, Registration.id)
    ).all()


def by_invitee_public_id(session: Session, talk_id: int, public_id: str) -> Registration | None:
    """Return the registration of a talk that an invitee's public id names."""
    return session.scalars(
        select(Registration)
        .join(Registration.invitee)
        .where(Registration.talk_id == talk_id, Invitee.public_id == public_id)
    ).one_or_none()


def by_public_id(session: Session, public_id: str) -> Registration | None:
    """Return the registration that an invitee's public id names, in whatever talk."""
    return session.scalars(
        select(Registration)
        .join(Registration.invitee)
        .where(Invitee.public_id == public_id)
        .options(
            joinedload(Registration.talk),
            joinedload(Registration.person),
            joinedload(Registration.organisation),
        )
    ).one_or_none()
