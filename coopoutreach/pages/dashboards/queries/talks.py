"""Read what the boards show of talks and their people."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import and_, case, func, or_, select
from sqlalchemy.orm import Session, contains_eager, joinedload, raiseload

from coopoutreach.events.models import Event, Invitee
from coopoutreach.events.rules import ACTIVE_STATES, Attendance, EventKind, EventState
from coopoutreach.mail.outgoing.models import MessageState, OutgoingMessage
from coopoutreach.pages.dashboards import rules
from coopoutreach.people.directory.models import Affiliation, Organisation, Person
from coopoutreach.people.directory.rules import Access, Kind, Level
from coopoutreach.talks.registrations import queries as registrations
from coopoutreach.talks.registrations.models import Registration
from coopoutreach.talks.registrations.queries import Seats
from coopoutreach.talks.registrations.rules import LIVE, State
from coopoutreach.talks.talks.models import Talk


@dataclass(frozen=True, slots=True)
class FailedMail:
    """A mail that was given up: whom it did not reach, and about which event."""

    recipient: str
    subject: str
    error: str
    event_public_id: str | None
    kind: EventKind | None


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
        .where(Talk.state.in_(ACTIVE_STATES), Talk.ends_at > now, Talk.starts_at < until)
        .options(raiseload("*"))
        .order_by(Talk.starts_at, Talk.id)
    ).all()


def talks_and_drafts(
    session: Session, *, now: datetime, until: datetime
) -> tuple[list[Talk], list[Talk]]:
    """Return talks as `talks_ahead` does, and drafts that may still be published, both in order."""
    is_ahead = and_(Talk.state.in_(ACTIVE_STATES), Talk.ends_at > now, Talk.starts_at < until)
    is_draft = and_(Talk.state == EventState.DRAFT, Talk.starts_at > now)
    found = session.scalars(
        select(Talk)
        .where(or_(is_ahead, is_draft))
        .options(raiseload("*"))
        .order_by(Talk.starts_at, Talk.id)
    ).all()
    return (
        [talk for talk in found if talk.state is not EventState.DRAFT],
        [talk for talk in found if talk.state is EventState.DRAFT],
    )


def failed_mails(session: Session, *, since: datetime, limit: int) -> tuple[list[FailedMail], int]:
    """Return the latest mails that were given up since a moment, and how many there are."""
    failed = OutgoingMessage.state == MessageState.FAILED, OutgoingMessage.created_at >= since
    rows = session.execute(
        select(
            OutgoingMessage.recipient,
            OutgoingMessage.subject,
            OutgoingMessage.last_error,
            Event.public_id,
            Event.kind,
            func.count().over(),
        )
        .outerjoin(Event, Event.id == OutgoingMessage.event_id)
        .where(*failed)
        .order_by(OutgoingMessage.id.desc())
        .limit(limit)
    ).all()
    mails = [FailedMail(row[0], row[1], row[2] or "", row[3], row[4]) for row in rows]
    return mails, rows[0][5] if rows else 0


def unmarked_talks(session: Session, *, now: datetime) -> list[Unmarked]:
    """Return talks that ended not long ago, had people, and whose attendance is unknown."""
    unknown = case((Invitee.attendance == Attendance.UNKNOWN, 1))
    rows = session.execute(
        select(Talk.public_id, Talk.title, Talk.wall_start, func.count())
        .join(Registration, Registration.talk_id == Talk.id)
        .join(Invitee, Invitee.id == Registration.invitee_id)
        .where(
            Talk.state.in_(ACTIVE_STATES | {EventState.HELD}),
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


def places(
    session: Session, talk_ids: Iterable[int]
) -> tuple[dict[int, Seats], set[tuple[int, int]]]:
    """Return the seats of each talk, and who has somebody registered: (talk, organisation)."""
    wanted = list(talk_ids)
    rows = session.execute(
        select(
            Registration.talk_id,
            Registration.organisation_id,
            Registration.state,
            Registration.room,
            func.count(),
        )
        .where(Registration.talk_id.in_(wanted), Registration.state.in_(LIVE))
        .group_by(
            Registration.talk_id,
            Registration.organisation_id,
            Registration.state,
            Registration.room,
        )
    ).all()
    counts = [(talk_id, state, room, number) for talk_id, _of, state, room, number in rows]
    registered = {(talk_id, of) for talk_id, of, *_rest in rows if of is not None}
    return registrations.counted(wanted, counts), registered


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
            Talk.state.in_(ACTIVE_STATES),
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
