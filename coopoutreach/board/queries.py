"""Read what the boards show, across features: a fixed number of queries a page."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import case, func, or_, select
from sqlalchemy.orm import Session, contains_eager, joinedload, raiseload

from coopoutreach.board import rules
from coopoutreach.directory.models import Affiliation, Organisation, Person
from coopoutreach.directory.rules import Access, Kind, Level
from coopoutreach.events.models import Event, Invitee
from coopoutreach.events.rules import STANDING, Attendance, EventState
from coopoutreach.messaging.models import MessageState, OutgoingMessage
from coopoutreach.outreach.models import Talk
from coopoutreach.registrations.models import Registration
from coopoutreach.registrations.rules import LIVE, State


@dataclass(frozen=True, slots=True)
class FailedMail:
    """A mail that was given up: whom it did not reach, and about which event."""

    recipient: str
    subject: str
    error: str
    event_public_id: str | None


@dataclass(frozen=True, slots=True)
class Unmarked:
    """A talk that is over and whose attendance nobody marked."""

    public_id: str
    title: str
    wall_start: datetime
    people: int


def talks_ahead(session: Session, *, now: datetime, until: datetime) -> Sequence[Talk]:
    """Return the talks that are going to happen before `until`, soonest first."""
    return session.scalars(
        select(Talk)
        .where(Talk.state.in_(STANDING), Talk.ends_at > now, Talk.starts_at < until)
        .options(raiseload("*"))
        .order_by(Talk.starts_at, Talk.id)
    ).all()


def drafts(session: Session, *, now: datetime, limit: int) -> Sequence[Talk]:
    """Return drafts that may still be published, soonest first."""
    return session.scalars(
        select(Talk)
        .where(Talk.state == EventState.DRAFT, Talk.starts_at > now)
        .options(raiseload("*"))
        .order_by(Talk.starts_at, Talk.id)
        .limit(limit)
    ).all()


def failed_mails(session: Session, *, since: datetime, limit: int) -> tuple[list[FailedMail], int]:
    """Return the latest mails that were given up since a moment, and how many there are."""
    failed = OutgoingMessage.state == MessageState.FAILED, OutgoingMessage.created_at >= since
    rows = session.execute(
        select(
            OutgoingMessage.recipient,
            OutgoingMessage.subject,
            OutgoingMessage.last_error,
            Event.public_id,
            func.count().over(),
        )
        .outerjoin(Event, Event.id == OutgoingMessage.event_id)
        .where(*failed)
        .order_by(OutgoingMessage.id.desc())
        .limit(limit)
    ).all()
    mails = [FailedMail(row[0], row[1], row[2] or "", row[3]) for row in rows]
    return mails, rows[0][4] if rows else 0


def unmarked_talks(session: Session, *, now: datetime) -> list[Unmarked]:
    """Return talks that ended not long ago, had people, and whose attendance is unknown."""
    unknown = case((Invitee.attendance == Attendance.UNKNOWN, 1))
    rows = session.execute(
        select(Talk.public_id, Talk.title, Talk.wall_start, func.count())
        .join(Registration, Registration.talk_id == Talk.id)
        .join(Invitee, Invitee.id == Registration.invitee_id)
        .where(
            Talk.state.in_(STANDING | {EventState.HELD}),
            Talk.ends_at <= now,
            Talk.ends_at > now - rules.UNMARKED,
            Registration.state == State.CONFIRMED,
        )
        .group_by(Talk.public_id, Talk.title, Talk.wall_start, Talk.starts_at)
        .having(func.count() == func.count(unknown))
        .order_by(Talk.starts_at)
    )
    return [Unmarked(*row) for row in rows]


def cooperatives_of_levels(session: Session, levels: Iterable[str]) -> list[Organisation]:
    """Return the active cooperatives of some development levels, by name."""
    wanted = [Level(level) for level in sorted(set(levels))]
    return list(
        session.scalars(
            select(Organisation)
            .where(
                Organisation.kind == Kind.COOPERATIVE,
                Organisation.active,
                Organisation.level.in_(wanted),
            )
            .options(raiseload("*"))
            .order_by(Organisation.search_key)
        )
    )


def registered_organisations(session: Session, talk_ids: Iterable[int]) -> set[tuple[int, int]]:
    """Return which organisations have somebody registered in which talk: (talk, organisation)."""
    rows = session.execute(
        select(Registration.talk_id, Registration.organisation_id)
        .where(Registration.talk_id.in_(list(talk_ids)), Registration.state.in_(LIVE))
        .distinct()
    )
    return {(talk_id, found) for talk_id, found in rows if found is not None}


def cooperatives_of_user(session: Session, user_id: int, *, today: date) -> Sequence[Organisation]:
    """Return the cooperatives in which somebody holds a post with access today, by name."""
    return session.scalars(
        select(Organisation)
        .join(Affiliation, Affiliation.organisation_id == Organisation.id)
        .join(Person, Person.id == Affiliation.person_id)
        .where(
            Person.user_id == user_id,
            Organisation.kind == Kind.COOPERATIVE,
            Affiliation.access.in_((Access.REGISTRAR, Access.MANAGER)),
            or_(Affiliation.since.is_(None), Affiliation.since <= today),
            or_(Affiliation.until.is_(None), Affiliation.until >= today),
        )
        .options(raiseload("*"))
        .order_by(Organisation.search_key)
        .distinct()
    ).all()


def registrations_ahead(
    session: Session, organisation_ids: Iterable[int], *, now: datetime
) -> Sequence[Registration]:
    """Return who is registered by some organisations for talks to come, soonest talk first."""
    return session.scalars(
        select(Registration)
        .join(Registration.talk)
        .join(Registration.person)
        .where(
            Registration.organisation_id.in_(list(organisation_ids)),
            Registration.state.in_(LIVE),
            Talk.state.in_(STANDING),
            Talk.ends_at > now,
            Person.blocked_at.is_(None),
        )
        .options(
            contains_eager(Registration.talk),
            contains_eager(Registration.person),
            joinedload(Registration.invitee).raiseload("*"),
            raiseload("*"),
        )
        .order_by(Talk.starts_at, Talk.id, Person.name_key)
    ).all()
