"""Every write of an event, of who is invited to it, and of what they are told."""

from coopoutreach.events.commands.announcements import set_reminders, tell_now
from coopoutreach.events.commands.event import (
    ENTRY_FORM,
    TZDATA,
    cancel,
    close,
    keep_calendar_bytes,
    publish,
    recompute_time,
    remember,
    revise,
    rewrite_calendar_bytes,
    undo_cancellation,
    undo_publication,
)
from coopoutreach.events.commands.invitees import (
    answer,
    invite,
    invite_anew,
    mark_attendance,
    renew,
    revoke_links,
)
from coopoutreach.events.commands.telling import tell_again, tell_next_batch
from coopoutreach.events.commands.versions import number_version

__all__ = [
    "ENTRY_FORM",
    "TZDATA",
    "answer",
    "cancel",
    "close",
    "invite",
    "invite_anew",
    "keep_calendar_bytes",
    "mark_attendance",
    "number_version",
    "publish",
    "recompute_time",
    "remember",
    "renew",
    "revise",
    "revoke_links",
    "rewrite_calendar_bytes",
    "set_reminders",
    "tell_again",
    "tell_next_batch",
    "tell_now",
    "undo_cancellation",
    "undo_publication",
]
