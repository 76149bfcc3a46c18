"""Read people, their posts, and what these let them do."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import ColumnElement, Select, and_, or_, select
from sqlalchemy.orm import InstrumentedAttribute, Session, aliased, joinedload

from coopoutreach.people.directory.models import Affiliation, Organisation, Person
from coopoutreach.people.directory.rules import Access

#: Nobody has had more posts than this in one organisation.
MOST_POSTS = 1000


@dataclass(frozen=True, slots=True)
class Post:
    """A post with its number among those that its person has had in its organisation."""

    affiliation: Affiliation
    number: int

    def is_past(self, today: date) -> bool:
        """Return whether the post is over; one that was given for a time, once that is."""
        until = self.affiliation.until
        if self.affiliation.access is not Access.NONE:
            return until is not None and until < today
        return until is not None


def not_over(today: date) -> ColumnElement[bool]:
    """Return the condition that a post has not ended, whether or not it has begun."""
    return or_(Affiliation.until.is_(None), Affiliation.until >= today)


def stands(today: date) -> ColumnElement[bool]:
    """Return the condition that a post is held on a day; one that was ended allows nothing."""
    begun = or_(Affiliation.since.is_(None), Affiliation.since <= today)
    return and_(begun, not_over(today))


def has_left(
    person_id: int | InstrumentedAttribute[int],
    organisation_id: int | InstrumentedAttribute[int],
    *,
    today: date,
) -> ColumnElement[bool]:
    """Return the condition that every post of somebody at an institution, or its units, is over.

    Whoever never had one written down has not left: they stand for whom they are said to.
    """
    place = aliased(Organisation)
    posts = (
        select(Affiliation.id)
        .join(place, place.id == Affiliation.organisation_id)
        .where(
            Affiliation.person_id == person_id,
            or_(place.id == organisation_id, place.parent_id == organisation_id),
        )
    )
    return and_(posts.exists(), ~posts.where(not_over(today)).exists())


def people_of(session: Session, organisation: Organisation) -> list[Post]:
    """Return the posts of an organisation, past ones too, with their people, by name.

    Who asked to be blocked is in no list.
    """
    held = session.scalars(
        select(Affiliation)
        .join(Affiliation.person)
        .where(Affiliation.organisation_id == organisation.id, Person.blocked_at.is_(None))
        .options(joinedload(Affiliation.person))
        .order_by(Affiliation.id)
    )
    numbers: dict[int, int] = {}
    posts = []
    for affiliation in held:
        numbers[affiliation.person_id] = numbers.get(affiliation.person_id, 0) + 1
        posts.append(Post(affiliation, numbers[affiliation.person_id]))
    return sorted(posts, key=lambda post: post.affiliation.person.name_key)


def post(
    session: Session, organisation_public_id: str, person_public_id: str, number: int
) -> Affiliation | None:
    """Return the post of that number which that person has had in that organisation, from 1 on."""
    if not 1 <= number <= MOST_POSTS:
        return None
    return session.scalar(
        select(Affiliation)
        .join(Affiliation.organisation)
        .join(Affiliation.person)
        .where(
            Organisation.public_id == organisation_public_id,
            Person.public_id == person_public_id,
        )
        .order_by(Affiliation.id)
        .offset(number - 1)
        .limit(1)
    )


def posts_of(session: Session, person: Person, organisation: Organisation) -> Sequence[Affiliation]:
    """Return every post that a person has had in an organisation, in the order they were made."""
    return session.scalars(
        select(Affiliation)
        .where(Affiliation.person_id == person.id, Affiliation.organisation_id == organisation.id)
        .order_by(Affiliation.id)
    ).all()


def accesses_of(session: Session, person: Person, *, today: date) -> set[Access]:
    """Return every access that a person's posts give them now, or will."""
    held = select(Affiliation.access).where(Affiliation.person_id == person.id, not_over(today))
    return set(session.scalars(held))


def organisation_of_user(session: Session, user_id: int, *, today: date) -> Organisation | None:
    """Return the active organisation for which somebody who signs in may do something today.

    Of several, the one whose access was given first.
    """
    return session.scalar(
        select(Organisation)
        .join(Affiliation, Affiliation.organisation_id == Organisation.id)
        .join(Person, Person.id == Affiliation.person_id)
        .where(
            Person.user_id == user_id,
            Affiliation.access != Access.NONE,
            stands(today),
            Organisation.active,
        )
        .order_by(Affiliation.id)
        .limit(1)
    )


def cooperative_managed_by(session: Session, user_id: int, *, today: date) -> Organisation | None:
    """Return the active cooperative that somebody who signs in manages today.

    Of several, the one that they were given first.
    """
    return session.scalar(
        select(Organisation)
        .join(Affiliation, Affiliation.organisation_id == Organisation.id)
        .join(Person, Person.id == Affiliation.person_id)
        .where(
            Person.user_id == user_id,
            Affiliation.access == Access.MANAGER,
            stands(today),
            Organisation.active,
        )
        .order_by(Affiliation.id)
        .limit(1)
    )


def accesses_to(
    session: Session, user_id: int, organisation: Organisation, *, today: date
) -> set[Access]:
    """Return what somebody who signs in may do for an organisation today, in one query.

    A post in a unit counts for its institution, and the reverse. None if it is not active.
    """
    if not organisation.active:
        return set()
    near = [Organisation.id == organisation.id, Organisation.parent_id == organisation.id]
    if organisation.parent_id is not None:
        near.append(Organisation.id == organisation.parent_id)
    return set(
        session.scalars(
            select(Affiliation.access)
            .join(Affiliation.organisation)
            .join(Affiliation.person)
            .where(
                Person.user_id == user_id,
                Affiliation.access != Access.NONE,
                stands(today),
                or_(*near),
            )
        )
    )


def person_by_public_id(session: Session, public_id: str) -> Person | None:
    """Return the person that an address names."""
    return session.scalar(select(Person).where(Person.public_id == public_id))


def person_of_user(session: Session, user_id: int) -> Person | None:
    """Return the person whose account this is."""
    return session.scalar(select(Person).where(Person.user_id == user_id))


def person_by_key(session: Session, *, email_key: str, name_key: str) -> Person:
    """Return the person of an address and a name that are known.

    :raises NoResultFound: if there is none
    """
    return session.scalars(_by_key(email_key, name_key)).one()


def find_person_by_key(session: Session, *, email_key: str, name_key: str) -> Person | None:
    """Return the person of an address and a name, or None if there is none."""
    return session.scalar(_by_key(email_key, name_key))


def _by_key(email_key: str, name_key: str) -> Select[Person]:
    return select(Person).where(Person.email_key == email_key, Person.name_key == name_key)
