"""The line: who waits, what their places depend on, and what was decided before."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from sqlalchemy import bindparam, case, distinct, func, select
from sqlalchemy.orm import Session

from coopoutreach.events.models import Invitee
from coopoutreach.events.rules import Attendance
from coopoutreach.people.directory.models import Organisation
from coopoutreach.platform.core import spanish
from coopoutreach.talks.registrations import rules
from coopoutreach.talks.registrations.models import Registration, RegistrationGroup, SeatDecision
from coopoutreach.talks.registrations.queries.registrations import by_ids
from coopoutreach.talks.registrations.queries.seats import is_prioritised, room_seats
from coopoutreach.talks.registrations.rules import (
    Obstacle,
    Room,
    SeatAllocation,
    State,
    WaitlistEntry,
)
from coopoutreach.talks.talks.models import Talk

# Of columns alone: a line of two thousand is read whenever a seat is free, and of those who
# stand in it only who gets one is loaded.
_WAITING = (
    select(
        Registration.id,
        Registration.organisation_id,
        Organisation.level,
        Registration.requested_at,
        Registration.room,
        case((RegistrationGroup.all_or_none, Registration.group_id)),
    )
    .outerjoin(Organisation, Organisation.id == Registration.organisation_id)
    .outerjoin(RegistrationGroup, RegistrationGroup.id == Registration.group_id)
    .where(
        Registration.talk_id == bindparam("talk_id"),
        Registration.room == bindparam("room"),
        Registration.state == State.WAITING,
    )
    .order_by(Registration.id)
)


def waiting(session: Session, talk: Talk, room: Room) -> list[WaitlistEntry]:
    """Return everyone who waits for a seat in the talk's room, without their cooperatives' past."""
    return [
        WaitlistEntry(
            registration_id=number,
            cooperative_id=organisation_id,
            prioritised=is_prioritised(talk, level),
            attended=None,
            requested_at=requested_at,
            room=of_room,
            together=together,
        )
        for number, organisation_id, level, requested_at, of_room, together in session.execute(
            _WAITING, {"talk_id": talk.id, "room": room}
        )
    ]


def to_give(session: Session, talk: Talk, *, now: datetime) -> SeatAllocation:
    """Return what seats are there to give and who waits for one, as far as that is needed.

    Of a room without a free seat nobody is asked for, unless somebody of a group stands there
    whose others wait for seats that are free. How the cooperatives stand is asked later, by
    `with_history`, and only if there is not a seat for everybody.
    """
    rooms, seats_of = room_seats(session, talk, now=now)
    free = [room for room, seats in rooms.items() if seats.free]
    found = [entry for room in free for entry in waiting(session, talk, room)]
    if len(free) < len(rooms) and any(entry.together for entry in found):
        full = [room for room in rooms if room not in free]
        found += [entry for room in full for entry in waiting(session, talk, room)]
    return SeatAllocation(rooms, found, seats_of or {}, talk.limit_per_cooperative)


def with_history(session: Session, talk: Talk, known: SeatAllocation) -> SeatAllocation:
    """Return the situation with what the order depends on: seats and talks of the cooperatives."""
    cooperatives = {entry.cooperative_id for entry in known.waiting if entry.cooperative_id}
    attended = talks_attended(session, talk, cooperatives)
    return replace(
        known,
        waiting=[
            replace(entry, attended=attended.get(entry.cooperative_id or 0, 0))
            for entry in known.waiting
        ],
        seats_of=seats_of_organisations(session, talk.id, cooperatives),
    )


def situation(session: Session, talk: Talk, *, now: datetime) -> SeatAllocation:
    """Return everything about the talk's seats and lines at this moment."""
    rooms, seats_of = room_seats(session, talk, now=now)
    found = [entry for room in rooms for entry in waiting(session, talk, room)]
    known = SeatAllocation(rooms, found, seats_of or {}, talk.limit_per_cooperative)
    return with_history(session, talk, known)


