"""What a message led to, and why: as it is kept, and as `mail receive --explain` prints it."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from coopoutreach.mail.incoming.rules import Action, Reason


@dataclass(frozen=True, slots=True)
class Decision:
    """One message, decided. What does not apply is None."""

    action: Action
    reason: Reason
    method: str | None = None
    uid: str | None = None
    attendee: str | None = None
    partstat: str | None = None
    recurrence_id: str | None = None
    proposed_start: datetime | None = None
    proposed_end: datetime | None = None
    comment: str = ""
    event_id: int | None = None
    invitee_id: int | None = None
    delegated_to: str = ""
    #: Somebody wrote something that a person should read.
    waits: bool = False
    #: Of what they wrote, nothing that they quote is kept: it may not be for who reads it.
    own_words_only: bool = False

    def explained(self) -> dict[str, Any]:
        """Return it as JSON has it; what is not in every answer stands in it where there is one."""
        found: dict[str, Any] = {
            "action": self.action.value,
            "reason": self.reason.value,
            "method": self.method,
            "uid": self.uid,
            "attendee": self.attendee,
            "partstat": self.partstat,
            "recurrence_id": self.recurrence_id,
        }
        times = {"proposed_start": self.proposed_start, "proposed_end": self.proposed_end}
        found |= {name: at.isoformat() for name, at in times.items() if at is not None}
        more = {
            "comment": self.comment,
            "delegated_to": self.delegated_to,
            "waits": self.waits,
        }
        return found | {name: value for name, value in more.items() if value}
