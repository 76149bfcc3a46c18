"""Every write about requests, blocks, erasures and retention."""

from coopoutreach.privacy.commands.blocking import block, resubscribe, unblock, unsubscribe
from coopoutreach.privacy.commands.cases import (
    alert,
    answer,
    assign,
    close,
    extend,
    note_copy,
    open_case,
    request,
    verify,
)
from coopoutreach.privacy.commands.erasing import (
    cancel_registrations,
    erase_and_answer,
    erase_person,
    forget_last_answers,
    obstacles,
    replay_erasures,
)
from coopoutreach.privacy.commands.retention import count_due, purge

__all__ = [
    "alert",
    "answer",
    "assign",
    "block",
    "cancel_registrations",
    "close",
    "count_due",
    "erase_and_answer",
    "erase_person",
    "extend",
    "forget_last_answers",
    "note_copy",
    "obstacles",
    "open_case",
    "purge",
    "replay_erasures",
    "request",
    "resubscribe",
    "unblock",
    "unsubscribe",
    "verify",
]
