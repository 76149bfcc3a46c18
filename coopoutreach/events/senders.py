"""Find whom a message that came in is from, or about."""

from collections.abc import Sequence

from sqlalchemy import or_, select
from sqlalchemy.orm import Session, joinedload

from coopoutreach.events.models import Event, Invitee
from coopoutreach.events.rules import EventState
from coopoutreach.people.directory.models import Person


def event_id_of_uid(session: Session, uid: str) -> int | None:
    """Return the event that people were told of under this UID, or None."""
    wanted = select(Event.id).where(Event.uid == uid, Event.state != EventState.DRAFT)
    return session.scalar(wanted)


def invitees_of_tokens(session: Session, event_id: int, tokens: Sequence[str]) -> list[Invitee]:
    """Return the invitees of an event whose replies these secrets say that it is."""
    wanted = select(Invitee).where(Invitee.event_id == event_id, Invitee.reply_token.in_(tokens))
    return list(session.scalars(wanted.options(joinedload(Invitee.person)))) if tokens else []


def invitees_of_address(session: Session, event_id: int, address: str) -> list[Invitee]:
    """Return the invitees of an event who have this address, in lower case."""
    wanted = (
        select(Invitee)
        .join(Person, Person.id == Invitee.person_id)
        .where(Invitee.event_id == event_id, Person.email_key == address)
        .options(joinedload(Invitee.person))
    )
    return list(session.scalars(wanted.order_by(Invitee.id)))


def invitee_of_bounce(
    session: Session, invitee_id: int | None, *, tokens: Sequence[str], address: str
) -> Invitee | None:
    """Return whose mail came back: by our own message, or by their secret and their address."""
    if invitee_id is not None:
        return session.get(Invitee, invitee_id)
    wanted = (
        select(Invitee)
        .join(Person, Person.id == Invitee.person_id)
        .where(
            or_(Invitee.reply_token.in_(tokens), Invitee.entry_token.in_(tokens)),
            Person.email_key == address,
        )
        .order_by(Invitee.id)
    )
    return session.scalars(wanted.limit(1)).one_or_none() if tokens else None


def invitee_of_words(
    session: Session, invitee_id: int | None, *, tokens: Sequence[str]
) -> Invitee | None:
    """Return who wrote: whose secret they wrote to, or else whose mail they answer."""
    wanted = select(Invitee).where(Invitee.reply_token.in_(tokens)).order_by(Invitee.id)
    found = session.scalars(wanted.limit(1)).one_or_none() if tokens else None
    return found or (session.get(Invitee, invitee_id) if invitee_id is not None else None)
