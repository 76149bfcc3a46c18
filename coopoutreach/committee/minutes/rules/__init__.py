"""What minutes are, where they may go and how words are put together, from values alone."""

from coopoutreach.committee.minutes.rules.checking import code_of, sha256_of
from coopoutreach.committee.minutes.rules.differing import Change, Line, differences
from coopoutreach.committee.minutes.rules.merging import Merged, as_kept, merge
from coopoutreach.committee.minutes.rules.states import (
    LOCKED,
    MOVES,
    OPEN,
    REVIEWED,
    ApprovalKind,
    Method,
    PartKind,
    State,
    reached,
)
from coopoutreach.committee.minutes.rules.terms import days_before, last_day
from coopoutreach.committee.minutes.rules.words import (
    LONGEST_DECISION,
    LONGEST_OBSERVATION,
    LONGEST_TEXT,
    RESERVED_FROM,
    decision_number,
    label,
    statement,
)

__all__ = [
    "LOCKED",
    "LONGEST_DECISION",
    "LONGEST_OBSERVATION",
    "LONGEST_TEXT",
    "MOVES",
    "OPEN",
    "RESERVED_FROM",
    "REVIEWED",
    "ApprovalKind",
    "Change",
    "Line",
    "Merged",
    "Method",
    "PartKind",
    "State",
    "as_kept",
    "code_of",
    "days_before",
    "decision_number",
    "differences",
    "label",
    "last_day",
    "merge",
    "reached",
    "sha256_of",
    "statement",
]
