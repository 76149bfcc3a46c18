"""What consents tell whoever is above them."""

from dataclasses import dataclass

from coopoutreach.talks.consents.rules import Purpose


@dataclass(frozen=True, slots=True)
class ConsentWithdrawn:
    """Somebody no longer agrees: what was kept because they did has to go."""

    person_id: int
    purpose: Purpose
    #: None: whatever the event.
    event_id: int | None
