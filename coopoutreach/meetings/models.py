"""Series, meetings, their agendas and members, and polls for a date."""

from datetime import date, datetime, time

from sqlalchemy import (
    JSON,
    CheckConstraint,
    Date,
    ForeignKey,
    Time,
    UniqueConstraint,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from coopoutreach.core.columns import WallTime
from coopoutreach.core.db import Base
from coopoutreach.core.links import new_nonce, new_public_id
from coopoutreach.directory.models import Organisation, Person
from coopoutreach.events.models import Event, Invitee
from coopoutreach.events.rules import EventKind, Modality
from coopoutreach.meetings.rules import (
    Capacity,
    HolidayRule,
    ItemKind,
    ItemState,
    LobbyNeed,
    MeetingType,
    Pattern,
    Suits,
)


class MeetingSeries(Base):
    """A table that meets again and again, such as «Mesa FECRECOOP–CORFO», and its defaults.

    Times are wall times in `zone`; which of `weekday`, `ordinal`, `month_day` and `interval` count
    depends on the pattern.
    """

    __tablename__ = "meeting_series"
    __table_args__ = (
        CheckConstraint("minutes > 0", name="minutes_positive"),
        CheckConstraint("interval > 0", name="interval_positive"),
        CheckConstraint("weekday IS NULL OR weekday BETWEEN 0 AND 6", name="weekday_in_range"),
        CheckConstraint("ordinal IS NULL OR ordinal BETWEEN 1 AND 5", name="ordinal_in_range"),
        CheckConstraint(
            "month_day IS NULL OR month_day BETWEEN 1 AND 31", name="month_day_in_range"
        ),
        CheckConstraint("review_days BETWEEN 1 AND 60", name="review_days_in_range"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(unique=True, default=new_public_id)
    name: Mapped[str]
    purpose: Mapped[str] = mapped_column(default="")
    pattern: Mapped[Pattern]
    #: Monday is 0.
    weekday: Mapped[int | None]
    #: Which one of the month: 1 to 4, and 5 for the last.
    ordinal: Mapped[int | None]
    #: A month that has no such day has its last instead.
    month_day: Mapped[int | None]
    #: Every so many weeks, or months.
    interval: Mapped[int] = mapped_column(default=1)
    #: ISO dates, of a series whose dates were picked.
    picked: Mapped[list[str]] = mapped_column(JSON, default=list)
    #: ISO dates of the pattern on which the table does not meet after all.
    skipped: Mapped[list[str]] = mapped_column(JSON, default=list)
    holiday_rule: Mapped[HolidayRule] = mapped_column(default=HolidayRule.NEXT)
    starts_on: Mapped[date] = mapped_column(Date)
    #: The last day on which it may meet. None: it goes on.
    ends_on: Mapped[date | None] = mapped_column(Date)
    wall_time: Mapped[time] = mapped_column(Time)
    #: How long a meeting lasts.
    minutes: Mapped[int] = mapped_column(default=90)
    zone: Mapped[str]
    modality: Mapped[Modality]
    place: Mapped[str] = mapped_column(default="")
    address: Mapped[str] = mapped_column(default="")
    comuna: Mapped[str | None]
    link: Mapped[str] = mapped_column(default="")
    #: Calendar days before each meeting, as a list of whole numbers.
    reminder_days: Mapped[list[int]] = mapped_column(JSON, default=list)
    #: Working days that each side has to look at the minutes.
    review_days: Mapped[int] = mapped_column(default=5)
    #: «Se entiende aprobada si no hay observaciones en plazo»: off until the table agrees to it.
    silence_approves: Mapped[bool] = mapped_column(default=False)
    #: Calendar days after its due date when a late commitment goes to the institution's head.
    escalation_days: Mapped[int] = mapped_column(default=10)
    created_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]

    parties: Mapped[list["SeriesParty"]] = relationship(
        back_populates="series", cascade="all, delete-orphan", order_by="SeriesParty.position"
    )
    members: Mapped[list["SeriesMember"]] = relationship(
        back_populates="series", cascade="all, delete-orphan", order_by="SeriesMember.position"
    )


class SeriesParty(Base):
    """An institution that sits at the table, and how many of its people make a quorum."""

    __tablename__ = "series_party"
    __table_args__ = (CheckConstraint("quorum >= 0", name="quorum_not_negative"),)

    series_id: Mapped[int] = mapped_column(ForeignKey("meeting_series.id"), primary_key=True)
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"), primary_key=True)
    position: Mapped[int]
    #: 0: the table set none.
    quorum: Mapped[int] = mapped_column(default=0)
    #: Who hears of commitments that stay late: the institution's head.
    head_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"), index=True)

    series: Mapped[MeetingSeries] = relationship(back_populates="parties")
    organisation: Mapped[Organisation] = relationship()
    head: Mapped[Person | None] = relationship()


class SeriesMember(Base):
    """Somebody of the standing list: who they sit for, and in which capacity."""

    __tablename__ = "series_member"
    __table_args__ = (
        UniqueConstraint("series_id", "person_id", name="uq_series_member_series_person"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(unique=True, default=new_public_id)
    series_id: Mapped[int] = mapped_column(ForeignKey("meeting_series.id"), index=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    #: The party, never one of its units: those are in the person's posts.
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"), index=True)
    position: Mapped[int]
    post: Mapped[str] = mapped_column(default="")
    capacity: Mapped[Capacity]
    #: Whom an alternate or acting member stands in for.
    deputy_for_id: Mapped[int | None] = mapped_column(ForeignKey("series_member.id"))
    #: May sign minutes off and approve them for the party.
    approves: Mapped[bool] = mapped_column(default=False)
    #: One mail a day in place of several; invitations go at once all the same.
    digest: Mapped[bool] = mapped_column(default=False)
    created_at: Mapped[datetime]
    #: No longer a member; past meetings keep who they were.
    ended_at: Mapped[datetime | None]

    series: Mapped[MeetingSeries] = relationship(back_populates="members")
    person: Mapped[Person] = relationship()
    organisation: Mapped[Organisation] = relationship()
    deputy_for: Mapped["SeriesMember | None"] = relationship(remote_side="SeriesMember.id")


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


class DatePoll(Base):
    """«¿Qué día les acomoda?»: dates that members of a series are asked about."""

    __tablename__ = "date_poll"

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(unique=True, default=new_public_id)
    series_id: Mapped[int] = mapped_column(ForeignKey("meeting_series.id"), index=True)
    #: The meeting whose date is looked for, or that was made of the date that was chosen.
    meeting_id: Mapped[int | None] = mapped_column(ForeignKey("meeting.id"), index=True)
    title: Mapped[str]
    closes_at: Mapped[datetime]
    closed_at: Mapped[datetime | None]
    created_at: Mapped[datetime]
    created_by: Mapped[str]

    series: Mapped[MeetingSeries] = relationship()
    meeting: Mapped[Meeting | None] = relationship()
    options: Mapped[list["PollOption"]] = relationship(
        back_populates="poll", order_by="PollOption.wall_start"
    )
    voters: Mapped[list["PollVoter"]] = relationship(back_populates="poll", order_by="PollVoter.id")


class PollOption(Base):
    """One date of a poll, in the zone of its series."""

    __tablename__ = "poll_option"
    __table_args__ = (UniqueConstraint("poll_id", "wall_start", name="uq_poll_option_start"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    poll_id: Mapped[int] = mapped_column(ForeignKey("date_poll.id"), index=True)
    wall_start: Mapped[datetime] = mapped_column(WallTime)
    wall_end: Mapped[datetime] = mapped_column(WallTime)
    chosen: Mapped[bool] = mapped_column(default=False)

    poll: Mapped[DatePoll] = relationship(back_populates="options")


class PollVoter(Base):
    """Somebody who is asked, and the nonce of their link."""

    __tablename__ = "poll_voter"
    __table_args__ = (UniqueConstraint("poll_id", "person_id", name="uq_poll_voter_poll_person"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(unique=True, default=new_public_id)
    poll_id: Mapped[int] = mapped_column(ForeignKey("date_poll.id"), index=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"), index=True)
    nonce: Mapped[str] = mapped_column(default=new_nonce)
    answered_at: Mapped[datetime | None]
    comment: Mapped[str] = mapped_column(default="")

    poll: Mapped[DatePoll] = relationship(back_populates="voters")
    person: Mapped[Person] = relationship()
    organisation: Mapped[Organisation] = relationship()
    choices: Mapped[list["PollChoice"]] = relationship(
        cascade="all, delete-orphan", back_populates="voter"
    )


class PollChoice(Base):
    """What somebody said of one date."""

    __tablename__ = "poll_choice"

    voter_id: Mapped[int] = mapped_column(ForeignKey("poll_voter.id"), primary_key=True)
    option_id: Mapped[int] = mapped_column(ForeignKey("poll_option.id"), primary_key=True)
    suits: Mapped[Suits]

    voter: Mapped[PollVoter] = relationship(back_populates="choices")
    option: Mapped[PollOption] = relationship()


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
