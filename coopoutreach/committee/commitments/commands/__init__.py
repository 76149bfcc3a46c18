"""Everything that can be done to commitments."""

from coopoutreach.committee.commitments.commands.changes import (
    ask_extension,
    decline_extension,
    edit,
    extend,
    grant_extension,
)
from coopoutreach.committee.commitments.commands.leaving import release
from coopoutreach.committee.commitments.commands.making import make
from coopoutreach.committee.commitments.commands.moves import (
    confirm,
    deliver,
    dismiss,
    give_back,
    reopen,
    report,
)
from coopoutreach.committee.commitments.commands.telling import remind, tell_made
from coopoutreach.committee.commitments.history import Said
from coopoutreach.committee.commitments.rules import Fields

__all__ = [
    "Fields",
    "Said",
    "ask_extension",
    "confirm",
    "decline_extension",
    "deliver",
    "dismiss",
    "edit",
    "extend",
    "give_back",
    "grant_extension",
    "make",
    "release",
    "remind",
    "reopen",
    "report",
    "tell_made",
]
