"""Every write of an event, of who is invited to it, and of what they are told."""

from coopoutreach.events.commands.event import (
    TZDATA,
    cancel,
    close,
    keep_calendar_bytes,
    publish,
    recompute_time,
    remember,
    reschedule,
    revise_words,
    set_reminders,
    tell_next_batch,
)
from coopoutreach.events.commands.invitees import answer, invite, invite_anew, mark_attendance

__all__ = [
    "TZDATA",
    "answer",
    "cancel",
    "close",
    "invite",
    "invite_anew",
    "keep_calendar_bytes",
    "mark_attendance",
    "publish",
    "recompute_time",
    "remember",
    "reschedule",
    "revise_words",
    "set_reminders",
    "tell_next_batch",
]
