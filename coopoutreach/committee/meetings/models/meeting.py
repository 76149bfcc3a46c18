"""Meetings, who sat at them, their agendas, and the lines of daily mails."""

from datetime import date, datetime

from sqlalchemy import (
    CheckConstraint,
    Date,
    ForeignKey,
    UniqueConstraint,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from coopoutreach.committee.meetings.models.series import MeetingSeries
from coopoutreach.committee.meetings.rules import (
    Capacity,
    ItemKind,
    ItemState,
    LobbyNeed,
    MeetingType,
)
from coopoutreach.events.models import Event, Invitee
from coopoutreach.events.rules import EventKind, Modality
from coopoutreach.people.directory.models import Organisation, Person
from coopoutreach.platform.core.columns import WallTime
from coopoutreach.platform.core.db import Base
from coopoutreach.platform.core.links import new_public_id


class Meeting(Event):
    """One meeting of a table: an event with a number, an agenda and members of each side."""

    __tablename__ = "meeting"
    __table_args__ = (  # type: ignore[assignment]  # as many as it has, not as the parent has
        UniqueConstraint("series_id", "slot_on", name="uq_meeting_series_slot"),
        UniqueConstraint("series_id", "year", "number", name="uq_meeting_series_year_number"),
    )

    id: Mapped[int] = mapped_column(ForeignKey("event.id"), primary_key=True)
    series_id: Mapped[int] = mapped_column(ForeignKey("meeting_series.id"), index=True)
    type: Mapped[MeetingType] = mapped_column(default=MeetingType.ORDINARY)
    #: The date that the pattern gave, before holidays moved it: what makes a slot be filled once.
    #: None of an extraordinary meeting.
    slot_on: Mapped[date | None] = mapped_column(Date)
    #: Edited by itself: changes of the series leave it alone.
    detached: Mapped[bool] = mapped_column(default=False)
    #: Counted within the year, given when it is convened.
    year: Mapped[int | None]
    number: Mapped[int | None]
    #: When the agenda went out last, and how often.
    agenda_sent_at: Mapped[datetime | None]
    agenda_sent: Mapped[int] = mapped_column(default=0)
    #: When people are told how it changed since; None while nothing is news to anybody.
    agenda_due_at: Mapped[datetime | None] = mapped_column(index=True)
    #: When it began and ended in fact, as wall times.
    began_at: Mapped[datetime | None] = mapped_column(WallTime)
    finished_at: Mapped[datetime | None] = mapped_column(WallTime)
    chair_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"), index=True)
    secretary_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"), index=True)
    lobby: Mapped[LobbyNeed] = mapped_column(default=LobbyNeed.UNKNOWN)
    lobby_folio: Mapped[str] = mapped_column(default="")
    lobby_link: Mapped[str] = mapped_column(default="")

    series: Mapped[MeetingSeries] = relationship()
    chair: Mapped[Person | None] = relationship(foreign_keys=[chair_id])
    secretary: Mapped[Person | None] = relationship(foreign_keys=[secretary_id])
    items: Mapped[list["AgendaItem"]] = relationship(
        back_populates="meeting",
        cascade="all, delete-orphan",
        order_by="AgendaItem.position",
        foreign_keys="AgendaItem.meeting_id",
    )

    @property
    def full_title(self) -> str:
        """Return «Mesa FECRECOOP–CORFO, reunión N° 3», once it has a number."""
        return f"{self.title}, reunión N° {self.number}" if self.number else self.title

    __mapper_args__ = {  # noqa: RUF012 (SQLAlchemy's own convention)
        "polymorphic_identity": EventKind.MEETING,
        "inherit_condition": id == Event.id,  # noqa: A003 (the column above is meant)
    }


class Seat(Base):
    """Who an invitee of a meeting sat for, and how: kept as it was then."""

    __tablename__ = "meeting_seat"

    invitee_id: Mapped[int] = mapped_column(ForeignKey("invitee.id"), primary_key=True)
    meeting_id: Mapped[int] = mapped_column(ForeignKey("meeting.id"), index=True)
    #: The party; of a guest, whichever organisation they come from, or none.
    organisation_id: Mapped[int | None] = mapped_column(ForeignKey("organisation.id"), index=True)
    post: Mapped[str] = mapped_column(default="")
    capacity: Mapped[Capacity]
    #: How they took part; None until they did.
    modality: Mapped[Modality | None]
    #: «Excusa»: why they could not come, in their words.
    excuse: Mapped[str] = mapped_column(default="")
    #: «Con excusa»: their absence is excused, whether or not they said why.
    excused: Mapped[bool] = mapped_column(default=False)
    #: Who comes in their place, as they wrote it: nobody is invited by that.
    stand_in: Mapped[str] = mapped_column(default="")
    #: A digest of the agenda that they were told last, as far as they may see it.
    agenda_told: Mapped[str] = mapped_column(default="")

    invitee: Mapped[Invitee] = relationship()
    organisation: Mapped[Organisation | None] = relationship()


class AgendaItem(Base):
    """One item of an agenda («tabla»)."""

    __tablename__ = "agenda_item"
    __table_args__ = (CheckConstraint("minutes >= 0", name="minutes_not_negative"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(unique=True, default=new_public_id)
    meeting_id: Mapped[int] = mapped_column(ForeignKey("meeting.id"), index=True)
    position: Mapped[int]
    kind: Mapped[ItemKind]
    state: Mapped[ItemState] = mapped_column(default=ItemState.ACCEPTED)
    title: Mapped[str]
    detail: Mapped[str] = mapped_column(default="")
    minutes: Mapped[int] = mapped_column(default=10)
    presenter_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"), index=True)
    #: Seen by one party alone. None: by both.
    reserved_for_id: Mapped[int | None] = mapped_column(ForeignKey("organisation.id"), index=True)
    proposed_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"), index=True)
    #: Why a proposal was refused.
    refusal: Mapped[str] = mapped_column(default="")
    #: The item of the other meeting that this one became.
    moved_to_id: Mapped[int | None] = mapped_column(ForeignKey("agenda_item.id"))
    created_at: Mapped[datetime]

    meeting: Mapped[Meeting] = relationship(back_populates="items", foreign_keys=[meeting_id])
    presenter: Mapped[Person | None] = relationship(foreign_keys=[presenter_id])
    proposed_by: Mapped[Person | None] = relationship(foreign_keys=[proposed_by_id])
    reserved_for: Mapped[Organisation | None] = relationship()
    moved_to: Mapped["AgendaItem | None"] = relationship(remote_side="AgendaItem.id")
    files: Mapped[list["AgendaFile"]] = relationship(
        back_populates="item", cascade="all, delete-orphan", order_by="AgendaFile.id"
    )


class AgendaFile(Base):
    """A document that goes with an item; whoever may see the item may see it."""

    __tablename__ = "agenda_file"

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(unique=True, default=new_public_id)
    item_id: Mapped[int] = mapped_column(ForeignKey("agenda_item.id"), index=True)
    #: The random name under which its bytes are kept, and the name that it came with.
    stored_as: Mapped[str]
    file_name: Mapped[str]
    media_type: Mapped[str]
    #: In bytes.
    size: Mapped[int]
    sha256: Mapped[str]
    created_at: Mapped[datetime]
    created_by: Mapped[str]

    item: Mapped[AgendaItem] = relationship(back_populates="files")


class DigestLine(Base):
    """A line of the one daily mail of somebody who prefers that to several."""

    __tablename__ = "digest_line"
    __table_args__ = (UniqueConstraint("key", name="uq_digest_line_key"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    #: The key of the letter that it stands in place of.
    key: Mapped[str]
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    event_id: Mapped[int | None] = mapped_column(ForeignKey("event.id"), index=True)
    text: Mapped[str]
    #: The page or the link that it leads to.
    url: Mapped[str] = mapped_column(default="")
    created_at: Mapped[datetime]
    told_at: Mapped[datetime | None]

    person: Mapped[Person] = relationship()
