"""Commitments, what happened to each, and the evidence of it."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, Date, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from coopoutreach.committee.commitments.rules import EntryKind, State
from coopoutreach.events.models import Event
from coopoutreach.people.directory.models import Organisation, Person
from coopoutreach.platform.core.db import Base
from coopoutreach.platform.core.links import new_nonce, new_public_id


class Commitment(Base):
    """Something that one institution owes another, from a meeting on («compromiso»).

    The nonce makes the token of the link by which its responsible person reports.
    """

    __tablename__ = "commitment"
    __table_args__ = (
        UniqueConstraint("event_id", "ordinal", name="uq_commitment_event_ordinal"),
        CheckConstraint("progress BETWEEN 0 AND 100", name="progress_in_range"),
        CheckConstraint("extensions >= 0", name="extensions_not_negative"),
        Index("ix_commitment_state_due_on", "state", "due_on"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(unique=True, default=new_public_id)
    #: The meeting that it comes from.
    event_id: Mapped[int] = mapped_column(ForeignKey("event.id"), index=True)
    #: Counted within its meeting, from 1.
    ordinal: Mapped[int]
    #: `C-2026-03-02`: year, meeting, ordinal.
    number: Mapped[str] = mapped_column(index=True)
    action: Mapped[str]
    #: Which institution owes it, to which, and the person who answers for it.
    party_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"), index=True)
    owed_to_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"), index=True)
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"), index=True)
    due_on: Mapped[date] = mapped_column(Date)
    first_due_on: Mapped[date] = mapped_column(Date)
    #: «Medio de verificación»: what will show that it is done.
    verification: Mapped[str] = mapped_column(default="")
    state: Mapped[State] = mapped_column(default=State.PENDING)
    #: In percent, as its responsible person says.
    progress: Mapped[int] = mapped_column(default=0)
    #: How often its date was moved.
    extensions: Mapped[int] = mapped_column(default=0)
    #: Calendar days after the due date when it goes to the institution's head, and who that is.
    escalation_days: Mapped[int] = mapped_column(default=10)
    head_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"), index=True)
    #: Seen by one party alone. None: by both.
    reserved_for_id: Mapped[int | None] = mapped_column(ForeignKey("organisation.id"), index=True)
    nonce: Mapped[str] = mapped_column(default=new_nonce)
    created_at: Mapped[datetime]
    delivered_on: Mapped[date | None] = mapped_column(Date)
    closed_at: Mapped[datetime | None]

    event: Mapped[Event] = relationship()
    party: Mapped[Organisation] = relationship(foreign_keys=[party_id])
    owed_to: Mapped[Organisation] = relationship(foreign_keys=[owed_to_id])
    reserved_for: Mapped[Organisation | None] = relationship(foreign_keys=[reserved_for_id])
    person: Mapped[Person | None] = relationship(foreign_keys=[person_id])
    head: Mapped[Person | None] = relationship(foreign_keys=[head_id])
    entries: Mapped[list["CommitmentEntry"]] = relationship(
        back_populates="commitment", order_by="CommitmentEntry.id"
    )


class CommitmentEntry(Base):
    """Something that happened to a commitment: added to, never changed."""

    __tablename__ = "commitment_entry"

    id: Mapped[int] = mapped_column(primary_key=True)
    commitment_id: Mapped[int] = mapped_column(ForeignKey("commitment.id"), index=True)
    kind: Mapped[EntryKind]
    at: Mapped[datetime]
    actor: Mapped[str]
    #: Who said so, where it is known: somebody by a link has no account.
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"), index=True)
    note: Mapped[str] = mapped_column(default="")
    #: Of an extension: from when to when.
    from_due_on: Mapped[date | None] = mapped_column(Date)
    to_due_on: Mapped[date | None] = mapped_column(Date)
    progress: Mapped[int | None]

    commitment: Mapped[Commitment] = relationship(back_populates="entries")
    person: Mapped[Person | None] = relationship()
    evidence: Mapped[list["Evidence"]] = relationship(
        back_populates="entry", order_by="Evidence.id"
    )


class Evidence(Base):
    """A file that shows what was done."""

    __tablename__ = "commitment_evidence"

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(unique=True, default=new_public_id)
    entry_id: Mapped[int] = mapped_column(ForeignKey("commitment_entry.id"), index=True)
    #: The random name under which its bytes are kept, and the name that it came with.
    stored_as: Mapped[str]
    file_name: Mapped[str]
    media_type: Mapped[str]
    #: In bytes.
    size: Mapped[int]
    sha256: Mapped[str]
    created_at: Mapped[datetime]
    created_by: Mapped[str]

    entry: Mapped[CommitmentEntry] = relationship(back_populates="evidence")
