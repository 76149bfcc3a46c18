"""Find cases, whose they are, and what stands for or against an erasure."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Session, joinedload

from coopoutreach.events.models import Event
from coopoutreach.events.rules import ACTIVE_STATES, EventKind
from coopoutreach.people.accounts.models import User
from coopoutreach.people.directory import contact
from coopoutreach.people.directory import queries as directory
from coopoutreach.people.directory.models import Person
from coopoutreach.platform.access.permissions import Role
from coopoutreach.platform.core import settings
from coopoutreach.platform.core.links import digest, identifier_of
from coopoutreach.platform.core.references import Unless, is_unreferred
from coopoutreach.platform.core.text import like_pattern, search_key
from coopoutreach.privacy.data_map import NOWHERE, Subject
from coopoutreach.privacy.models import DataCase, Erasure, RetentionRun
from coopoutreach.privacy.rules import Asked, CaseState
from coopoutreach.talks.registrations.models import Registration
from coopoutreach.talks.registrations.rules import LIVE
from coopoutreach.talks.talks.models import Speaker

#: What the token of a case's link is made for.
LINK = "data-case"
#: Who took part in nothing for so long, and holds no post, is proposed to be erased.
INACTIVE = timedelta(days=730)
#: Roles of people who answer cases; they are no cooperative's and are erased by closing accounts.
STAFF = (Role.COORDINATION, Role.ADMINISTRATION)


def subject_of(session: Session, person: Person) -> Subject:
    """Return a person as the data map knows them, with their account."""
    user = session.get(User, person.user_id) if person.user_id is not None else None
    others = sa.select(Person.id).where(
        Person.email_key == person.email_key, Person.id != person.id
    )
    return Subject(
        person_id=person.id,
        user_id=person.user_id,
        email=person.email_key,
        alone=session.scalar(others.limit(1)) is None,
        person_hash=digest(person.public_id),
        account=user.email if user is not None else "",
    )


def subject_of_user(session: Session, user: User) -> Subject:
    """Return an account as the data map knows it, with its person if it is somebody's."""
    person = directory.person_of_user(session, user.id)
    if person is not None:
        return subject_of(session, person)
    known = session.scalar(sa.select(Person.id).where(Person.email_key == user.email).limit(1))
    return Subject(
        person_id=None,
        user_id=user.id,
        email=user.email,
        alone=known is None,
        account=user.email,
    )


def case_by_public_id(session: Session, public_id: str) -> DataCase | None:
    """Return the case that an address names."""
    return session.scalar(
        sa.select(DataCase)
        .where(DataCase.public_id == public_id)
        .options(joinedload(DataCase.person))
    )


def case_by_token(session: Session, token: str) -> DataCase | None:
    """Return the case whose link this is, or None: unknown and forged look the same."""
    found = case_by_public_id(session, identifier_of(token))
    right = settings.current().links.matches(token, LINK, nonce=found.nonce if found else "")
    return found if right else None


def cases_of_form(session: Session, case: DataCase) -> Sequence[DataCase]:
    """Return all that was asked by the form that a case came in: they share a secret."""
    wanted = sa.select(DataCase).where(DataCase.nonce == case.nonce)
    return session.scalars(wanted.order_by(DataCase.id)).all()


def open_cases(session: Session) -> Sequence[DataCase]:
    """Return the cases that wait for an answer, what is due first on top."""
    return session.scalars(
        sa.select(DataCase)
        .where(DataCase.state == CaseState.OPEN)
        .options(joinedload(DataCase.person))
        .order_by(DataCase.due_on, DataCase.id)
    ).all()


def closed_cases(session: Session, *, limit: int = 50) -> Sequence[DataCase]:
    """Return the cases that were answered last."""
    return session.scalars(
        sa.select(DataCase)
        .where(DataCase.answered_at.is_not(None))
        .order_by(DataCase.answered_at.desc(), DataCase.id.desc())
        .limit(limit)
    ).all()


def cases_of(session: Session, person: Person) -> Sequence[DataCase]:
    """Return what somebody asked about their data, newest first."""
    return session.scalars(
        sa.select(DataCase).where(DataCase.person_id == person.id).order_by(DataCase.id.desc())
    ).all()


def cases_due_by(session: Session, day: date) -> Sequence[DataCase]:
    """Return the open cases whose deadline comes by that day."""
    return session.scalars(
        sa.select(DataCase)
        .where(DataCase.state == CaseState.OPEN, DataCase.due_on <= day)
        .order_by(DataCase.due_on, DataCase.id)
    ).all()


def person_for(session: Session, asked: Asked) -> Person | None:
    """Return who asks: of that name and address, or else the only one of that address."""
    key = contact.email_key(asked.email)
    found = directory.find_person_by_key(session, email_key=key, name_key=search_key(asked.name))
    if found is not None:
        return found
    of_address = people_of_address(session, key)
    return of_address[0] if len(of_address) == 1 else None


def people_of_address(session: Session, email_key: str) -> Sequence[Person]:
    """Return everybody who is known by an address."""
    return session.scalars(
        sa.select(Person).where(Person.email_key == email_key).order_by(Person.name_key)
    ).all()


def coordination(session: Session) -> Sequence[User]:
    """Return who is told of cases: the coordination, or administration where there is none."""
    for role in STAFF:
        found = session.scalars(
            sa.select(User).where(User.role == role, User.active).order_by(User.id)
        ).all()
        if found:
            return found
    return []


