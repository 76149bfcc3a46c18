"""Messages that came in, and what became of each."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, LargeBinary, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from coopoutreach.mail.incoming.rules import Action, Reason
from coopoutreach.platform.core.db import Base
from coopoutreach.platform.core.references import refers_to


class InboundMessage(Base):
    """A message that came in: read once, whatever the mailbox says, and why it led to what it did.

    `message_hash` and `body_hash` together make a second delivery known for what it is.
    """

    __tablename__ = "inbound_message"
    __table_args__ = (
        UniqueConstraint("message_hash", "body_hash", name="uq_inbound_message_hashes"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    #: SHA-256 of the Message-ID, and of the body.
    message_hash: Mapped[str]
    body_hash: Mapped[str]
    received_at: Mapped[datetime] = mapped_column(index=True)
    sender: Mapped[str] = mapped_column(default="")
    subject: Mapped[str] = mapped_column(default="")
    action: Mapped[Action]
    reason: Mapped[Reason] = mapped_column(index=True)
    uid: Mapped[str] = mapped_column(default="")
    attendee: Mapped[str] = mapped_column(default="")
    partstat: Mapped[str] = mapped_column(default="")
    comment: Mapped[str] = mapped_column(default="")
    #: What else the decision says, as `mail receive --explain` prints it.
    explained: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    #: Ids in features above this one, which knows nothing more of them.
    event_id: Mapped[int | None] = mapped_column(index=True, info=refers_to("event"))
    invitee_id: Mapped[int | None] = mapped_column(index=True, info=refers_to("invitee"))
    #: The whole message, until it is purged.
    raw: Mapped[bytes | None] = mapped_column(LargeBinary, deferred=True)
    purged_at: Mapped[datetime | None]
    #: Somebody wrote something: it waits until somebody answers, or says that it is dealt with.
    waits: Mapped[bool] = mapped_column(default=False, index=True)
    #: What they wrote, bounded, as text.
    text: Mapped[str] = mapped_column(default="")
    #: Names and sizes in bytes of what came with it, which is not kept.
    attachments: Mapped[list[dict[str, Any]]] = mapped_column(JSON, default=list)
    #: Message-IDs of the conversation, its own last, by a space each: an answer refers to them.
    thread: Mapped[str] = mapped_column(default="")
    #: When somebody looked at it, or dealt with it, of those that ask for that.
    seen_at: Mapped[datetime | None]


class InboxOutage(Base):
    """The mailbox cannot be read. One row or none."""

    __tablename__ = "inbox_outage"

    id: Mapped[int] = mapped_column(primary_key=True)
    since: Mapped[datetime]
    #: It is left alone until then.
    until: Mapped[datetime]
    failures: Mapped[int]
    #: What went wrong the last time, in words; never what it was signed in with.
    reason: Mapped[str]
