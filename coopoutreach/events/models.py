"""Events, who is invited to them, and their reminders."""

from datetime import datetime

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, LargeBinary, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from coopoutreach.events.rules import (
    AnnouncementKind,
    AnnouncementState,
    Answer,
    Attendance,
    Delivery,
    EventKind,
    EventState,
    InviteeRole,
    Modality,
    Source,
    Standing,
)
from coopoutreach.people.directory.models import Organisation, Person
from coopoutreach.platform.core import time
from coopoutreach.platform.core.columns import WallTime
from coopoutreach.platform.core.db import Base
from coopoutreach.platform.core.links import new_nonce, new_public_id, new_reply_token
from coopoutreach.platform.core.references import NO_REFERENCE


class Event(Base):
    """Something that happens at a civil time. The wall time and its zone are the truth.

    `starts_at` and `ends_at` are derived from them by the rules of time of `tz_version`, and
    recomputed when those rules change.
    """

    __tablename__ = "event"
    __table_args__ = (
        CheckConstraint("ends_at > starts_at", name="ends_after_it_starts"),
        CheckConstraint("sequence >= 0", name="sequence_not_negative"),
        Index("ix_event_state_starts_at", "state", "starts_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(unique=True, default=new_public_id)
    kind: Mapped[EventKind]
    #: The iCalendar UID: set once, the same in mails and feeds.
    uid: Mapped[str] = mapped_column(unique=True)
    #: Where its public page is: `/charlas/creditos-mipyme`.
    path: Mapped[str] = mapped_column(default="/")
    title: Mapped[str]
    description: Mapped[str] = mapped_column(default="")
    wall_start: Mapped[datetime] = mapped_column(WallTime)
    wall_end: Mapped[datetime] = mapped_column(WallTime)
    #: Which of two equal wall times is meant on the night when clocks go back: 0 or 1.
    fold: Mapped[int] = mapped_column(default=0)
    #: IANA name, `America/Santiago`.
    zone: Mapped[str]
    starts_at: Mapped[datetime] = mapped_column(index=True)
    ends_at: Mapped[datetime]
    tz_version: Mapped[str]
    modality: Mapped[Modality]
    place: Mapped[str] = mapped_column(default="")
    address: Mapped[str] = mapped_column(default="")
    comuna: Mapped[str | None]
    region: Mapped[str | None] = mapped_column(index=True)
    #: Where to join online. Only invitees are told.
    link: Mapped[str] = mapped_column(default="")
    state: Mapped[EventState] = mapped_column(default=EventState.DRAFT)
    cancellation_reason: Mapped[str] = mapped_column(default="")
    #: iCalendar SEQUENCE: rises for time, place or status, never for words.
    sequence: Mapped[int] = mapped_column(default=0)
    #: Which `EventVersion` holds now; 0 before it was ever published.
    version: Mapped[int] = mapped_column(default=0)
    created_at: Mapped[datetime]
    revised_at: Mapped[datetime]
    published_at: Mapped[datetime | None]
    cancelled_at: Mapped[datetime | None]
    #: The VEVENT as feeds carry it, and as invitees get it (with the link to join).
    vevent: Mapped[bytes] = mapped_column(LargeBinary, deferred=True, default=b"")
    vevent_invited: Mapped[bytes] = mapped_column(LargeBinary, deferred=True, default=b"")

    reminder_policies: Mapped[list["ReminderPolicy"]] = relationship(
        back_populates="event", cascade="all, delete-orphan", order_by="desc(ReminderPolicy.days)"
    )

    @property
    def full_title(self) -> str:
        """Return what calendars call it."""
        return self.title

    def resolve_time(self) -> bool:
        """Derive the moments from the wall times and the zone; return whether they changed."""
        before = (self.starts_at, self.ends_at)
        self.starts_at = time.moment(self.wall_start, self.zone, fold=self.fold)
        self.ends_at = time.moment(self.wall_end, self.zone, fold=self.fold)
        self.tz_version = time.tzdata_version()
        return before != (self.starts_at, self.ends_at)

    __mapper_args__ = {"polymorphic_on": "kind"}  # noqa: RUF012 (SQLAlchemy's own convention)


class EventVersion(Base):
    """What people are told of an event, numbered: who was told which, their invitee row says.

    Two versions that say the same, of an event that moved and moved back, are one to whoever was
    told the first: nobody is told what they know.
    """

    __tablename__ = "event_version"

    event_id: Mapped[int] = mapped_column(ForeignKey("event.id"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True)
    since: Mapped[datetime]
    #: Where the event stood then: where it goes back to when a change is taken back.
    state: Mapped[EventState]
    wall_start: Mapped[datetime] = mapped_column(WallTime)
    wall_end: Mapped[datetime] = mapped_column(WallTime)
    zone: Mapped[str]
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    modality: Mapped[Modality]
    place: Mapped[str]
    address: Mapped[str]
    comuna: Mapped[str | None]
    link: Mapped[str]
    #: How often people were to be told of its words.
    words: Mapped[int] = mapped_column(default=0)


class Invitee(Base):
    """One person at one event: their link and answer, whether mails arrive, whether they came.

    The nonce makes the token of the one link that serves for seeing, editing, answering and
    cancelling; a new nonce revokes the old link.
    """

    __tablename__ = "invitee"
    __table_args__ = (UniqueConstraint("event_id", "person_id", name="uq_invitee_event_person"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(unique=True, default=new_public_id)
    event_id: Mapped[int] = mapped_column(ForeignKey("event.id"), index=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    organisation_id: Mapped[int | None] = mapped_column(ForeignKey("organisation.id"), index=True)
    role: Mapped[InviteeRole] = mapped_column(default=InviteeRole.ATTENDEE)
    nonce: Mapped[str] = mapped_column(default=new_nonce)
    standing: Mapped[Standing] = mapped_column(default=Standing.INVITED)
    #: The sequence of the last invitation that was owed to them; None before the first.
    told_sequence: Mapped[int | None]
    #: The version of the event that they were told last, with an invitation or without.
    told_version: Mapped[int] = mapped_column(default=0)
    answer: Mapped[Answer] = mapped_column(default=Answer.PENDING)
    answered_at: Mapped[datetime | None]
    answer_source: Mapped[Source | None]
    #: What they wrote with it, as plain text.
    answer_comment: Mapped[str] = mapped_column(default="")
    #: Stands in the address that a calendar program replies to, and says whose reply it is.
    reply_token: Mapped[str | None] = mapped_column(unique=True, default=new_reply_token)
    #: Stands in the address that the entry of a mailbox replies to, once several share it: it says
    #: of which mailbox a reply is, not whose.
    entry_token: Mapped[str | None] = mapped_column(index=True)
    #: DTSTAMP of the last calendar object that was owed to their mailbox.
    told_stamp: Mapped[datetime | None]
    #: SEQUENCE and DTSTAMP of the last reply by mail that counted.
    replied_sequence: Mapped[int | None]
    replied_stamp: Mapped[datetime | None]
    #: What they answered to a version of the event that no longer holds, since they were asked.
    stale_answer: Mapped[Answer | None]
    delivery: Mapped[Delivery] = mapped_column(default=Delivery.UNKNOWN)
    delivery_note: Mapped[str] = mapped_column(default="")
    attendance: Mapped[Attendance] = mapped_column(default=Attendance.UNKNOWN)
    attendance_at: Mapped[datetime | None]
    created_at: Mapped[datetime]

    event: Mapped[Event] = relationship()
    person: Mapped[Person] = relationship()
    organisation: Mapped[Organisation | None] = relationship()


class TimeProposal(Base):
    """Another time that an invitee proposed from their calendar. It moves nothing by itself."""

    __tablename__ = "time_proposal"

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(unique=True, default=new_public_id)
    event_id: Mapped[int] = mapped_column(ForeignKey("event.id"), index=True)
    invitee_id: Mapped[int] = mapped_column(ForeignKey("invitee.id"), index=True)
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    comment: Mapped[str] = mapped_column(default="")
    proposed_at: Mapped[datetime]
    #: When somebody took it up or let it be.
    settled_at: Mapped[datetime | None]

    event: Mapped[Event] = relationship()
    invitee: Mapped[Invitee] = relationship()


class ReminderPolicy(Base):
    """One reminder that an event has: so many calendar days before, at the same wall time."""

    __tablename__ = "reminder_policy"
    __table_args__ = (
        UniqueConstraint("event_id", "days", name="uq_reminder_policy_event_days"),
        CheckConstraint("days BETWEEN 1 AND 60", name="days_in_range"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    event_id: Mapped[int] = mapped_column(ForeignKey("event.id"), index=True)
    days: Mapped[int]

    event: Mapped[Event] = relationship(back_populates="reminder_policies")


class Announcement(Base):
    """Something that all invitees of an event are told, once, when it is due.

    It is told in batches, each in a transaction of its own; `last_invitee_id` is how far it got.
    """

    __tablename__ = "announcement"
    __table_args__ = (
        UniqueConstraint(
            "event_id", "kind", "days", "sequence", "version", name="uq_announcement_once"
        ),
        Index("ix_announcement_due", "state", "due_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    event_id: Mapped[int] = mapped_column(ForeignKey("event.id"), index=True)
    kind: Mapped[AnnouncementKind]
    #: How many days before, of a reminder; else 0.
    days: Mapped[int] = mapped_column(default=0)
    #: The event's sequence that it tells of.
    sequence: Mapped[int]
    #: The event's version that it tells of, and the one that held before; 0 of a reminder.
    version: Mapped[int] = mapped_column(default=0)
    from_version: Mapped[int] = mapped_column(default=0)
    due_at: Mapped[datetime]
    not_after: Mapped[datetime]
    state: Mapped[AnnouncementState] = mapped_column(default=AnnouncementState.DUE)
    ended_at: Mapped[datetime | None]
    last_invitee_id: Mapped[int] = mapped_column(default=0, info=NO_REFERENCE)
    count: Mapped[int] = mapped_column(default=0)
    #: The invitees whom it could not tell as it went by: they are tried again, without the others.
    untold: Mapped[list[int]] = mapped_column(JSON, default=list, info=NO_REFERENCE)
    again_at: Mapped[datetime | None]

    event: Mapped[Event] = relationship()


class Fact(Base):
    """Something that the system remembers between runs, such as the version of tzdata."""

    __tablename__ = "fact"

    name: Mapped[str] = mapped_column(primary_key=True)
    value: Mapped[str]
