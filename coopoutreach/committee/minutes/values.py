"""What is taken down about minutes, as one value."""

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class Owed:
    """What one institution owes another from a meeting on, as it is taken down."""

    action: str
    party_id: int
    owed_to_id: int
    person_id: int | None
    due_on: date
    verification: str