def is_erased(person: Person) -> bool:
    """Return whether somebody was erased: of such a person there is no address left."""
    return person.email_key.endswith(f"@{NOWHERE}")


def registrations_ahead(
    session: Session, person: Person, *, now: datetime
) -> Sequence[Registration]:
    """Return the places that somebody holds or waits for in talks that are still to end."""
    return session.scalars(
        sa.select(Registration)
        .join(Registration.talk)
        .where(
            Registration.person_id == person.id,
            Registration.state.in_(LIVE),
            Event.ends_at > now,
            Event.state.in_(ACTIVE_STATES),
        )
        .options(joinedload(Registration.talk), joinedload(Registration.invitee))
        .order_by(Registration.id)
    ).all()


def other_claims(session: Session, person: Person) -> Sequence[DataCase]:
    """Return the open cases of somebody that must be answered before they are erased."""
    return session.scalars(
        sa.select(DataCase).where(
            DataCase.person_id == person.id,
            DataCase.state == CaseState.OPEN,
            DataCase.right.not_in(("erasure", "block")),
        )
    ).all()


@dataclass(frozen=True, slots=True)
class Mention:
    """A text that people wrote freely and that has somebody's name or address in it."""

    where: str
    words: str
    url: str


#: What the text of each kind of event is called, and below which address it is mended.
_TEXTS = {
    EventKind.TALK: ("Texto de la charla", "/plan/charlas"),
    EventKind.MEETING: ("Texto de la reunión", "/reuniones"),
    EventKind.APPOINTMENT: ("Texto de la cita", "/plan"),
}


def mentions(session: Session, texts: Iterable[str]) -> list[Mention]:
    """Return where any of `texts` stands in what is written freely: for a person to look at."""
    patterns = [like_pattern(text) for text in texts if text]
    if not patterns:
        return []
    found = session.execute(
        sa.select(Event.title, Event.public_id, Event.kind).where(
            sa.or_(
                *(
                    column.ilike(pattern, escape="\\")
                    for pattern in patterns
                    for column in (Event.title, Event.description, Event.cancellation_reason)
                )
            )
        )
    )
    listed = [
        Mention(_TEXTS[row.kind][0], row.title, f"{_TEXTS[row.kind][1]}/{row.public_id}")
        for row in found
    ]
    named = session.execute(
        sa.select(Speaker.name, Event.public_id)
        .join(Event, Event.id == Speaker.talk_id)
        .where(sa.or_(*(Speaker.name.ilike(pattern, escape="\\") for pattern in patterns)))
    )
    listed += [Mention("Quien expone", row.name, f"/plan/charlas/{row.public_id}") for row in named]
    return listed


def inactive_people(session: Session, *, now: datetime) -> Sequence[Person]:
    """Return who took part in nothing for two years, and whom nothing that stands refers to.

    Every table that refers to a person keeps them from being proposed, but for its rows that are
    as old as that.
    """
    return session.scalars(
        sa.select(Person)
        .where(
            Person.created_at <= now - INACTIVE,
            Person.user_id.is_(None),
            Person.email_key.not_like(f"%@{NOWHERE}"),
            is_unreferred("person", Person.id, unless=_long_over(now - INACTIVE)),
        )
        .order_by(Person.name_key)
    ).all()


def _long_over(limit: datetime) -> dict[str, Unless]:
    """Return which rows about somebody are of nothing that went on after `limit`, by table."""
    old_events = sa.select(Event.id).where(Event.ends_at <= limit)

    def always(_rows: sa.Table) -> sa.ColumnElement[bool]:
        # Its time is that of the event, the post or the case that it comes with.
        return sa.true()

    def before(column: str) -> Unless:
        return lambda rows: rows.c[column] <= limit

    return {
        "affiliation": lambda rows: rows.c.until <= limit.date(),
        "agenda_item": lambda rows: rows.c.meeting_id.in_(old_events),
        "commitment": before("closed_at"),
        "commitment_entry": before("at"),
        "consent": always,
        "data_case": before("answered_at"),
        "digest_line": always,
        "feed_address": always,
        "invitee": lambda rows: rows.c.event_id.in_(old_events),
        "meeting": lambda rows: rows.c.id.in_(old_events),
        "minutes_approval": before("at"),
        "minutes_observation": before("created_at"),
        "minutes_review_link": before("created_at"),
        "outgoing_message": always,
        "poll_voter": always,
        "registration": lambda rows: rows.c.talk_id.in_(old_events),
        "series_member": before("ended_at"),
    }


def ledger(session: Session) -> list[tuple[str, datetime]]:
    """Return who was erased and when, as hashes: to be kept where no restore reaches."""
    return [
        (row.person_hash, row.at)
        for row in session.execute(sa.select(Erasure.person_hash, Erasure.at).order_by(Erasure.id))
    ]


def erased_after(session: Session, since: datetime) -> bool:
    """Return whether anybody was erased since."""
    return session.scalar(sa.select(Erasure.id).where(Erasure.at >= since).limit(1)) is not None


def retention_runs(session: Session, *, limit: int = 10) -> Sequence[RetentionRun]:
    """Return what the nightly job erased, the last nights first."""
    return session.scalars(
        sa.select(RetentionRun).order_by(RetentionRun.id.desc()).limit(limit)
    ).all()
