"""The people of a cooperative whom it may register: those it registered before, and its posts.

Nobody else's people: what another cooperative knows of somebody is not asked (AC-14).
"""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, or_, select
from sqlalchemy.orm import Session

from coopoutreach.people.directory import queries as directory
from coopoutreach.people.directory.models import Affiliation, Organisation, Person
from coopoutreach.platform.core import spanish
from coopoutreach.talks.registrations.models import Registration
from coopoutreach.talks.registrations.rules import LIVE, State

#: More than this is no list to choose from.
MOST_SHOWN = 60


@dataclass(frozen=True, slots=True)
class Colleague:
    """Somebody of the cooperative, and how they stand in the talk; None: they do not."""

    public_id: str
    name: str
    email: str
    state: State | None

    @property
    def is_registered(self) -> bool:
        """Return whether they have a place already, or wait for one."""
        return self.state in LIVE


def colleagues(
    session: Session, organisation: Organisation, talk_id: int, *, now: datetime
) -> list[Colleague]:
    """Return the people of a cooperative by name: who has a post, or was registered by it.

    Not who asked to be blocked, nor who had a post and left.
    """
    today = spanish.wall(now).date()
    # How somebody stands whom another cooperative registered is not this one's to know.
    own = or_(
        Registration.organisation_id == organisation.id,
        _holds_post(Person.id, organisation.id, today=today),
    )
    posts = select(Affiliation.person_id).where(Affiliation.organisation_id == organisation.id)
    has_post = Person.id.in_(posts.where(directory.not_over(today)))
    had_post = Person.id.in_(posts)
    registered = Person.id.in_(
        select(Registration.person_id).where(Registration.organisation_id == organisation.id)
    )
    rows = session.execute(
        select(Person.public_id, Person.name, Person.email, Registration.state)
        .outerjoin(
            Registration,
            and_(Registration.person_id == Person.id, Registration.talk_id == talk_id, own),
        )
        .where(Person.blocked_at.is_(None), or_(has_post, and_(registered, ~had_post)))
        .order_by(Person.name_key, Person.id)
        .limit(MOST_SHOWN)
    )
    return [Colleague(*row) for row in rows]


def may_know_of(
    session: Session, registration: Registration, organisation_id: int | None, *, now: datetime
) -> bool:
    """Return whether a cooperative may know that somebody is registered.

    It registered them, or they hold a post there. Of anybody else it learns nothing (AC-14).
    """
    if organisation_id is None:
        return False
    if registration.organisation_id == organisation_id:
        return True
    today = spanish.wall(now).date()
    held = select(_holds_post(registration.person_id, organisation_id, today=today))
    return bool(session.scalar(held))


def _holds_post(person_id: Any, organisation_id: int, *, today: date) -> ColumnElement[bool]:
    return (
        select(Affiliation.id)
        .where(
            Affiliation.person_id == person_id,
            Affiliation.organisation_id == organisation_id,
            directory.stands(today),
        )
        .exists()
    )
