"""The outbox: messages that are owed, being sent, and sent."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, Index, LargeBinary, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from coopoutreach.platform.core.db import Base
from coopoutreach.platform.core.references import NO_REFERENCE, refers_to


class MessageState(StrEnum):
    """Where a message stands. `docs/decisions/0003` says what is promised."""

    QUEUED = "queued"
    SENDING = "sending"
    #: The server may have taken it: it is tried again, with the same Message-ID and bytes.
    UNCERTAIN = "uncertain"
    SENT = "sent"
    FAILED = "failed"
    #: Too late to be of use: its `not_after` passed before it could be sent.
    EXPIRED = "expired"
    #: No longer wanted when its turn came: the event was cancelled, say.
    DROPPED = "dropped"
    #: Put aside by hand: nothing is tried until somebody lets it go.
    HELD = "held"


class Category(StrEnum):
    """What kind of mail it is: outreach stops for who does not want it, service does not."""

    SERVICE = "service"
    OUTREACH = "outreach"
    #: Sign-in links: first in the queue, worthless after ten minutes.
    URGENT = "urgent"


class OutgoingMessage(Base):
    """A message owed to one person, written with the change that owes it.

    `raw` is the whole message as it goes to the server, built once: a second try is the same
    to the byte.
    """

    __tablename__ = "outgoing_message"
    __table_args__ = (
        Index(
            "ix_outgoing_message_due",
            "priority",
            "due_at",
            "id",
            sqlite_where=text("state IN ('queued', 'sending', 'uncertain')"),
            postgresql_where=text("state IN ('queued', 'sending', 'uncertain')"),
        ),
        CheckConstraint("attempts >= 0", name="attempts_not_negative"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    #: `(notice, version of what it tells, person)`: what makes a double impossible.
    key: Mapped[str] = mapped_column(unique=True)
    message_id: Mapped[str] = mapped_column(unique=True, info=NO_REFERENCE)
    notice: Mapped[str] = mapped_column(index=True)
    category: Mapped[Category]
    priority: Mapped[int] = mapped_column(default=10)
    recipient: Mapped[str] = mapped_column(index=True)
    recipient_name: Mapped[str]
    subject: Mapped[str]
    raw: Mapped[bytes] = mapped_column(LargeBinary, deferred=True)
    #: Ids in features above this one, which knows nothing more of them.
    person_id: Mapped[int | None] = mapped_column(index=True, info=refers_to("person"))
    event_id: Mapped[int | None] = mapped_column(index=True, info=refers_to("event"))
    invitee_id: Mapped[int | None] = mapped_column(index=True, info=refers_to("invitee"))

    state: Mapped[MessageState] = mapped_column(default=MessageState.QUEUED, index=True)
    created_at: Mapped[datetime]
    not_before: Mapped[datetime]
    not_after: Mapped[datetime]
    #: When a worker may take it: not_before at first, the lease's end while one holds it,
    #: the next try after a failure.
    due_at: Mapped[datetime]
    attempts: Mapped[int] = mapped_column(default=0)
    #: How often it failed in a way nobody foresaw, or that others' mail did not.
    faults: Mapped[int] = mapped_column(default=0)
    #: `not_after` is only how long we try: it moves by as long as the queue stood still.
    patient: Mapped[bool] = mapped_column(default=False)
    #: Who holds it: the fencing token of one claim. A result without it is not recorded.
    lease_token: Mapped[str | None]
    last_code: Mapped[int | None]
    last_phase: Mapped[str | None]
    last_error: Mapped[str | None]
    sent_at: Mapped[datetime | None]
    #: When its text was erased; what it was about and what became of it stay for longer.
    purged_at: Mapped[datetime | None]


class PauseCause(StrEnum):
    """Why the queue stands still."""

    #: The server refuses us: a person must see to it.
    REFUSED = "refused"
    #: The server is away or busy: it may be back any moment.
    UNREACHABLE = "unreachable"
    #: A person stopped it; only a person starts it again.
    BY_HAND = "by_hand"


class QueuePause(Base):
    """The queue stands still for a reason that is no one message's. One row or none."""

    __tablename__ = "queue_pause"

    id: Mapped[int] = mapped_column(primary_key=True)
    since: Mapped[datetime]
    until: Mapped[datetime]
    cause: Mapped[PauseCause]
    reason: Mapped[str]
    failures: Mapped[int]
    #: The message at which the server refused us: if it then takes others, it was this one.
    refused_id: Mapped[int | None] = mapped_column(info=refers_to("outgoing_message"))


class HeldAddress(Base):
    """An address that a server said does not exist: a person must look at it."""

    __tablename__ = "held_address"

    address: Mapped[str] = mapped_column(primary_key=True)
    since: Mapped[datetime]
    reason: Mapped[str]
    released_at: Mapped[datetime | None]


class SuppressionCause(StrEnum):
    """Why an address gets no outreach."""

    #: By the link or the button in a mail.
    UNSUBSCRIBED = "unsubscribed"
    #: By a request under the law on personal data, which is absolute.
    OPPOSED = "opposed"


class Suppression(Base):
    """An address that gets no outreach because its person does not want it; service goes on.

    Only its hash is kept: who was erased stays unwritten to, and nobody can read who it was.
    """

    __tablename__ = "suppression"

    #: See `suppression.address_hash`.
    address_hash: Mapped[str] = mapped_column(primary_key=True)
    since: Mapped[datetime]
    cause: Mapped[SuppressionCause]


class MessageTemplate(Base):
    """A version of a text that the coordination may edit, with named placeholders.

    The newest version counts; that of one event goes before that of all. Without any, the text
    that comes with the program is sent.
    """

    __tablename__ = "message_template"
    __table_args__ = (
        UniqueConstraint("notice", "event_id", "version", name="uq_message_template_version"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    notice: Mapped[str]
    #: None: of all events.
    event_id: Mapped[int | None] = mapped_column(index=True, info=refers_to("event"))
    version: Mapped[int]
    subject: Mapped[str]
    body: Mapped[str]
    created_at: Mapped[datetime]
    created_by: Mapped[str]
