"""Read who could sit at a table: the people of its institutions."""

from collections.abc import Collection, Sequence
from datetime import date

from sqlalchemy import or_, select
from sqlalchemy.orm import Session, joinedload

from coopoutreach.people.directory.models import Affiliation, Organisation, Person
from coopoutreach.people.directory.queries import not_over


def posts_at(
    session: Session, organisations: Collection[int], *, today: date
) -> Sequence[Affiliation]:
    """Return the posts held at some institutions and their units, by the name of their people.

    Who asked to be blocked is in no list.
    """
    return session.scalars(
        select(Affiliation)
        .join(Affiliation.organisation)
        .join(Affiliation.person)
        .where(
            or_(
                Affiliation.organisation_id.in_(organisations),
                Organisation.parent_id.in_(organisations),
            ),
            not_over(today),
            Person.blocked_at.is_(None),
        )
        .options(joinedload(Affiliation.person), joinedload(Affiliation.organisation))
        .order_by(Person.name_key, Affiliation.id)
    ).all()


def party_of(post: Affiliation) -> int:
    """Return the institution that a post is at, of which its organisation may be a unit."""
    return post.organisation.parent_id or post.organisation_id
