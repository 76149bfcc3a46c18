"""Everything that can be done to a registration.

Whoever counts seats holds the talk's row: `lock_talk` first, then count, then give.
"""

from collections.abc import Sequence
from datetime import datetime
from itertools import islice
from typing import Any

from sqlalchemy.orm import Session

from coopoutreach.audit import commands as audit
from coopoutreach.core.db import insert_once, touch
from coopoutreach.core.rows import add
from coopoutreach.directory import commands as directory
from coopoutreach.directory.models import Person
from coopoutreach.events import commands as events
from coopoutreach.events.rules import Standing
from coopoutreach.outreach import queries as talks
from coopoutreach.outreach.models import Talk
from coopoutreach.outreach.rules import Window
from coopoutreach.registrations import notices, queries, rules
from coopoutreach.registrations.errors import (
    AlreadyRegistered,
    NoSuchRoom,
    RegistrationClosed,
    WrongState,
)
from coopoutreach.registrations.models import Registration, RegistrationGroup
from coopoutreach.registrations.request import Request
from coopoutreach.registrations.rules import MOVES, Room, State

_CLOSED = {
    Window.NOT_YET: "Las inscripciones de esta charla todavía no se abren.",
    Window.CLOSED: "Las inscripciones de esta charla ya se cerraron.",
    Window.OVER: "Esta charla ya comenzó: no recibe más inscripciones.",
    Window.CANCELLED: "Esta charla se suspendió: no recibe inscripciones.",
}


def register(
    session: Session, talk: Talk, request: Request, *, actor: str, now: datetime
) -> list[Registration]:
    """Put the people of a form in line, then give the free seats to the first in it.

    A form that comes twice is taken in once. Somebody who was registered before stays as they
    are: a signed-in registrar is told, anybody else learns it by mail alone.

    :raises RegistrationClosed: if the talk takes no registrations now
    :raises NoSuchRoom: if somebody wants a kind of place that the talk has not
    :raises AlreadyRegistered: if a signed-in registrar names somebody who is registered
    """
    # The row's lock serialises everybody who counts this talk's seats.
    talk = talks.lock_talk(session, talk.id)
    window = talks.window_of(talk, now=now)
    group_id = _take_in(session, talk, request, now=now)
    if group_id is None:
        return []
    if window is not Window.OPEN:
        raise RegistrationClosed(_CLOSED[window])
    joined = _join_all(session, talk, request, group_id, now=now)
    audit.record(
        session,
        ("event", talk.id),
        action="registration.requested",
        actor=actor,
        now=now,
        after={"registrations": [registration.id for registration in joined]},
    )
    promote_from_waiting_list(session, talk, actor=actor, now=now)
    for registration in joined:
        if registration.state is State.WAITING:
            notices.joined_line(session, registration, now=now)
    touch(session)
    return joined


def promote_from_waiting_list(
    session: Session, talk: Talk, *, actor: str, now: datetime, by_hand: bool = False
) -> list[Registration]:
    """Give the talk's free seats to those next in line, and invite them: the one path to a seat.

    The caller holds the talk's row. In the last hours before the talk only a person moves the
    line; a newcomer still gets a free seat then, if nobody waited before.
    """
    moves = by_hand or rules.moves_by_itself(starts_at=talk.starts_at, now=now)
    promoted: list[Registration] = []
    for room, capacity in ((Room.IN_ROOM, talk.capacity_room), (Room.ONLINE, talk.capacity_online)):
        if not capacity:
            continue
        # What is counted was flushed by whoever changed it.
        with session.no_autoflush:
            seated = queries.count_seated(session, talk.id, room)
            free = rules.free_seats(capacity=capacity, seated=seated)
            waiting = queries.waiting(session, talk.id, room) if free else []
        if not waiting or (not moves and any(entry.requested_at < now for entry in waiting)):
            continue
        for registration in _first_in_line(session, talk, waiting, free=free):
            _seat(session, registration, actor=actor, now=now)
            promoted.append(registration)
    session.flush()
    return promoted


def _first_in_line(
    session: Session, talk: Talk, waiting: Sequence[Registration], *, free: int
) -> list[Registration]:
    """Return the first of those who wait, as many as there are free seats."""
    if len(waiting) <= free:
        # All of them: the order decides nothing, and what it depends on need not be asked.
        return list(waiting)
    entries, by_id, held = queries.in_line(session, talk, waiting)
    line = rules.order_of_line(entries, seats_of=held)
    return [by_id[entry.registration_id] for entry in islice(line, free)]


def give_seat(session: Session, registration: Registration, *, actor: str, now: datetime) -> None:
    """Give one waiting person a free seat, whatever the line says: the coordination's hand.

    :raises WrongState: if they do not wait, or no seat is free
    """
    talk = talks.lock_talk(session, registration.talk_id)
    session.refresh(registration)
    capacity = talk.capacity_room if registration.room is Room.IN_ROOM else talk.capacity_online
    seated = queries.count_seated(session, talk.id, registration.room)
    if registration.state is not State.WAITING:
        raise WrongState("Esa persona ya no está en lista de espera.")
    if not rules.free_seats(capacity=capacity, seated=seated):
        raise WrongState("No quedan cupos. Suba la capacidad o libere un cupo primero.")
    _seat(session, registration, actor=actor, now=now)
    touch(session)


