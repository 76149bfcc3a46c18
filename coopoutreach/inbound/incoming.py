"""What is known of a message that came in, once it is taken apart."""

from dataclasses import dataclass

from coopoutreach.inbound.rules import CalendarPart


@dataclass(frozen=True, slots=True)
class Bounced:
    """One recipient of a delivery report: the address, what was tried, and what was answered."""

    address: str
    failed: bool
    status: str
    diagnostic: str


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
    #: Message-IDs of ours that a report may be about.
    about: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Hashes:
    """What makes a second delivery of a message known for what it is."""

    message: str
    body: str
