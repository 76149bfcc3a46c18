"""Register people: put them in line, and give the free seats to the first in it."""

from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from coopoutreach.events import commands as events
from coopoutreach.events.rules import Standing
from coopoutreach.people.directory import commands as directory
from coopoutreach.people.directory.models import Person
from coopoutreach.platform.audit import commands as audit
from coopoutreach.platform.core.db import insert_once
from coopoutreach.platform.core.rows import add
from coopoutreach.talks.questions import commands as questions
from coopoutreach.talks.registrations import notices, queries
from coopoutreach.talks.registrations.commands.waitlist import promote_from_waiting_list
from coopoutreach.talks.registrations.errors import (
    AlreadyRegistered,
    NoSuchRoom,
    RegistrationClosed,
)
from coopoutreach.talks.registrations.models import Registration, RegistrationGroup
from coopoutreach.talks.registrations.request import Request
from coopoutreach.talks.registrations.rules import Cause, Room, State
from coopoutreach.talks.registrations.seat_revisions import touch_seats
from coopoutreach.talks.talks import queries as talks
from coopoutreach.talks.talks.models import Talk
from coopoutreach.talks.talks.rules import Window

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
    are: a signed-in registrar is told of their own people; else they learn it by mail alone.

    :raises RegistrationClosed: if the talk takes no registrations now
    :raises NoSuchRoom: if somebody wants a kind of place that the talk has not
    :raises AlreadyRegistered: if a signed-in registrar names one of their people who is registered
    """
    # The row's lock serialises everybody who counts this talk's seats.
    talk = talks.lock_talk(session, talk.id)
    window = talks.window_of(talk, now=now)
    group_id = _take_in(session, talk, request, now=now)
    if group_id is None:
        return []
    if window is not Window.OPEN:
        raise RegistrationClosed(_CLOSED[window])
    joined = _join_all(session, talk, request, group_id, actor=actor, now=now)
    audit.record(
        session,
        ("event", talk.id),
        action="registration.requested",
        actor=actor,
        now=now,
        after={"registrations": [registration.id for registration in joined]},
    )
    promote_from_waiting_list(session, talk, cause=Cause.REGISTERED, actor=actor, now=now)
    for registration in joined:
        if registration.state is State.WAITING:
            reason = reason_to_wait(session, talk, registration, now=now)
            notices.joined_line(session, registration, reason=reason, now=now)
    touch_seats(session, talk)
    return joined


def reason_to_wait(
    session: Session, talk: Talk, registration: Registration, *, now: datetime
) -> str:
    """Return what somebody who joined the line waits for, in a sentence; nothing if it is full.

    Only where more than a full room can be the cause is it looked for.
    """
    special = (
        talk.limit_per_cooperative is not None
        or any(queries.held_now(talk, now=now).values())
        or (registration.group is not None and registration.group.all_or_none)
    )
    if not special:
        return ""
    return queries.why_waiting(talk, queries.situation(session, talk, now=now), registration.id)


def _take_in(session: Session, talk: Talk, request: Request, *, now: datetime) -> int | None:
    """Keep that the form came, once; return its group's id, or None if it came before."""
    values = {
        "form_key": request.form_key,
        "talk_id": talk.id,
        "created_at": now,
        "by_user_id": request.by_user_id,
        "all_or_none": request.all_or_none and len(request.people) > 1,
    }
    keys = ("form_key",)
    statement = insert_once(session, RegistrationGroup, keys, returning=RegistrationGroup.id)
    group_id: int | None = session.scalar(statement, values)
    return group_id


def _join_all(
    session: Session, talk: Talk, request: Request, group_id: int, *, actor: str, now: datetime
) -> list[Registration]:
    """Put those of a form who are not registered yet at the end of the line.

    The answers of who was registered before stay theirs: whoever fills a form in for them again
    does not change them.
    """
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
        registration, is_new = join(session, talk, person, entry, now=now)
        if is_new:
            joined.append(registration)
            if someone.given is not None:
                questions.keep(session, registration.invitee, someone.given, actor=actor, now=now)
        elif _may_be_told(session, request, registration, now=now):
            raise AlreadyRegistered(
                f"{person.name} ya está en esta charla con ese correo.", field=f"people-{place}"
            )
        else:
            notices.already_registered(session, registration, now=now)
    session.flush()
    return joined


def _may_be_told(
    session: Session, request: Request, registration: Registration, *, now: datetime
) -> bool:
    """Return whether who sends a form may know that somebody in it is registered already.

    The coordination, and a registrar of their own people: of another cooperative's person the
    answer says nothing, as to somebody without an account.
    """
    if request.by_user_id is None:
        return False
    of = request.organisation.id if request.organisation else None
    return request.sees_all or queries.may_know_of(session, registration, of, now=now)


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


def join(
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
