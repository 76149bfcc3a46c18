"""What happens to registrations that higher features may want to follow."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class AddressCorrected:
    """A wrong address holds nothing of somebody's any more: what it was given must die."""

    person_id: int
    actor: str
