"""What comes in that features above may want to follow; `wiring.py` lists who does."""

from dataclasses import dataclass
from datetime import datetime

from coopoutreach.mail.incoming.rules import Action, Reason
from coopoutreach.platform.ics.reply import Answered


@dataclass(frozen=True, slots=True)
class ReplyReceived:
    """A calendar program answers about one event: a reaction judges, and answers a `Judged`."""

    answered: Answered
    #: Whether another time is proposed.
    counter: bool
    #: Whose reply it is by the addresses that it was sent to.
    tokens: tuple[str, ...]
    #: Who wrote it, and whether our own mail server found that they did.
    sender: str
    is_proven: bool
    #: When the message says that it was written.
    sent_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class MailBounced:
    """A mail did not arrive: a reaction that knows the invitee answers a `Judged`, else None."""

    #: By our own message that came back; None if it was not known by its Message-ID.
    invitee_id: int | None
    tokens: tuple[str, ...]
    address: str
    reason: str


@dataclass(frozen=True, slots=True)
class Judged:
    """What became of it, and whose it was."""

    action: Action
    reason: Reason
    uid: str = ""
    attendee: str = ""
    partstat: str = ""
    event_id: int | None = None
    invitee_id: int | None = None
    #: Whom they would send instead.
    delegated_to: str = ""
    #: What another time was proposed, resolved; aware.
    proposed_start: datetime | None = None
    proposed_end: datetime | None = None
    #: Mails about it hold what is reserved for one side: what they quote is not kept.
    own_words_only: bool = False


@dataclass(frozen=True, slots=True)
class WrittenBy:
    """Somebody wrote to us: a reaction that knows the invitee answers a `Judged`, else None."""

    tokens: tuple[str, ...]
    sender: str
    #: By a mail of ours that is answered, if it went to whoever writes.
    invitee_id: int | None
