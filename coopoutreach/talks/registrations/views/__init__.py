"""The pages where people register, see and change their registration, and who is coming."""

from coopoutreach.talks.registrations.views import (
    answers,
    attendees,
    desk,
    exports,
    moving,
    own,
    register,
    responses,
    waitlist,
)
from coopoutreach.talks.registrations.views.blueprint import bp

__all__ = [
    "answers",
    "attendees",
    "bp",
    "desk",
    "exports",
    "moving",
    "own",
    "register",
    "responses",
    "waitlist",
]
