"""Hand a place on to a colleague: it changes hands without passing through the line.

Both are of one cooperative, so that nobody in the line is better or worse off for it: the seats
are as many, the cooperative has as many, and a place in the line is where it was
(`docs/decisions/0020`).
"""

from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from coopoutreach.events import mailboxes
from coopoutreach.events.rules import Standing
from coopoutreach.people.directory import commands as directory
from coopoutreach.people.directory.models import Person
from coopoutreach.platform.audit import commands as audit
from coopoutreach.talks.questions import commands as questions
from coopoutreach.talks.registrations import notices, queries
from coopoutreach.talks.registrations.commands.changing import cancel, hold
from coopoutreach.talks.registrations.commands.joining import join, reason_to_wait
from coopoutreach.talks.registrations.commands.waitlist import move
from coopoutreach.talks.registrations.errors import AlreadyRegistered, NotHandedOn
from coopoutreach.talks.registrations.models import Registration
from coopoutreach.talks.registrations.request import Registrant
from coopoutreach.talks.registrations.rules import State
from coopoutreach.talks.talks.models import Talk


def transfer(
    session: Session,
    registration: Registration,
    to: Registrant,
    *,
    sees_all: bool = False,
    actor: str,
    now: datetime,
) -> Registration:
    """Give somebody's seat, or place in the line, to a colleague; return the colleague's.

    Who leaves is told that theirs is cancelled; who comes is invited, or told that they wait.
    They take part as the other would have. Where they have a place that another cooperative gave
    them, which is not this one's to know, they keep that and this one is free; without `sees_all`.

    :raises WrongState: if it was given up already
    :raises RegistrationClosed: if the talk has begun or is off
    :raises NotHandedOn: if it is nobody's of a cooperative, or the colleague is the same person
    :raises AlreadyRegistered: if the colleague has a place of their own
    """
    talk = hold(session, registration, now=now)
    if registration.organisation_id is None:
        raise NotHandedOn("Un cupo se traspasa solo entre personas de una misma cooperativa.")
    person = directory.find_or_create_person(
        session, name=to.name, email=to.email, phone=to.phone, now=now
    )
    taken = pass_place(session, registration, person, sees_all=sees_all, actor=actor, now=now)
    if taken is None:
        give_way(session, registration, person, actor=actor, now=now)
        return registration
    if to.given is not None:
        questions.keep(session, taken.invitee, to.given, actor=actor, now=now)
    notices.cancelled(session, registration, by_person=False, now=now)
    registration.invitee.told_sequence = None
    tell(session, talk, taken, now=now)
    return taken


def pass_place(
    session: Session,
    registration: Registration,
    person: Person,
    *,
    sees_all: bool,
    actor: str,
    now: datetime,
) -> Registration | None:
    """Let somebody have another's place, in the same group and since the same moment.

    Nobody is told yet. Nothing changes, and nothing is returned, where they have a place that the
    cooperative may not know of: `give_way` then.

    :raises NotHandedOn: if it is their own
    :raises AlreadyRegistered: if they have a place already
    """
    if person.id == registration.person_id:
        raise NotHandedOn("Es la misma persona: elija a otra.", field="name")
    had_seat = registration.state is State.CONFIRMED
    taken, is_new = join(session, registration.talk, person, _entry(registration), now=now)
    if not is_new:
        if not sees_all and not queries.may_know_of(
            session, taken, registration.organisation_id, now=now
        ):
            return None
        raise AlreadyRegistered(f"{person.name} ya está en esta charla.", field="name")
    move(session, registration, State.CANCELLED, actor=actor, now=now)
    registration.cancelled_at = now
    registration.invitee.standing = Standing.WITHDRAWN
    if had_seat:
        # The seat that was just left: nobody else can have counted it, the talk's row is held.
        move(session, taken, State.CONFIRMED, actor=actor, now=now)
        taken.confirmed_at = now
        taken.invitee.standing = Standing.INVITED
    session.flush()
    _note(session, registration, taken, actor=actor, now=now)
    return taken


def give_way(
    session: Session, registration: Registration, person: Person, *, actor: str, now: datetime
) -> None:
    """Give a place up, since who was to have it has one; they are told so, by mail alone."""
    theirs = queries.of_person(session, registration.talk_id, person.id)
    if theirs is not None:
        notices.already_registered(session, theirs, now=now)
    cancel(session, registration, actor=actor, by_person=False, now=now)


def tell(session: Session, talk: Talk, registration: Registration, *, now: datetime) -> None:
    """Tell somebody who came by another's place, or at another address, where they stand."""
    if registration.state is State.CONFIRMED:
        shared = mailboxes.of_all(session, talk, [registration.invitee])
        notices.places_confirmed(session, [registration], shared, now=now)
    else:
        reason = reason_to_wait(session, talk, registration, now=now)
        notices.joined_line(session, registration, reason=reason, now=now)


def _entry(registration: Registration) -> dict[str, Any]:
    return {
        "group_id": registration.group_id,
        "organisation_id": registration.organisation_id,
        "organisation_name": registration.organisation_name,
        "room": registration.room,
        "state": State.WAITING,
        # Who asked first is who asked for this place.
        "requested_at": registration.requested_at,
        "cancelled_at": None,
        "transferred_from_id": registration.id,
    }


def _note(
    session: Session, registration: Registration, taken: Registration, *, actor: str, now: datetime
) -> None:
    audit.record(
        session,
        ("registration", registration.id),
        action="registration.handed-on",
        actor=actor,
        now=now,
        after={"to": taken.id},
    )
