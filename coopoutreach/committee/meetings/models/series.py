"""A table that meets: its pattern, its parties, and who sits at it."""

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

from coopoutreach.committee.meetings.rules import (
    Capacity,
    HolidayRule,
    Pattern,
)
from coopoutreach.events.rules import Modality
from coopoutreach.people.directory.models import Organisation, Person
from coopoutreach.platform.core.db import Base
from coopoutreach.platform.core.links import new_public_id


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
