"""Everything that can be done to minutes."""

from coopoutreach.committee.minutes.commands.deciding import (
    add_commitment,
    add_decision,
    edit_decision,
    remove_decision,
)
from coopoutreach.committee.minutes.commands.finishing import publish, rectify
from coopoutreach.committee.minutes.commands.guarding import for_writing
from coopoutreach.committee.minutes.commands.keeping import (
    LONGEST_NOTE,
    PREFIX,
    SignedUpload,
    keep_pdf,
    keep_signed_copy,
)
from coopoutreach.committee.minutes.commands.reviewing import Voice, observe, reply, send, withdraw
from coopoutreach.committee.minutes.commands.signing import (
    Signature,
    approve,
    approve_by_silence,
    sign_off,
)
from coopoutreach.committee.minutes.commands.starting import follow_agenda, start
from coopoutreach.committee.minutes.commands.writing import Outcome, Saved, Typed, save

__all__ = [
    "LONGEST_NOTE",
    "PREFIX",
    "Outcome",
    "Saved",
    "Signature",
    "SignedUpload",
    "Typed",
    "Voice",
    "add_commitment",
    "add_decision",
    "approve",
    "approve_by_silence",
    "edit_decision",
    "follow_agenda",
    "for_writing",
    "keep_pdf",
    "keep_signed_copy",
    "observe",
    "publish",
    "rectify",
    "remove_decision",
    "reply",
    "save",
    "send",
    "sign_off",
    "start",
    "withdraw",
]
