"""Find, count and order registrations."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sqlalchemy import bindparam, distinct, func, select
from sqlalchemy.orm import Session, joinedload

from coopoutreach.directory.models import Organisation, Person
from coopoutreach.events.models import Invitee
from coopoutreach.events.rules import Attendance
from coopoutreach.outreach.models import Talk
from coopoutreach.registrations import rules
from coopoutreach.registrations.models import Registration
from coopoutreach.registrations.rules import LIVE, InLine, Room, State


@dataclass(frozen=True, slots=True)
class Seats:
    """How many people have a place in a talk, and how many wait, by room."""

    confirmed_room: int = 0
    waiting_room: int = 0
    confirmed_online: int = 0
    waiting_online: int = 0

    @property
    def confirmed(self) -> int:
        """Return how many have a place, anywhere."""
        return self.confirmed_room + self.confirmed_online

    @property
    def waiting(self) -> int:
        """Return how many wait, anywhere."""
        return self.waiting_room + self.waiting_online


_FIELD = {
    (State.CONFIRMED, Room.IN_ROOM): "confirmed_room",
    (State.WAITING, Room.IN_ROOM): "waiting_room",
    (State.CONFIRMED, Room.ONLINE): "confirmed_online",
    (State.WAITING, Room.ONLINE): "waiting_online",
}


# Statements that every registration asks are written once: putting one together costs more than
# answering it.
_COUNTS = (
    select(Registration.talk_id, Registration.state, Registration.room, func.count())
    .where(
        Registration.talk_id.in_(bindparam("talk_ids", expanding=True)),
        Registration.state.in_(LIVE),
    )
    .group_by(Registration.talk_id, Registration.state, Registration.room)
)
_SEATED = select(func.count()).where(
    Registration.talk_id == bindparam("talk_id"),
    Registration.room == bindparam("room"),
    Registration.state == State.CONFIRMED,
)
_WAITING = (
    select(Registration)
    .where(
        Registration.talk_id == bindparam("talk_id"),
        Registration.room == bindparam("room"),
        Registration.state == State.WAITING,
    )
    .options(joinedload(Registration.organisation))
    .order_by(Registration.id)
)
_OF_PERSON = (
    select(Registration)
    .where(
        Registration.talk_id == bindparam("talk_id"),
        Registration.person_id == bindparam("person_id"),
    )
    .options(joinedload(Registration.invitee))
)


def seats(session: Session, talk_ids: Iterable[int]) -> dict[int, Seats]:
    """Return the counts of each talk, in one query; a talk without registrations has zeros."""
    wanted = list(talk_ids)
    rows = session.execute(_COUNTS, {"talk_ids": wanted})
    counts: dict[int, dict[str, int]] = {talk_id: {} for talk_id in wanted}
    for talk_id, state, room, number in rows:
        counts[talk_id][_FIELD[state, room]] = number
    return {talk_id: Seats(**fields) for talk_id, fields in counts.items()}


def count_seated(session: Session, talk_id: int, room: Room) -> int:
    """Return how many seats of the talk's room are taken."""
    return session.scalar(_SEATED, {"talk_id": talk_id, "room": room}) or 0


def waiting(session: Session, talk_id: int, room: Room) -> Sequence[Registration]:
    """Return everyone who waits for a seat in the talk's room; rules.py orders them."""
    return session.scalars(_WAITING, {"talk_id": talk_id, "room": room}).all()


def line(session: Session, talk: Talk, room: Room) -> list[tuple[Registration, InLine]]:
    """Return who waits for the talk's room, in the published order."""
    entries, by_id, held = in_line(session, talk, waiting(session, talk.id, room))
    ordered = rules.order_of_line(entries, seats_of=held)
    return [(by_id[entry.registration_id], entry) for entry in ordered]


