"""Everything that can be done to a registration."""

from coopoutreach.talks.registrations.commands.changing import (
    cancel,
    change_room,
    correct_name,
    decline,
    move_to_session,
)
from coopoutreach.talks.registrations.commands.correcting import correct_contact
from coopoutreach.talks.registrations.commands.handing import transfer
from coopoutreach.talks.registrations.commands.joining import register
from coopoutreach.talks.registrations.commands.waitlist import (
    advance_by_hand,
    follow_seats,
    give_seat,
    promote_from_waiting_list,
    release_held_seats,
)

__all__ = [
    "advance_by_hand",
    "cancel",
    "change_room",
    "correct_contact",
    "correct_name",
    "decline",
    "follow_seats",
    "give_seat",
    "move_to_session",
    "promote_from_waiting_list",
    "register",
    "release_held_seats",
    "transfer",
]
