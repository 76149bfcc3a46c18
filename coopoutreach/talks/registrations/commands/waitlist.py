"""Give the free seats to those next in line: the one path to a seat, and what leads to it.

Whoever counts seats holds the talk's row: `lock_talk` first, then count, then give.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import insert
from sqlalchemy.orm import Session

from coopoutreach.events import mailboxes
from coopoutreach.events.rules import ACTIVE_STATES, Standing
from coopoutreach.platform.audit import commands as audit
from coopoutreach.talks.registrations import notices, queries, rules
from coopoutreach.talks.registrations.errors import WrongState
from coopoutreach.talks.registrations.models import Registration, SeatDecision
from coopoutreach.talks.registrations.rules import MOVES, Cause, SeatAllocation, State
from coopoutreach.talks.registrations.seat_revisions import touch_seats
from coopoutreach.talks.talks import queries as talks
from coopoutreach.talks.talks.models import Talk

#: Into the table: nobody asks for a decision in the transaction that keeps it.
_KEEP: Any = insert(SeatDecision.__table__)  # type: ignore[arg-type]  # it is a table


def promote_from_waiting_list(
    session: Session, talk: Talk, *, cause: Cause, actor: str, now: datetime
) -> list[Registration]:
    """Give the talk's free seats to those next in line, and invite them: the one path to a seat.

    The caller holds the talk's row. In the last hours before the talk only a person moves the
    line; a newcomer still gets a free seat then, if nobody waited before. What was known and who
    got seats is kept, so that anybody can work it out again. Nobody gets a seat in a talk that was
    called off; if that is undone, the line moves then.
    """
    if talk.state not in ACTIVE_STATES:
        return []
    # What is counted was flushed by whoever changed it.
    with session.no_autoflush:
        known = queries.to_give(session, talk, now=now)
        moves = cause is Cause.BY_HAND or rules.moves_by_itself(starts_at=talk.starts_at, now=now)
        if not moves:
            known = known.of_newcomers(now=now)
        given = rules.seats_given(known)
        if not given:
            return []
        if len(given) < len(known.waiting):
            # Not everybody fits: what the order depends on must be asked.
            known = queries.with_history(session, talk, known)
            given = rules.seats_given(known)
        ids = [entry.registration_id for entry in given]
        found = queries.by_ids(session, ids)
    promoted = [found[number] for number in ids]
    _seat(session, talk, promoted, actor=actor, now=now)
    _keep_decision(session, talk, known, given=ids, by=(cause, actor), now=now)
    return promoted


def give_seat(session: Session, registration: Registration, *, actor: str, now: datetime) -> None:
    """Give one waiting person a free seat, whatever the line says: the coordination's hand.

    :raises WrongState: if they do not wait, or no seat is free
    """
    talk = talks.lock_talk(session, registration.talk_id)
    session.refresh(registration)
    if registration.state is not State.WAITING:
        raise WrongState("Esa persona ya no está en lista de espera.")
    if talk.state not in ACTIVE_STATES:
        raise WrongState("La charla no se va a realizar: no tiene cupos que dar.")
    known = queries.situation(session, talk, now=now)
    if not known.rooms[registration.room].free:
        raise WrongState("No quedan cupos. Suba la capacidad o libere un cupo primero.")
    _seat(session, talk, [registration], actor=actor, now=now)
    by = (Cause.BY_HAND, actor)
    _keep_decision(session, talk, known, given=[registration.id], by=by, now=now)
    touch_seats(session, talk)


def advance_by_hand(
    session: Session, talk: Talk, *, actor: str, now: datetime
) -> list[Registration]:
    """Move the line up in its order because somebody of the coordination says so."""
    talk = talks.lock_talk(session, talk.id)
    promoted = promote_from_waiting_list(session, talk, cause=Cause.BY_HAND, actor=actor, now=now)
    if promoted:
        touch_seats(session, talk)
    return promoted


def follow_seats(
    session: Session, talk_id: int, *, cause: Cause, actor: str, now: datetime
) -> None:
    """Move the line up after a talk's seats, or who may have them, changed."""
    talk = talks.lock_talk(session, talk_id)
    if promote_from_waiting_list(session, talk, cause=cause, actor=actor, now=now):
        touch_seats(session, talk)


def release_held_seats(session: Session, talk_id: int, *, actor: str, now: datetime) -> bool:
    """Let what is left of the held seats go down the line, once their moment has come.

    Return whether they were released now: never twice, and not before.
    """
    talk = talks.lock_talk(session, talk_id)
    if talk.released_at is not None or talk.held_until is None or now < talk.held_until:
        return False
    talk.released_at = now
    audit.record(
        session,
        ("event", talk.id),
        action="talk.seats-released",
        actor=actor,
        now=now,
        after={"held_room": talk.held_room, "held_online": talk.held_online},
    )
    session.flush()
    promote_from_waiting_list(session, talk, cause=Cause.RELEASED, actor=actor, now=now)
    touch_seats(session, talk)
    return True


def _seat(
    session: Session,
    talk: Talk,
    registrations: Sequence[Registration],
    *,
    actor: str,
    now: datetime,
) -> None:
    """Let those whose turn it is have a seat, and invite them."""
    # Asked before anything is written, so that all of it is written at once.
    shared = mailboxes.of_all(session, talk, [one.invitee for one in registrations])
    for registration in registrations:
        move(session, registration, State.CONFIRMED, actor=actor, now=now)
        registration.confirmed_at = now
        registration.invitee.standing = Standing.INVITED
    waited = {one.id for one in registrations if one.requested_at < now}
    notices.places_confirmed(session, registrations, shared, promoted=waited, now=now)
    session.flush()


def move(
    session: Session, registration: Registration, state: State, *, actor: str, now: datetime
) -> None:
    """Move a registration to another state, on the record.

    :raises WrongState: if it cannot go there from where it stands
    """
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


def _keep_decision(
    session: Session,
    talk: Talk,
    known: SeatAllocation,
    *,
    given: Sequence[int],
    by: tuple[Cause, str],
    now: datetime,
) -> None:
    cause, actor = by
    values = {"talk_id": talk.id, "at": now, "cause": cause, "actor": actor, "given": list(given)}
    session.connection().execute(_KEEP, {**values, **known.kept()})