def in_line(
    session: Session, talk: Talk, found: Sequence[Registration]
) -> tuple[list[InLine], dict[int, Registration], dict[int, int]]:
    """Return what the order of those who wait depends on: their entries, and seats held."""
    cooperatives = {entry.organisation_id for entry in found if entry.organisation_id}
    held = seats_of_organisations(session, talk.id, cooperatives)
    attended = talks_attended(session, talk, cooperatives)
    entries = [
        InLine(
            registration_id=entry.id,
            cooperative_id=entry.organisation_id,
            prioritised=_is_prioritised(talk, entry.organisation),
            attended=attended.get(entry.organisation_id or 0, 0),
            requested_at=entry.requested_at,
        )
        for entry in found
    ]
    return entries, {entry.id: entry for entry in found}, held


def _is_prioritised(talk: Talk, organisation: Organisation | None) -> bool:
    level = organisation.level if organisation else None
    return level is not None and level.value in talk.prioritised_levels


def seats_of_organisations(
    session: Session, talk_id: int, organisation_ids: Iterable[int]
) -> dict[int, int]:
    """Return how many seats each organisation has in the talk."""
    rows = session.execute(
        select(Registration.organisation_id, func.count())
        .where(
            Registration.talk_id == talk_id,
            Registration.state == State.CONFIRMED,
            Registration.organisation_id.in_(list(organisation_ids)),
        )
        .group_by(Registration.organisation_id)
    )
    return {organisation_id: number for organisation_id, number in rows if organisation_id}


def talks_attended(session: Session, talk: Talk, organisation_ids: Iterable[int]) -> dict[int, int]:
    """Return how many talks of this talk's plan each organisation has attended."""
    if talk.plan_id is None:
        return {}
    rows = session.execute(
        select(Invitee.organisation_id, func.count(distinct(Invitee.event_id)))
        .join(Talk, Talk.id == Invitee.event_id)
        .where(
            Talk.plan_id == talk.plan_id,
            Invitee.attendance == Attendance.ATTENDED,
            Invitee.organisation_id.in_(list(organisation_ids)),
        )
        .group_by(Invitee.organisation_id)
    )
    return {organisation_id: number for organisation_id, number in rows if organisation_id}


def of_invitee(session: Session, invitee: Invitee) -> Registration | None:
    """Return the registration behind an invitee's link, with its talk."""
    return session.scalars(
        select(Registration)
        .where(Registration.invitee_id == invitee.id)
        .options(joinedload(Registration.talk), joinedload(Registration.organisation))
    ).one_or_none()


def of_person(session: Session, talk_id: int, person_id: int) -> Registration | None:
    """Return a person's registration for the talk, in whatever state."""
    keys = {"talk_id": talk_id, "person_id": person_id}
    return session.scalars(_OF_PERSON, keys).one_or_none()


def attendees(session: Session, talk_id: int) -> Sequence[Registration]:
    """Return everybody of the talk with person, organisation and invitee, by name."""
    return session.scalars(
        select(Registration)
        .join(Registration.person)
        .where(Registration.talk_id == talk_id)
        .options(
            joinedload(Registration.person),
            joinedload(Registration.organisation),
            joinedload(Registration.invitee),
        )
        .order_by(Person.name_key, Registration.id)
    ).all()


def of_organisation(session: Session, organisation_id: int) -> Sequence[Registration]:
    """Return the live registrations in an organisation's name, soonest talk first."""
    return session.scalars(
        select(Registration)
        .join(Registration.talk)
        .where(Registration.organisation_id == organisation_id, Registration.state.in_(LIVE))
        .options(
            joinedload(Registration.person),
            joinedload(Registration.talk),
            joinedload(Registration.invitee),
        )
        .order_by(Talk.starts_at, Registration.id)
    ).all()


def by_invitee_public_id(session: Session, talk_id: int, public_id: str) -> Registration | None:
    """Return the registration of a talk that an invitee's public id names."""
    return session.scalars(
        select(Registration)
        .join(Registration.invitee)
        .where(Registration.talk_id == talk_id, Invitee.public_id == public_id)
    ).one_or_none()


def talk_ids_with_a_line(session: Session) -> list[int]:
    """Return the talks in which somebody waits."""
    waits = select(Registration.talk_id).where(Registration.state == State.WAITING).distinct()
    return list(session.scalars(waits))
