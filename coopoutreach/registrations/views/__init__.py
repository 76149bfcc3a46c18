"""The pages where people register, see and change their registration, and who is coming."""

from coopoutreach.registrations.views import (
    answers,
    attendees,
    exports,
    line,
    moving,
    own,
    register,
    responses,
)
from coopoutreach.registrations.views.blueprint import bp

__all__ = [
    "answers",
    "attendees",
    "bp",
    "exports",
    "line",
    "moving",
    "own",
    "register",
    "responses",
]
