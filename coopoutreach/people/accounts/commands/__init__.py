"""Every write of accounts: who there is, who is signed in, and the links that let people in."""

from coopoutreach.people.accounts.commands.held_forms import forget_held_forms, hold_form
from coopoutreach.people.accounts.commands.links import (
    consume_link,
    invite,
    request_link,
    request_reset,
    reset_password,
)
from coopoutreach.people.accounts.commands.sessions import (
    close_other_sessions,
    close_session,
    confirm,
    forget_ended,
    note_refused,
    sign_in,
    sign_out,
    warn_of_attempts,
)
from coopoutreach.people.accounts.commands.users import (
    change_password,
    change_role,
    create_user,
    deactivate,
    set_password,
)
from coopoutreach.people.accounts.passwords import hash_password

__all__ = [
    "change_password",
    "change_role",
    "close_other_sessions",
    "close_session",
    "confirm",
    "consume_link",
    "create_user",
    "deactivate",
    "forget_ended",
    "forget_held_forms",
    "hash_password",
    "hold_form",
    "invite",
    "note_refused",
    "request_link",
    "request_reset",
    "reset_password",
    "set_password",
    "sign_in",
    "sign_out",
    "warn_of_attempts",
]
