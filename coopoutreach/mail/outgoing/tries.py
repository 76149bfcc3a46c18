"""One try to deliver a message: what it takes, and what it came to."""

from dataclasses import dataclass
from datetime import datetime

from coopoutreach.mail.outgoing import rules
from coopoutreach.mail.outgoing.models import Category, MessageState
from coopoutreach.mail.outgoing.rules import Answer, Phase, Verdict


@dataclass(frozen=True, slots=True)
class Claimed:
    """A message that this worker holds: all that it takes to send it."""

    id: int
    token: str
    priority: int
    message_id: str
    notice: str
    category: Category
    recipient: str
    raw: bytes
    person_id: int | None
    event_id: int | None
    invitee_id: int | None
    attempts: int
    faults: int
    last_phase: str | None
    not_after: datetime
    patient: bool

    @property
    def waiting(self) -> MessageState:
        """Where it stands while nobody holds it: once the server may have taken it, it may."""
        dotted = self.last_phase == Phase.DOT
        return MessageState.UNCERTAIN if dotted else MessageState.QUEUED


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a try came to. No answer: something nobody foresaw went wrong, and `fault` says what."""

    claimed: Claimed
    answer: Answer | None
    fault: str = ""

    @property
    def verdict(self) -> Verdict:
        """What becomes of the message."""
        if self.answer is None:
            spent = self.claimed.faults + 1 >= rules.MOST_FAULTS
            return Verdict.FAILED if spent else Verdict.RETRY
        verdict = rules.verdict(self.answer)
        odd = self.claimed.faults + 1 >= rules.MOST_FAULTS
        if verdict is Verdict.REFUSES_US and self.answer.phase not in rules.BEFORE_MAIL and odd:
            # Time and again refused while others' mail went through: it is this message.
            return Verdict.FAILED
        return verdict
