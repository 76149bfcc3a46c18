"""Polls for a date."""

from datetime import datetime

from sqlalchemy import (
    ForeignKey,
    UniqueConstraint,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from coopoutreach.committee.meetings.models.meeting import Meeting
from coopoutreach.committee.meetings.models.series import MeetingSeries
from coopoutreach.committee.meetings.rules import (
    Suits,
)
from coopoutreach.people.directory.models import Organisation, Person
from coopoutreach.platform.core.columns import WallTime
from coopoutreach.platform.core.db import Base
from coopoutreach.platform.core.links import new_nonce, new_public_id


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
