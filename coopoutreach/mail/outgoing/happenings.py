"""What messaging asks and tells the features above it; `wiring.py` lists who answers."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class StillWanted:
    """A message is about to go: a reaction that answers a reason, a sentence, drops it."""

    message_id: int
    notice: str
    event_id: int | None
    invitee_id: int | None
    person_id: int | None


@dataclass(frozen=True, slots=True)
class DeliveryEnded:
    """A message was taken by the server, or never will be."""

    message_id: int
    invitee_id: int | None
    person_id: int | None
    delivered: bool
    reason: str
