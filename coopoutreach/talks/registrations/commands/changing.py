"""Change a registration: give it up, put it right, take part another way or on another day."""

from datetime import datetime

from sqlalchemy.orm import Session

from coopoutreach.events.rules import ACTIVE_STATES, Standing
from coopoutreach.people.directory import commands as directory
from coopoutreach.platform.audit import commands as audit
from coopoutreach.talks.registrations import notices, queries, rules
from coopoutreach.talks.registrations.commands.joining import reason_to_wait, register
from coopoutreach.talks.registrations.commands.waitlist import move, promote_from_waiting_list
from coopoutreach.talks.registrations.errors import (
    AlreadyRegistered,
    NameKeptElsewhere,
    NoSeatThere,
    NoSuchRoom,
    RegistrationClosed,
    WrongState,
)
from coopoutreach.talks.registrations.models import Registration
from coopoutreach.talks.registrations.request import Destination, Registrant, Request
from coopoutreach.talks.registrations.rules import Cause, Room, State, WaitlistEntry
from coopoutreach.talks.registrations.seat_revisions import touch_seats
from coopoutreach.talks.talks import queries as talks
from coopoutreach.talks.talks.models import Talk


def cancel(
    session: Session,
    registration: Registration,
    *,
    actor: str,
    by_person: bool,
    now: datetime,
    cause: Cause = Cause.CANCELLED,
) -> None:
    """Give up a place, or a place in the line, and let the next in line move up.

    Cancelling twice changes nothing more. `by_person` says that they did it themselves.
    """
    talk = talks.lock_talk(session, registration.talk_id)
    session.refresh(registration)
    if registration.state is State.CANCELLED:
        return
    move(session, registration, State.CANCELLED, actor=actor, now=now)
    registration.cancelled_at = now
    notices.cancelled(session, registration, by_person=by_person, now=now)
    registration.invitee.standing = Standing.WITHDRAWN
    registration.invitee.told_sequence = None
    session.flush()
    promote_from_waiting_list(session, talk, cause=cause, actor=actor, now=now)
    touch_seats(session, talk)


def decline(session: Session, invitee_id: int, *, actor: str, now: datetime) -> None:
    """Give up the place of an invitee whose answer is that they will not come."""
    registration = queries.of_invitee_id(session, invitee_id)
    if registration is not None:
        cancel(session, registration, actor=actor, by_person=True, now=now, cause=Cause.DECLINED)


def correct_name(
    session: Session, registration: Registration, *, name: str, actor: str, now: datetime
) -> None:
    """Put right how somebody's name is written.

    :raises NameKeptElsewhere: if they sign in, hold a post or sit at a table: several people may
        read the mail that a link came in, and that name is not of registrations alone
    :raises PersonTaken: if somebody else of that address is called so
    """
    if name == registration.person.name:
        return
    if queries.is_known_beyond_registrations(session, registration.person):
        raise NameKeptElsewhere(
            "Su nombre también está en el directorio de la federación. "
            "Pida a la coordinación que lo corrija.",
            field="name",
        )
    directory.edit_person(
        session,
        registration.person,
        name=name,
        email=registration.person.email,
        actor=actor,
        now=now,
    )


def change_room(
    session: Session,
    registration: Registration,
    room: Room,
    *,
    may_wait: bool,
    actor: str,
    now: datetime,
) -> None:
    """Let somebody take part in the room instead of online, or the other way round.

    Where a seat is free they change at once. Else nothing changes, unless they `may_wait`: they
    then give up the place they have, and join the end of the other line.

    :raises RegistrationClosed: if the talk has begun or is off
    :raises NoSuchRoom: if the talk has no such places
    :raises NoSeatThere: if no seat is free, and they would rather keep theirs
    """
    talk = hold(session, registration, now=now)
    if registration.room is room:
        return
    if not queries.capacities(talk)[room]:
        raise NoSuchRoom("Esta charla no tiene cupos de esa modalidad.")
    had_seat = registration.state is State.CONFIRMED
    leaves = registration.room if had_seat else None
    if had_seat and not may_wait and not _gets_seat(session, talk, registration, room, now=now):
        raise NoSeatThere(NO_SEAT_THERE[room])
    if had_seat:
        move(session, registration, State.WAITING, actor=actor, now=now)
        registration.invitee.standing = Standing.WAITING
    else:
        registration.turn += 1
    _note_room(session, registration, room, actor=actor, now=now)
    promote_from_waiting_list(session, talk, cause=Cause.CHANGED_ROOM, actor=actor, now=now)
    if registration.state is State.WAITING:
        reason = reason_to_wait(session, talk, registration, now=now)
        notices.joined_line(
            session, registration, reason=reason, gave_up=leaves is not None, now=now
        )
    touch_seats(session, talk)


