"""Minutes, their parts and revisions, what was observed, and who approved which text."""

from datetime import date, datetime

from sqlalchemy import Date, ForeignKey, LargeBinary, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from coopoutreach.committee.meetings.models import AgendaItem, Meeting
from coopoutreach.committee.minutes.rules import ApprovalKind, Method, PartKind, State
from coopoutreach.people.directory.models import Organisation, Person
from coopoutreach.platform.core.db import Base
from coopoutreach.platform.core.links import new_nonce, new_public_id


class Minutes(Base):
    """One version of the minutes of a meeting. Approved ones never change: a new version does.

    What is approved is `content`: everything the minutes say, as canonical JSON, frozen when they
    go into review. Parts reserved for one party are not in it.
    """

    __tablename__ = "minutes"
    __table_args__ = (UniqueConstraint("meeting_id", "version", name="uq_minutes_meeting_version"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(unique=True, default=new_public_id)
    meeting_id: Mapped[int] = mapped_column(ForeignKey("meeting.id"), index=True)
    #: 1, and one more for each rectification.
    version: Mapped[int] = mapped_column(default=1)
    state: Mapped[State] = mapped_column(default=State.DRAFT, index=True)
    #: Of a rectification: which version it puts right, and what it changes.
    rectifies_id: Mapped[int | None] = mapped_column(ForeignKey("minutes.id"))
    rectification: Mapped[str] = mapped_column(default="")
    #: Who types now, and since when: others see it.
    created_at: Mapped[datetime]
    created_by: Mapped[str]
    #: When it was sent out to be looked at, how often, and the last day to observe.
    review_began_at: Mapped[datetime | None]
    reviews: Mapped[int] = mapped_column(default=0)
    review_until: Mapped[date | None] = mapped_column(Date)
    content: Mapped[bytes | None] = mapped_column(LargeBinary, deferred=True)
    #: SHA-256 of `content`, in hexadecimal.
    content_sha256: Mapped[str] = mapped_column(default="")
    approved_at: Mapped[datetime | None]
    published_at: Mapped[datetime | None]
    #: The code under which anybody can check the PDF: `/actas/verificar/<code>`.
    code: Mapped[str | None] = mapped_column(unique=True)
    pdf_stored_as: Mapped[str] = mapped_column(default="")
    pdf_sha256: Mapped[str] = mapped_column(default="")
    pdf_size: Mapped[int] = mapped_column(default=0)

    meeting: Mapped[Meeting] = relationship()
    rectifies: Mapped["Minutes | None"] = relationship(remote_side="Minutes.id")
    parts: Mapped[list["MinutesPart"]] = relationship(
        back_populates="minutes", order_by="MinutesPart.position"
    )
    decisions: Mapped[list["Decision"]] = relationship(
        back_populates="minutes", order_by="Decision.ordinal"
    )
    observations: Mapped[list["Observation"]] = relationship(
        back_populates="minutes", order_by="Observation.id"
    )
    approvals: Mapped[list["Approval"]] = relationship(
        back_populates="minutes", order_by="Approval.id"
    )


class MinutesPart(Base):
    """One part of the minutes, in Markdown; `revision` counts how often it was saved."""

    __tablename__ = "minutes_part"

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(unique=True, default=new_public_id)
    minutes_id: Mapped[int] = mapped_column(ForeignKey("minutes.id"), index=True)
    position: Mapped[int]
    kind: Mapped[PartKind]
    #: The item of the agenda that it is about.
    item_id: Mapped[int | None] = mapped_column(ForeignKey("agenda_item.id"), index=True)
    title: Mapped[str]
    text: Mapped[str] = mapped_column(default="")
    revision: Mapped[int] = mapped_column(default=0)
    #: Seen by one party alone, and no part of what is approved. None: by both.
    reserved_for_id: Mapped[int | None] = mapped_column(ForeignKey("organisation.id"), index=True)
    saved_at: Mapped[datetime]
    saved_by: Mapped[str]

    minutes: Mapped[Minutes] = relationship(back_populates="parts")
    item: Mapped[AgendaItem | None] = relationship()
    reserved_for: Mapped[Organisation | None] = relationship()


class PartRevision(Base):
    """What a part said at one revision, and who wrote it."""

    __tablename__ = "minutes_part_revision"

    part_id: Mapped[int] = mapped_column(ForeignKey("minutes_part.id"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True)
    text: Mapped[str]
    at: Mapped[datetime]
    by: Mapped[str]
    #: Kept beside: it touched another's words, and its writer has yet to choose.
    aside: Mapped[bool] = mapped_column(default=False)


class Decision(Base):
    """Something that the meeting decided («acuerdo»), numbered `A-2026-03-02`."""

    __tablename__ = "decision"
    __table_args__ = (
        UniqueConstraint("minutes_id", "ordinal", name="uq_decision_minutes_ordinal"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(unique=True, default=new_public_id)
    minutes_id: Mapped[int] = mapped_column(ForeignKey("minutes.id"), index=True)
    part_id: Mapped[int | None] = mapped_column(ForeignKey("minutes_part.id"), index=True)
    ordinal: Mapped[int]
    number: Mapped[str] = mapped_column(index=True)
    text: Mapped[str]
    #: For whom it is; None: for both.
    addressed_to_id: Mapped[int | None] = mapped_column(ForeignKey("organisation.id"), index=True)
    reserved_for_id: Mapped[int | None] = mapped_column(ForeignKey("organisation.id"), index=True)
    created_at: Mapped[datetime]

    minutes: Mapped[Minutes] = relationship(back_populates="decisions")
    part: Mapped[MinutesPart | None] = relationship()
    addressed_to: Mapped[Organisation | None] = relationship(foreign_keys=[addressed_to_id])
    reserved_for: Mapped[Organisation | None] = relationship(foreign_keys=[reserved_for_id])


class Observation(Base):
    """What somebody observes about minutes in review, and what became of it."""

    __tablename__ = "minutes_observation"

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(unique=True, default=new_public_id)
    minutes_id: Mapped[int] = mapped_column(ForeignKey("minutes.id"), index=True)
    part_id: Mapped[int | None] = mapped_column(ForeignKey("minutes_part.id"), index=True)
    #: Of which review: the first is 1.
    review: Mapped[int]
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"), index=True)
    text: Mapped[str]
    created_at: Mapped[datetime]
    #: What the secretariat answered, and when.
    reply: Mapped[str] = mapped_column(default="")
    replied_at: Mapped[datetime | None]

    minutes: Mapped[Minutes] = relationship(back_populates="observations")
    part: Mapped[MinutesPart | None] = relationship()
    person: Mapped[Person] = relationship()
    organisation: Mapped[Organisation] = relationship()


class Approval(Base):
    """What one institution signed off or approved: who, which text, when, from where and how.

    It is a simple electronic signature (Ley N° 19.799, art. 2). Once the words change it no longer
    counts, and is kept.
    """

    __tablename__ = "minutes_approval"

    id: Mapped[int] = mapped_column(primary_key=True)
    minutes_id: Mapped[int] = mapped_column(ForeignKey("minutes.id"), index=True)
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"), index=True)
    kind: Mapped[ApprovalKind]
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"), index=True)
    #: Name, post and capacity as they were then.
    name: Mapped[str]
    post: Mapped[str] = mapped_column(default="")
    capacity: Mapped[str] = mapped_column(default="")
    #: The sentence that was agreed to, word by word.
    statement: Mapped[str]
    content_sha256: Mapped[str]
    at: Mapped[datetime]
    #: The network address; empty where there was none.
    address: Mapped[str] = mapped_column(default="")
    method: Mapped[Method]
    #: When it stopped counting, since the words changed; None: it counts.
    void_at: Mapped[datetime | None]

    minutes: Mapped[Minutes] = relationship(back_populates="approvals")
    organisation: Mapped[Organisation] = relationship()
    person: Mapped[Person | None] = relationship()


class ReviewLink(Base):
    """A link by which somebody reads minutes in review, observes, signs off and approves.

    Looking uses nothing up; each act does, once: `used_for` says which.
    """

    __tablename__ = "minutes_review_link"
    __table_args__ = (
        UniqueConstraint("minutes_id", "person_id", "review", name="uq_minutes_review_link"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(unique=True, default=new_public_id)
    minutes_id: Mapped[int] = mapped_column(ForeignKey("minutes.id"), index=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"), index=True)
    review: Mapped[int]
    nonce: Mapped[str] = mapped_column(default=new_nonce)
    approves: Mapped[bool] = mapped_column(default=False)
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    signed_off_at: Mapped[datetime | None]
    approved_at: Mapped[datetime | None]

    minutes: Mapped[Minutes] = relationship()
    person: Mapped[Person] = relationship()
    organisation: Mapped[Organisation] = relationship()


class SignedCopy(Base):
    """A PDF of minutes that was signed elsewhere, kept as it came."""

    __tablename__ = "minutes_signed_copy"

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(unique=True, default=new_public_id)
    minutes_id: Mapped[int] = mapped_column(ForeignKey("minutes.id"), index=True)
    organisation_id: Mapped[int | None] = mapped_column(ForeignKey("organisation.id"), index=True)
    #: The random name under which its bytes are kept, and the name that it came with.
    stored_as: Mapped[str]
    file_name: Mapped[str]
    #: In bytes.
    size: Mapped[int]
    sha256: Mapped[str]
    note: Mapped[str] = mapped_column(default="")
    created_at: Mapped[datetime]
    created_by: Mapped[str]

    minutes: Mapped[Minutes] = relationship()
    organisation: Mapped[Organisation | None] = relationship()

    @property
    def is_of_text(self) -> bool:
        """Return whether it came while the minutes said what they say now, or said last."""
        since = self.minutes.review_began_at
        return since is None or self.created_at >= since