def cancel(
    session: Session, registration: Registration, *, actor: str, by_person: bool, now: datetime
) -> None:
    """Give up a place, or a place in the line, and let the next in line move up.

    Cancelling twice changes nothing more. `by_person` says that they did it themselves.
    """
    talk = talks.lock_talk(session, registration.talk_id)
    session.refresh(registration)
    if registration.state is State.CANCELLED:
        return
    _move(session, registration, State.CANCELLED, actor=actor, now=now)
    registration.cancelled_at = now
    notices.cancelled(session, registration, by_person=by_person, now=now)
    registration.invitee.standing = Standing.WITHDRAWN
    registration.invitee.told_sequence = None
    session.flush()
    promote_from_waiting_list(session, talk, actor=actor, now=now)
    touch(session)


def correct_name(
    session: Session, registration: Registration, *, name: str, actor: str, now: datetime
) -> None:
    """Put right how somebody's name is written."""
    directory.edit_person(
        session,
        registration.person,
        name=name,
        email=registration.person.email,
        actor=actor,
        now=now,
    )


def follow_capacity(session: Session, talk_id: int, *, now: datetime) -> None:
    """Move the line up after a talk's capacity was raised."""
    talk = talks.lock_talk(session, talk_id)
    promote_from_waiting_list(session, talk, actor="job:capacity", now=now)
    touch(session)


def _take_in(session: Session, talk: Talk, request: Request, *, now: datetime) -> int | None:
    """Keep that the form came, once; return its group's id, or None if it came before."""
    values = {
        "form_key": request.form_key,
        "talk_id": talk.id,
        "created_at": now,
        "by_user_id": request.by_user_id,
    }
    keys = ("form_key",)
    statement = insert_once(session, RegistrationGroup, keys, returning=RegistrationGroup.id)
    group_id: int | None = session.scalar(statement, values)
    return group_id


def _join_all(
    session: Session, talk: Talk, request: Request, group_id: int, *, now: datetime
) -> list[Registration]:
    """Put those of a form who are not registered yet at the end of the line."""
    joined = []
    for place, someone in enumerate(request.people):
        if not (talk.capacity_room if someone.room is Room.IN_ROOM else talk.capacity_online):
            raise NoSuchRoom(
                "Esta charla no tiene cupos de esa modalidad.", field=f"people-{place}"
            )
        person = directory.find_or_create_person(
            session, name=someone.name, email=someone.email, phone=someone.phone, now=now
        )
        entry = _entry(request, group_id, someone.room, now=now)
        registration, is_new = _join(session, talk, person, entry, now=now)
        if is_new:
            joined.append(registration)
        elif request.by_user_id is not None:
            raise AlreadyRegistered(
                f"{person.name} ya está en esta charla con ese correo.", field=f"people-{place}"
            )
        else:
            notices.already_registered(session, registration, now=now)
    session.flush()
    return joined


def _entry(request: Request, group_id: int, room: Room, *, now: datetime) -> dict[str, Any]:
    """Return what stands in the registration of somebody who joins the line by this form."""
    return {
        "group_id": group_id,
        "organisation_id": request.organisation.id if request.organisation else None,
        "organisation_name": request.organisation_name,
        "room": room,
        "state": State.WAITING,
        "requested_at": now,
        "cancelled_at": None,
    }


def _join(
    session: Session, talk: Talk, person: Person, entry: dict[str, Any], *, now: datetime
) -> tuple[Registration, bool]:
    """Put one person at the end of the line; return their registration, and whether they joined.

    Who had cancelled joins anew; who has a place, or stands in the line, does not.
    """
    invited = {"organisation_id": entry["organisation_id"], "standing": Standing.WAITING}
    invitee = events.invite_anew(session, talk, person, **invited, now=now)
    # Only who was invited before can have a registration: nobody else is asked for theirs.
    before = None if invitee else queries.of_person(session, talk.id, person.id)
    if before is not None and before.state is not State.CANCELLED:
        return before, False
    invitee = invitee or events.invite(session, talk, person, **invited, now=now)
    if before is not None:
        before.turn += 1
        for column, value in entry.items():
            setattr(before, column, value)
        return before, True
    values = {"talk_id": talk.id, "person_id": person.id, "invitee_id": invitee.id, **entry}
    related = {"talk": talk, "person": person, "invitee": invitee}
    return add(session, Registration, values, related=related), True


def _seat(session: Session, registration: Registration, *, actor: str, now: datetime) -> None:
    promoted = registration.requested_at < now
    _move(session, registration, State.CONFIRMED, actor=actor, now=now)
    registration.confirmed_at = now
    registration.invitee.standing = Standing.INVITED
    notices.place_confirmed(session, registration, promoted=promoted, now=now)


def _move(
    session: Session, registration: Registration, state: State, *, actor: str, now: datetime
) -> None:
    before = registration.state
    if state not in MOVES[before]:
        raise WrongState("Esa inscripción ya cambió. Actualice la página para ver cómo quedó.")
    registration.state = state
    registration.turn += 1
    audit.record(
        session,
        ("registration", registration.id),
        action=f"registration.{state.value}",
        actor=actor,
        now=now,
        before={"state": before.value},
        after={"state": state.value},
    )
