"""Everything that can be done to a talk's questions, and to their answers."""

from coopoutreach.talks.questions.commands.answers import (
    correct,
    erase_needs_of_person,
    erase_needs_of_talk,
    keep,
    transfer,
)
from coopoutreach.talks.questions.commands.editor import add, ask_about_need, edit, move, retire

__all__ = [
    "add",
    "ask_about_need",
    "correct",
    "edit",
    "erase_needs_of_person",
    "erase_needs_of_talk",
    "keep",
    "move",
    "retire",
    "transfer",
]