#: What somebody is told who would have to give up their seat to wait for another.
NO_SEAT_THERE = {
    Room.ONLINE: "Ahora no hay un cupo en línea para usted. Conserva el que tiene.",
    Room.IN_ROOM: "Ahora no hay un cupo en la sala para usted. Conserva el que tiene.",
}


def move_to_session(
    session: Session, registration: Registration, wanted: Destination, *, actor: str, now: datetime
) -> Registration:
    """Move somebody to another session of the same talk: leave here and join there, or neither.

    :raises WrongState: if they have left already, or that is no session of the same talk
    :raises NoSeatThere: if they would have to wait there, and did not say that they would
    :raises AlreadyRegistered: if they are registered there too
    :raises RegistrationClosed: if that session takes no registrations now
    """
    # In one order, whichever way people move, so that nobody waits for whoever waits for them.
    for talk_id in sorted({registration.talk_id, wanted.talk_id}):
        talks.lock_talk(session, talk_id)
    target = talks.lock_talk(session, wanted.talk_id)
    session.refresh(registration)
    if registration.state is State.CANCELLED:
        raise WrongState("Esta inscripción está anulada.")
    if not talks.are_sessions(registration.talk, target):
        raise WrongState("Esa charla no es otra sesión de la misma.")
    if not wanted.may_wait and not _gets_seat(session, target, registration, wanted.room, now=now):
        raise NoSeatThere("En esa sesión no hay un cupo para usted ahora. No cambiamos nada.")
    person = registration.person
    request = Request(
        form_key=f"move:{registration.id}:{registration.turn}",
        people=[Registrant(person.name, person.email, wanted.room, person.phone)],
        organisation=registration.organisation,
        organisation_name=registration.organisation_name,
    )
    joined = register(session, target, request, actor=actor, now=now)
    if not joined:
        raise AlreadyRegistered("Ya tiene una inscripción en esa sesión. No cambiamos nada.")
    cancel(session, registration, actor=actor, by_person=True, now=now)
    return joined[0]


def hold(session: Session, registration: Registration, *, now: datetime) -> Talk:
    """Hold the talk's row and return it; refuse where nothing can change any more.

    :raises RegistrationClosed: if the talk has begun or is off
    :raises WrongState: if the registration was given up
    """
    talk = talks.lock_talk(session, registration.talk_id)
    session.refresh(registration)
    if talk.state not in ACTIVE_STATES or now >= talk.starts_at:
        raise RegistrationClosed("Esta charla ya comenzó o no se realiza.")
    if registration.state is State.CANCELLED:
        raise WrongState("Esta inscripción está anulada.")
    return talk


def _note_room(
    session: Session, registration: Registration, room: Room, *, actor: str, now: datetime
) -> None:
    """Put somebody at the end of the line of another room."""
    audit.record(
        session,
        ("registration", registration.id),
        action="registration.room-changed",
        actor=actor,
        now=now,
        before={"room": registration.room.value},
        after={"room": room.value},
    )
    registration.room = room
    registration.requested_at = now
    session.flush()


def _gets_seat(
    session: Session, talk: Talk, registration: Registration, room: Room, *, now: datetime
) -> bool:
    """Return whether somebody who joined the talk's line now would have a seat at once."""
    is_here = registration.talk_id == talk.id
    organisation = registration.organisation
    entry = WaitlistEntry(
        registration_id=registration.id if is_here else 0,
        cooperative_id=registration.organisation_id,
        prioritised=queries.is_prioritised(talk, organisation.level if organisation else None),
        attended=None,
        requested_at=now,
        room=room,
    )
    leaves = registration.room if is_here and registration.state is State.CONFIRMED else None
    known = queries.if_joined(session, talk, entry, leaves=leaves, now=now)
    if not rules.moves_by_itself(starts_at=talk.starts_at, now=now):
        known = known.of_newcomers(now=now)
    given = {found.registration_id for found in rules.seats_given(known)}
    return entry.registration_id in given
