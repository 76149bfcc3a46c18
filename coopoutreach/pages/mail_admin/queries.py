"""Read the outbox with what its messages are about: a fixed number of queries a page."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session, defer

from coopoutreach.events.models import Announcement, Event, Invitee
from coopoutreach.events.rules import ACTIVE_STATES, AnnouncementKind, AnnouncementState, Standing
from coopoutreach.mail.outgoing.models import MessageState, OutgoingMessage
from coopoutreach.pages.mail_admin.rules import Filters
from coopoutreach.people.accounts.models import User
from coopoutreach.people.directory.models import Person
from coopoutreach.platform.access.permissions import Role
from coopoutreach.platform.core.text import like_pattern

#: Messages on a page.
PAGE = 25
_STAFF = (Role.COORDINATION, Role.ADMINISTRATION)


@dataclass(frozen=True, slots=True)
class Line:
    """A message in the list, with the public ids of what it is about."""

    message: OutgoingMessage
    event_title: str | None
    event_id: str | None
    person_id: str | None


@dataclass(frozen=True, slots=True)
class Page:
    """One page of messages, and how many there are in all."""

    lines: list[Line]
    total: int

    @property
    def pages(self) -> int:
        """Return how many pages there are, at least one."""
        return max(-(-self.total // PAGE), 1)


def messages(session: Session, filters: Filters) -> Page:
    """Return the messages that `filters` ask for, the newest first."""
    message = OutgoingMessage
    wanted = _conditions(filters)
    rows = session.execute(
        sa.select(message, Event.title, Event.public_id, Person.public_id)
        .outerjoin(Event, Event.id == message.event_id)
        .outerjoin(Person, Person.id == message.person_id)
        .where(*wanted)
        .options(defer(message.raw))
        .order_by(message.id.desc())
        .limit(PAGE)
        .offset((filters.page - 1) * PAGE)
    ).all()
    total = session.scalar(
        sa.select(sa.func.count())
        .select_from(message)
        .outerjoin(Event, Event.id == message.event_id)
        .outerjoin(Person, Person.id == message.person_id)
        .where(*wanted)
    )
    return Page([Line(*row) for row in rows], total or 0)


def line_of(session: Session, message_id: int) -> Line | None:
    """Return one message with what it is about, or None."""
    message = OutgoingMessage
    row = session.execute(
        sa.select(message, Event.title, Event.public_id, Person.public_id)
        .outerjoin(Event, Event.id == message.event_id)
        .outerjoin(Person, Person.id == message.person_id)
        .where(message.id == message_id)
    ).one_or_none()
    return Line(*row) if row else None


def held_messages(session: Session) -> Sequence[OutgoingMessage]:
    """Return everything that was put aside, oldest first."""
    return session.scalars(
        sa.select(OutgoingMessage)
        .where(OutgoingMessage.state == MessageState.HELD)
        .options(defer(OutgoingMessage.raw))
        .order_by(OutgoingMessage.id)
    ).all()


def notices_in_use(session: Session) -> list[str]:
    """Return which notices the outbox has messages of."""
    return list(session.scalars(sa.select(OutgoingMessage.notice).distinct()))


def people_of_address(session: Session, addresses: Sequence[str]) -> dict[str, list[Person]]:
    """Return who has each address, lower case: several people may share a mailbox."""
    wanted = [address.lower() for address in addresses]
    found: dict[str, list[Person]] = {}
    for person in session.scalars(sa.select(Person).where(Person.email_key.in_(wanted))):
        found.setdefault(person.email_key, []).append(person)
    return found


def only_person_of(session: Session, address: str) -> Person | None:
    """Return who has an address, if one person alone has."""
    found = people_of_address(session, [address]).get(address.lower(), []) if address else []
    return found[0] if len(found) == 1 else None


def colleagues(session: Session) -> Sequence[User]:
    """Return who may be handed a message: whoever may open the mailroom, by name."""
    wanted = sa.select(User).where(User.active, User.role.in_(_STAFF))
    return session.scalars(wanted.order_by(User.name, User.id)).all()


def names_of_actors(session: Session, actors: Collection[str]) -> dict[str, str]:
    """Return what the people are called whom the trail names `user:12`."""
    numbers = [int(one[5:]) for one in actors if one.startswith("user:") and one[5:].isdigit()]
    rows = session.execute(sa.select(User.id, User.name).where(User.id.in_(numbers)))
    return {f"user:{number}": name for number, name in rows}


def event_by_public_id(session: Session, public_id: str) -> Event | None:
    """Return an event, or None."""
    return session.scalars(sa.select(Event).where(Event.public_id == public_id)).one_or_none()


def person_by_public_id(session: Session, public_id: str) -> Person | None:
    """Return a person, or None."""
    return session.scalars(sa.select(Person).where(Person.public_id == public_id)).one_or_none()


def reminders_due(session: Session, *, event_id: int | None, now: datetime) -> tuple[int, int]:
    """Return how many reminders are to be sent to who has a place now, and of how many events."""
    wanted = [
        Announcement.kind == AnnouncementKind.REMINDER,
        Announcement.state == AnnouncementState.DUE,
        Announcement.not_after > now,
    ]
    if event_id is not None:
        wanted.append(Announcement.event_id == event_id)
    row = session.execute(
        sa.select(sa.func.count(), sa.func.count(sa.distinct(Announcement.event_id)))
        .select_from(Announcement)
        .join(Invitee, Invitee.event_id == Announcement.event_id)
        .where(*wanted, Invitee.standing == Standing.INVITED)
    ).one()
    return row[0], row[1]


def somebody_invited(session: Session, event_id: int | None) -> Invitee | None:
    """Return an invitee with a place, to show a text with: of one event, or of the next."""
    wanted = (
        sa.select(Invitee)
        .join(Event, Event.id == Invitee.event_id)
        .where(Invitee.standing == Standing.INVITED)
        .order_by(Event.state.not_in(ACTIVE_STATES), Event.starts_at.desc(), Invitee.id)
    )
    if event_id is not None:
        wanted = wanted.where(Invitee.event_id == event_id)
    return session.scalars(wanted.limit(1)).one_or_none()


def _conditions(filters: Filters) -> list[sa.ColumnElement[bool]]:
    message = OutgoingMessage
    found: list[sa.ColumnElement[bool]] = []
    if filters.state:
        found.append(message.state == MessageState(filters.state))
    if filters.notice:
        found.append(message.notice == filters.notice)
    if filters.event:
        found.append(Event.public_id == filters.event)
    if filters.person:
        found.append(Person.public_id == filters.person)
    if filters.text:
        pattern = like_pattern(filters.text)
        found.append(
            sa.or_(
                message.recipient.ilike(pattern, escape="\\"),
                message.recipient_name.ilike(pattern, escape="\\"),
                message.subject.ilike(pattern, escape="\\"),
            )
        )
    return found
