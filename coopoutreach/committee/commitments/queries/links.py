"""Links by which people without an account report, or give their word."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import select
from sqlalchemy.orm import Session

from coopoutreach.committee.commitments.models import Commitment
from coopoutreach.committee.commitments.queries.others import side_of
from coopoutreach.people.directory.models import Person
from coopoutreach.people.directory.queries import has_left, speaks_for
from coopoutreach.platform.core import settings, spanish
from coopoutreach.platform.core.links import identifier_of


class Side(StrEnum):
    """For which side a link speaks: it is the purpose of its token."""

    OWING = "commitment"
    OWED = "commitment-word"


@dataclass(frozen=True, slots=True)
class Holder:
    """What a link opens, and who holds it: no link is anybody else's."""

    commitment: Commitment
    person: Person
    side: Side

    @property
    def actor(self) -> str:
        """Return how the trail names them."""
        return f"link:person:{self.person.id}"


def token_of(commitment: Commitment, person_id: int, side: Side) -> str:
    """Return the token by which somebody reaches a commitment for their side."""
    links = settings.current().links
    return links.token(side.value, commitment.public_id, _nonce(commitment, person_id))


def holder_of(session: Session, token: str, *, now: datetime) -> Holder | None:
    """Return what a token opens and to whom, or None if it opens nothing, now or ever.

    It opens to those who answer for the commitment today: once another does, it is an old one.
    """
    commitment = session.scalar(
        select(Commitment).where(Commitment.public_id == identifier_of(token))
    )
    if commitment is None:
        return None
    links = settings.current().links
    for side in Side:
        for person_id in people_of(session, commitment, side, now=now):
            if links.matches(token, side.value, nonce=_nonce(commitment, person_id)):
                person = session.get_one(Person, person_id)
                return Holder(commitment, person, side)
    return None


def people_of(
    session: Session, commitment: Commitment, side: Side, *, now: datetime
) -> tuple[int, ...]:
    """Return who speaks for a side of a commitment: nobody for whom it is not.

    For the side that owes it, whoever answers for it and its head; where nobody does, the people
    of the institution. For the other side, its people. Whoever left it speaks for it no more.
    """
    organisation_id = commitment.party_id if side is Side.OWING else commitment.owed_to_id
    if commitment.reserved_for_id not in {None, organisation_id}:
        return ()
    named = (commitment.person_id, commitment.head_id) if side is Side.OWING else ()
    there = _still_there(session, named, organisation_id, now=now)
    if commitment.reserved_for_id is not None:
        there = _speaking(session, there, organisation_id, now=now)
    if commitment.person_id in there:
        return there
    known = side_of(session, commitment.event_id, organisation_id, now=now)
    people = known.people if known else ()
    return tuple(dict.fromkeys((*people, *there)))


def _still_there(
    session: Session, people: Collection[int | None], organisation_id: int, *, now: datetime
) -> tuple[int, ...]:
    """Return those of some people who have not left an institution, each once."""
    named = [one for one in people if one is not None]
    if not named:
        return ()
    gone = has_left(Person.id, organisation_id, today=spanish.wall(now).date())
    left = set(session.scalars(select(Person.id).where(Person.id.in_(named), gone)))
    return tuple(one for one in dict.fromkeys(named) if one not in left)


def _speaking(
    session: Session, people: Collection[int], organisation_id: int, *, now: datetime
) -> tuple[int, ...]:
    """Return those of some people who speak for an institution: who may read what it reserves."""
    speaks = speaks_for(Person.id, organisation_id, today=spanish.wall(now).date())
    found = set(session.scalars(select(Person.id).where(Person.id.in_(people), speaks)))
    return tuple(one for one in people if one in found)


def _nonce(commitment: Commitment, person_id: int) -> str:
    return f"{commitment.nonce}:{person_id}"
