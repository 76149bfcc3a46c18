"""Registrations, and the forms they came in."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from coopoutreach.events.models import Invitee
from coopoutreach.people.directory.models import Organisation, Person
from coopoutreach.platform.core.db import Base
from coopoutreach.talks.registrations.rules import Cause, Room, State
from coopoutreach.talks.talks.models import Talk


class RegistrationGroup(Base):
    """One form that was sent in: several people of one organisation, once.

    The form's key is unique, so that a double click or a second try is the same form.
    """

    __tablename__ = "registration_group"

    id: Mapped[int] = mapped_column(primary_key=True)
    form_key: Mapped[str] = mapped_column(unique=True)
    talk_id: Mapped[int] = mapped_column(ForeignKey("talk.id"), index=True)
    created_at: Mapped[datetime]
    by_user_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    #: Its people get their seats together, or wait together.
    all_or_none: Mapped[bool] = mapped_column(default=False)


class Registration(Base):
    """One person's place on a talk, or in its line."""

    __tablename__ = "registration"
    __table_args__ = (
        UniqueConstraint("talk_id", "person_id", name="uq_registration_talk_person"),
        # Whole, so that SQLite counts seats from it alone: it cannot see that "confirmed" is
        # among those that a partial one would hold.
        Index("ix_registration_line", "talk_id", "room", "state"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    talk_id: Mapped[int] = mapped_column(ForeignKey("talk.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    invitee_id: Mapped[int] = mapped_column(ForeignKey("invitee.id"), unique=True)
    group_id: Mapped[int | None] = mapped_column(ForeignKey("registration_group.id"), index=True)
    #: The cooperative or institution, or else the name that was typed.
    organisation_id: Mapped[int | None] = mapped_column(ForeignKey("organisation.id"), index=True)
    organisation_name: Mapped[str] = mapped_column(default="")
    room: Mapped[Room]
    state: Mapped[State]
    requested_at: Mapped[datetime]
    confirmed_at: Mapped[datetime | None]
    cancelled_at: Mapped[datetime | None]
    #: Rises at each change of state: what makes the key of a notice about it unique.
    turn: Mapped[int] = mapped_column(default=0)
    #: Whose place this was before it was handed on.
    transferred_from_id: Mapped[int | None] = mapped_column(ForeignKey("registration.id"))

    talk: Mapped[Talk] = relationship()
    person: Mapped[Person] = relationship()
    invitee: Mapped[Invitee] = relationship()
    organisation: Mapped[Organisation | None] = relationship()
    group: Mapped[RegistrationGroup | None] = relationship()


class SeatDecision(Base):
    """One giving of free seats: what was known at that moment, and who got them.

    The order can be worked out again from what is kept here, and compared; it holds no names.
    """

    __tablename__ = "seat_decision"

    id: Mapped[int] = mapped_column(primary_key=True)
    talk_id: Mapped[int] = mapped_column(ForeignKey("talk.id"), index=True)
    at: Mapped[datetime]
    #: Who set it in motion, as the trail names them, and why seats were given then.
    actor: Mapped[str]
    cause: Mapped[Cause]
    #: The seats of each room, as `rules.RoomSeats` takes them.
    rooms: Mapped[dict[str, Any]] = mapped_column(JSON)
    limit_per_cooperative: Mapped[int | None]
    #: The lines as they stood, in no order: each entry's parts as `rules.WaitlistEntry` takes them.
    waiting: Mapped[list[list[Any]]] = mapped_column(JSON)
    #: Seats of each cooperative before, as `[organisation id, seats]`.
    seats_before: Mapped[list[list[int]]] = mapped_column(JSON)
    #: Registration ids, in the order in which they got their seats.
    given: Mapped[list[int]] = mapped_column(JSON)
