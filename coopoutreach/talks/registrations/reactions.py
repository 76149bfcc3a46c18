"""How registrations answer what happens below them; `wiring.py` lists these."""

from datetime import datetime

from sqlalchemy.orm import Session

from coopoutreach.events.happenings import InviteeDeclined
from coopoutreach.talks.registrations import commands, queries
from coopoutreach.talks.registrations.rules import Cause, Room, RoomSeats
from coopoutreach.talks.talks.happenings import CapacityRaised, SeatRulesChanged, SeatsAsked


def fill_raised_capacity(session: Session, raised: CapacityRaised, *, now: datetime) -> None:
    """Give the new seats to those next in line."""
    commands.follow_seats(
        session, raised.talk_id, cause=Cause.CAPACITY_RAISED, actor=raised.actor, now=now
    )


def follow_new_rules(session: Session, changed: SeatRulesChanged, *, now: datetime) -> None:
    """Give seats to whom the new limit, held seats or levels let have one."""
    commands.follow_seats(
        session, changed.talk_id, cause=Cause.RULES_CHANGED, actor=changed.actor, now=now
    )


def give_up_declined(session: Session, declined: InviteeDeclined, *, now: datetime) -> None:
    """Pass on the seat of somebody who answered that they will not come."""
    commands.decline(session, declined.invitee_id, actor=declined.actor, now=now)


def tell_seats(session: Session, asked: SeatsAsked, *, now: datetime) -> dict[Room, RoomSeats]:
    """Return the seats of each room of a talk, for the page of the coordination."""
    return queries.room_seats(session, asked.talk, now=now)[0]
