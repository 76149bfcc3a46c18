"""What is known of a message that came in, once it is taken apart."""

from dataclasses import dataclass
from datetime import datetime

from coopoutreach.mail.incoming.rules import CalendarPart


@dataclass(frozen=True, slots=True)
class Bounced:
    """One recipient of a delivery report: the address, what was tried, and what was answered."""

    address: str
    failed: bool
    status: str
    diagnostic: str


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file that came with a message: only its name is kept, and its size in bytes."""

    name: str
    size: int


@dataclass(frozen=True, slots=True)
class Incoming:
    """A message, as far as anything is decided by it."""

    sender: str
    subject: str
    recipients: tuple[str, ...]
    authentication: tuple[str, ...]
    #: Those that stand above the first Received.
    stamped: tuple[str, ...]
    is_report: bool
    is_automatic: bool
    calendars: tuple[CalendarPart, ...]
    has_tnef: bool
    bounced: tuple[Bounced, ...]
    #: Message-IDs of ours that it may be about.
    about: tuple[str, ...]
    #: Whether there is a Received, above which only our own server writes.
    was_received: bool = False
    #: The sender of the envelope is nobody: so bounces come, and what some programs answer.
    is_from_nobody: bool = False
    sent_at: datetime | None = None
    #: What is written in it, bounded; empty if a program wrote it.
    text: str = ""
    attachments: tuple[Attachment, ...] = ()
    #: Message-IDs of what it answers, and its own last: what an answer to it refers to.
    thread: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Hashes:
    """What makes a second delivery of a message known for what it is."""

    message: str
    body: str
