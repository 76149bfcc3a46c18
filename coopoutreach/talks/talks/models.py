"""The plan, its topics and its talks."""

from datetime import date, datetime

from sqlalchemy import JSON, CheckConstraint, Column, Date, ForeignKey, Table
from sqlalchemy.orm import Mapped, mapped_column, relationship

from coopoutreach.events.models import Event
from coopoutreach.events.rules import EventKind
from coopoutreach.platform.core.db import Base
from coopoutreach.platform.core.links import new_public_id
from coopoutreach.talks.talks.rules import Format

talk_topic = Table(
    "talk_topic",
    Base.metadata,
    Column("talk_id", ForeignKey("talk.id"), primary_key=True),
    Column("topic_id", ForeignKey("topic.id"), primary_key=True),
)


class OutreachPlan(Base):
    """The dissemination and strengthening plan of one period."""

    __tablename__ = "outreach_plan"

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(unique=True, default=new_public_id)
    name: Mapped[str]
    objectives: Mapped[str] = mapped_column(default="")
    starts_on: Mapped[date] = mapped_column(Date)
    ends_on: Mapped[date] = mapped_column(Date)


class Topic(Base):
    """What a talk is about; it helps with some criteria of the funding instruments."""

    __tablename__ = "topic"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(unique=True)


class Talk(Event):
    """One talk, workshop or visit of the plan, with its places."""

    __tablename__ = "talk"
    __table_args__ = (  # type: ignore[assignment]  # as many as it has, not as the parent has
        CheckConstraint("capacity_room >= 0", name="capacity_room_not_negative"),
        CheckConstraint("capacity_online >= 0", name="capacity_online_not_negative"),
        CheckConstraint("held_room BETWEEN 0 AND capacity_room", name="held_room_within_capacity"),
        CheckConstraint(
            "held_online BETWEEN 0 AND capacity_online", name="held_online_within_capacity"
        ),
        CheckConstraint(
            "(held_room = 0 AND held_online = 0) OR held_until IS NOT NULL",
            name="held_seats_are_released",
        ),
        CheckConstraint("limit_per_cooperative > 0", name="limit_per_cooperative_positive"),
    )

    id: Mapped[int] = mapped_column(ForeignKey("event.id"), primary_key=True)
    plan_id: Mapped[int | None] = mapped_column(ForeignKey("outreach_plan.id"), index=True)
    slug: Mapped[str] = mapped_column(unique=True)
    format: Mapped[Format]
    capacity_room: Mapped[int] = mapped_column(default=0)
    capacity_online: Mapped[int] = mapped_column(default=0)
    registration_opens_at: Mapped[datetime | None]
    #: None: until it begins.
    registration_closes_at: Mapped[datetime | None]
    #: Levels whose cooperatives go first in the line, as `Level` values.
    prioritised_levels: Mapped[list[str]] = mapped_column(JSON, default=list)
    #: How many of the seats go to prioritised cooperatives only, until `held_until`.
    held_room: Mapped[int] = mapped_column(default=0)
    held_online: Mapped[int] = mapped_column(default=0)
    held_until: Mapped[datetime | None] = mapped_column(index=True)
    #: When what was left of the held seats went down the line; None before that.
    released_at: Mapped[datetime | None]
    #: How many seats one cooperative may have, in the room and online together. None: any.
    limit_per_cooperative: Mapped[int | None]
    #: Photographs will be taken: everybody is asked whether they may be seen in them.
    photos: Mapped[bool] = mapped_column(default=False)
    #: It asks something of who registers; kept here so that the form of a talk that asks nothing
    #: need not look for questions.
    asks: Mapped[bool] = mapped_column(default=False)
    #: The first of the sessions of one talk: who is in one may move to another.
    session_of_id: Mapped[int | None] = mapped_column(ForeignKey("talk.id"), index=True)
    #: What is proposed in place of a talk that was called off.
    replacement_id: Mapped[int | None] = mapped_column(ForeignKey("talk.id"))

    plan: Mapped[OutreachPlan | None] = relationship()
    topics: Mapped[list[Topic]] = relationship(secondary=talk_topic, order_by=Topic.name)
    replacement: Mapped["Talk | None"] = relationship(
        foreign_keys=[replacement_id],
        remote_side=[id],  # noqa: A003 (the column above is meant)
    )
    speakers: Mapped[list["Speaker"]] = relationship(
        back_populates="talk", cascade="all, delete-orphan", order_by="Speaker.position"
    )

    __mapper_args__ = {  # noqa: RUF012 (SQLAlchemy's own convention)
        "polymorphic_identity": EventKind.TALK,
        "inherit_condition": id == Event.id,  # noqa: A003 (the column above is meant)
    }


class Speaker(Base):
    """Who speaks, as the public page names them."""

    __tablename__ = "speaker"

    id: Mapped[int] = mapped_column(primary_key=True)
    talk_id: Mapped[int] = mapped_column(ForeignKey("talk.id"), index=True)
    position: Mapped[int]
    name: Mapped[str]
    post: Mapped[str] = mapped_column(default="")
    organisation: Mapped[str] = mapped_column(default="")

    talk: Mapped[Talk] = relationship(back_populates="speakers")
