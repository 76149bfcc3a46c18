"""Read who speaks for an institution: whom it, or the administration, vouched for."""

from collections.abc import Sequence
from datetime import date

from sqlalchemy import ColumnElement, and_, func, or_, select
from sqlalchemy.orm import InstrumentedAttribute, Session, aliased, joinedload

from coopoutreach.people.directory.models import Affiliation, Organisation, Person
from coopoutreach.people.directory.queries.people import stands
from coopoutreach.people.directory.rules import Access


def speaks_for(
    person_id: int | InstrumentedAttribute[int],
    organisation_id: int | ColumnElement[int] | InstrumentedAttribute[int],
    *,
    today: date,
) -> ColumnElement[bool]:
    """Return the condition that somebody speaks for an institution today.

    They hold a post there, or in a unit of it, that the institution or the administration vouched
    for; and none that was vouched for before at another institution.
    """
    place, held, other = aliased(Organisation), aliased(Affiliation), aliased(Affiliation)
    elsewhere = aliased(Organisation)
    before = (
        select(other.id)
        .join(elsewhere, elsewhere.id == other.organisation_id)
        .where(
            other.person_id == person_id,
            other.vouched_at < held.vouched_at,
            _held(other, today),
            _root(elsewhere) != organisation_id,
        )
        # All but its own: the person is the caller's, whether a number or a column of theirs.
        .correlate_except(other, elsewhere)
    )
    posts = (
        select(held.id)
        .join(place, place.id == held.organisation_id)
        .where(
            held.person_id == person_id,
            held.vouched_at.is_not(None),
            _held(held, today),
            _root(place) == organisation_id,
            ~before.exists(),
        )
    )
    return posts.exists()


def _held(post: type[Affiliation], today: date) -> ColumnElement[bool]:
    return and_(
        or_(post.since.is_(None), post.since <= today),
        or_(post.until.is_(None), post.until >= today),
    )


def _root(place: type[Organisation]) -> ColumnElement[int]:
    """Return the institution that a place is, or is a unit of."""
    return func.coalesce(place.parent_id, place.id)


def vouched_posts_at(
    session: Session, organisation: Organisation, *, today: date
) -> Sequence[Affiliation]:
    """Return the posts whose people speak for an institution today, its units' too, by name."""
    root = organisation.parent_id or organisation.id
    return session.scalars(
        select(Affiliation)
        .join(Affiliation.organisation)
        .join(Affiliation.person)
        .where(
            Affiliation.vouched_at.is_not(None),
            stands(today),
            _root(Organisation) == root,
            Person.blocked_at.is_(None),
            speaks_for(Person.id, root, today=today),
        )
        .options(joinedload(Affiliation.person))
        .order_by(Person.name_key, Affiliation.id)
    ).all()


def has_voice(session: Session, person: Person) -> bool:
    """Return whether somebody speaks for an institution, or will once a post of theirs begins."""
    found = select(Affiliation.id).where(
        Affiliation.person_id == person.id,
        Affiliation.vouched_at.is_not(None),
        Affiliation.until.is_(None),
    )
    return session.scalar(found.limit(1)) is not None


def vouched_elsewhere(session: Session, post: Affiliation, *, today: date) -> Affiliation | None:
    """Return a vouched post at another institution, of a post's person or their address.

    One mailbox speaks for one institution: who writes from it cannot be told apart by a name.
    """
    root = post.organisation.parent_id or post.organisation.id
    return session.scalar(
        select(Affiliation)
        .join(Affiliation.organisation)
        .join(Affiliation.person)
        .where(
            Affiliation.vouched_at.is_not(None),
            stands(today),
            _root(Organisation) != root,
            or_(Person.id == post.person_id, Person.email_key == post.person.email_key),
        )
        .limit(1)
    )


def is_counterparts(session: Session, organisation: Organisation) -> bool:
    """Return whether anybody signs in as counterpart for an institution, or a unit of it."""
    root = organisation.parent_id or organisation.id
    found = (
        select(Affiliation.id)
        .join(Affiliation.organisation)
        .where(Affiliation.access == Access.COUNTERPART, _root(Organisation) == root)
    )
    return session.scalar(found.limit(1)) is not None


def organisations_of(session: Session, user_id: int, *, today: date) -> frozenset[int]:
    """Return for which organisation somebody who signs in speaks today, and its unit; one query.

    A post in a unit counts for its institution too. Only what was vouched for counts, and nobody
    speaks for two: see `speaks_for`.
    """
    rows = session.execute(
        select(Organisation.id, Organisation.parent_id)
        .join(Affiliation, Affiliation.organisation_id == Organisation.id)
        .join(Affiliation.person)
        .where(
            Person.user_id == user_id,
            Affiliation.vouched_at.is_not(None),
            stands(today),
            Organisation.active,
            speaks_for(Person.id, _root(Organisation), today=today),
        )
    )
    return frozenset(number for row in rows for number in row if number is not None)
