"""Everybody of a talk as the coordination's list shows them: columns, not objects.

A list of two thousand people made of objects costs most of a second; of columns, a few
hundredths.
"""

from typing import NamedTuple

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from coopoutreach.events.models import Invitee
from coopoutreach.events.rules import Answer, Attendance, Delivery
from coopoutreach.mail.incoming import queries as inbound
from coopoutreach.people.directory.models import Organisation, Person
from coopoutreach.platform.core.text import like_pattern, search_key
from coopoutreach.talks.registrations import rules
from coopoutreach.talks.registrations.models import Registration
from coopoutreach.talks.registrations.queries.waitlist import waiting, with_history
from coopoutreach.talks.registrations.rules import Room, SeatAllocation, State
from coopoutreach.talks.talks.models import Talk


class Attendee(NamedTuple):
    """One line of the list."""

    registration_id: int
    state: State
    room: Room
    name: str
    email: str
    #: Of the person, for what was told to them.
    person_id: str
    organisation: str
    #: Of the invitee, for what can be done with their registration.
    public_id: str
    answer: Answer
    attendance: Attendance
    delivery: Delivery
    delivery_note: str


_COLUMNS = (
    Registration.id,
    Registration.state,
    Registration.room,
    Person.name,
    Person.email,
    Person.public_id,
    func.coalesce(Organisation.short_name, Registration.organisation_name),
    Invitee.public_id,
    Invitee.answer,
    Invitee.attendance,
    Invitee.delivery,
    Invitee.delivery_note,
)


def attendee_list(session: Session, talk_id: int, *, text: str = "") -> list[Attendee]:
    """Return everybody of the talk by name, or those whose name, address or cooperative has `text`.

    Who asked to be blocked is in no list.
    """
    wanted = (
        select(*_COLUMNS)
        .join(Person, Person.id == Registration.person_id)
        .join(Invitee, Invitee.id == Registration.invitee_id)
        .outerjoin(Organisation, Organisation.id == Registration.organisation_id)
        .where(Registration.talk_id == talk_id, Person.blocked_at.is_(None))
        .order_by(Person.name_key, Registration.id)
    )
    if text:
        pattern = like_pattern(search_key(text))
        wanted = wanted.where(
            or_(
                Person.name_key.like(pattern, escape="\\"),
                Person.email_key.like(pattern, escape="\\"),
                Organisation.search_key.like(pattern, escape="\\"),
            )
        )
    return [Attendee._make(row) for row in session.execute(wanted)]


def messages_waiting(session: Session, talk_id: int) -> dict[str, int]:
    """Return who of a talk wrote and waits for somebody: the oldest message, by invitee's id."""
    found = inbound.waiting_of_invitees(session, event_id=talk_id)
    if not found:
        return {}
    rows = session.execute(select(Invitee.public_id, Invitee.id).where(Invitee.id.in_(found)))
    return {public_id: found[number] for public_id, number in rows}


def order_of_waiting(session: Session, talk: Talk, room: Room) -> dict[int, int]:
    """Return the place in the published order of who waits for the talk's room, from 1."""
    known = with_history(session, talk, SeatAllocation({}, waiting(session, talk, room)))
    ordered = rules.order_of_line(known.waiting, seats_of=known.seats_of)
    return {entry.registration_id: place for place, entry in enumerate(ordered, 1)}