def if_joined(
    session: Session, talk: Talk, entry: WaitlistEntry, *, leaves: Room | None, now: datetime
) -> SeatAllocation:
    """Return what would be if somebody joined the talk's line now; nothing changes.

    `leaves`: the room in which they would give up a seat for it.
    """
    rooms, seats_of = room_seats(session, talk, now=now)
    found = [it for room in rooms for it in waiting(session, talk, room)]
    others = [it for it in found if it.registration_id != entry.registration_id]
    known = SeatAllocation(rooms, [*others, entry], seats_of or {}, talk.limit_per_cooperative)
    known = with_history(session, talk, known)
    return known.joined_by(known.waiting[-1], leaves=leaves)


def why_waiting(talk: Talk, known: SeatAllocation, registration_id: int) -> str:
    """Return what somebody in the line waits for, in a sentence; nothing if all is taken."""
    entry = next((it for it in known.waiting if it.registration_id == registration_id), None)
    return sentence_of(talk, known, entry, rules.obstacles(known)) if entry else ""


def sentence_of(
    talk: Talk, known: SeatAllocation, entry: WaitlistEntry, obstacles: Mapping[int, Obstacle]
) -> str:
    """Return what one of the line waits for, in a sentence; nothing if all is taken."""
    together = 1
    if entry.together is not None:
        together = sum(other.together == entry.together for other in known.waiting)
    return rules.why_waiting(
        obstacles.get(entry.registration_id),
        limit=talk.limit_per_cooperative,
        until=held_until_words(talk),
        together=together,
    )


def held_until_words(talk: Talk) -> str:
    """Return until when seats are held, by its own clock: «viernes 4 de diciembre, 18:00 h»."""
    if talk.held_until is None:
        return ""
    wall = spanish.wall(talk.held_until, talk.zone)
    return f"{spanish.day_and_month(wall)}, {spanish.clock(wall)}"


def line(session: Session, talk: Talk, room: Room) -> list[tuple[Registration, WaitlistEntry]]:
    """Return who waits for the talk's room, in the published order."""
    known = SeatAllocation({}, waiting(session, talk, room))
    known = with_history(session, talk, known)
    ordered = list(rules.order_of_line(known.waiting, seats_of=known.seats_of))
    found = by_ids(session, [entry.registration_id for entry in ordered])
    return [(found[entry.registration_id], entry) for entry in ordered]


def seats_of_organisations(
    session: Session, talk_id: int, organisation_ids: Collection[int]
) -> dict[int, int]:
    """Return how many seats each organisation has in the talk."""
    if not organisation_ids:
        return {}
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
    wanted = list(organisation_ids)
    if talk.plan_id is None or not wanted:
        return {}
    rows = session.execute(
        select(Invitee.organisation_id, func.count(distinct(Invitee.event_id)))
        .join(Talk, Talk.id == Invitee.event_id)
        .where(
            Talk.plan_id == talk.plan_id,
            Invitee.attendance == Attendance.ATTENDED,
            Invitee.organisation_id.in_(wanted),
        )
        .group_by(Invitee.organisation_id)
    )
    return {organisation_id: number for organisation_id, number in rows if organisation_id}


def count_decisions(session: Session, talk_id: int) -> int:
    """Return how often seats of the talk were given."""
    wanted = select(func.count()).where(SeatDecision.talk_id == talk_id)
    return session.scalar(wanted) or 0


def decisions(
    session: Session, talk_id: int, *, offset: int = 0, limit: int | None = None
) -> Sequence[SeatDecision]:
    """Return givings of the talk's seats, the latest first."""
    return session.scalars(
        select(SeatDecision)
        .where(SeatDecision.talk_id == talk_id)
        .order_by(SeatDecision.id.desc())
        .offset(offset)
        .limit(limit)
    ).all()


def talk_ids_with_a_line(session: Session) -> list[int]:
    """Return the talks in which somebody waits."""
    waits = select(Registration.talk_id).where(Registration.state == State.WAITING).distinct()
    return list(session.scalars(waits))


def talk_ids_to_release(session: Session, *, now: datetime) -> list[int]:
    """Return the talks whose held seats were to be released by now, and were not."""
    return list(
        session.scalars(
            select(Talk.id)
            .where(Talk.held_until <= now, Talk.released_at.is_(None), Talk.ends_at > now)
            .order_by(Talk.id)
        )
    )
