"""What a feature hands in to have somebody told something."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from coopoutreach.mail.outgoing.models import Category
from coopoutreach.platform.ics.entry import Method


@dataclass(frozen=True, slots=True)
class Recipient:
    """The person a letter is for."""

    name: str
    address: str
    person_id: int | None = None


@dataclass(frozen=True, slots=True)
class Calendar:
    """What a letter asks the reader's calendar to do: a whole VCALENDAR, as `ics` wrote it."""

    method: Method
    body: bytes


@dataclass(frozen=True, slots=True)
class MailDraft:
    """A message that somebody is owed.

    `key` says which notice, about which version of what, for whom: two letters of the same key
    are one. `notice` names the texts: `registrations/place_confirmed` is the folder
    `templates/messages/talks/registrations/place_confirmed/`. `context` is already formatted.
    `about` names whom it is about at the end of its subject, where several read the mailbox.
    """

    key: str
    notice: str
    # A log that names a letter says no more than its key: links in it are secrets.
    to: Recipient = field(repr=False)
    context: Mapping[str, object] = field(repr=False)
    calendar: Calendar | None = field(default=None, repr=False)
    category: Category = Category.SERVICE
    priority: int = 10
    event_id: int | None = None
    invitee_id: int | None = None
    not_before: datetime | None = None
    #: When it is of no more use; 72 hours of trying where nothing is said.
    not_after: datetime | None = None
    reply_to: str | None = field(default=None, repr=False)
    #: Message-IDs of the conversation that it goes on with, the one that it answers last. Such a
    #: letter is written by a person: programs may answer it.
    answers: tuple[str, ...] = ()
    about: str = ""
