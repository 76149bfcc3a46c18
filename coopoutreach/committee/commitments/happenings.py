"""What commitments ask of those above them: who speaks for a side, how firm their words are."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class WordsAsked:
    """Somebody wants to change what a commitment of this event says.

    Answered by the sentence that says why it cannot be, or by an empty one.
    """

    event_id: int


@dataclass(frozen=True, slots=True)
class DraftAsked:
    """Answered by whether what came of this event is a draft that only one side has read."""

    event_id: int


@dataclass(frozen=True, slots=True)
class SideAsked:
    """Who speaks for an organisation in what came of this event. Answered by a `Side` or None."""

    event_id: int
    organisation_id: int


@dataclass(frozen=True, slots=True)
class Side:
    """Who speaks for an institution: its head, who hears what stays late, and its people."""

    head_id: int | None
    #: Calendar days after the due date when it goes to the head.
    escalation_days: int
    #: Persons, the first of whom is asked first.
    people: tuple[int, ...]
