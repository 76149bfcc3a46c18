"""Registrations, and the forms they came in."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from coopoutreach.core.db import Base
from coopoutreach.directory.models import Organisation, Person
from coopoutreach.events.models import Invitee
from coopoutreach.outreach.models import Talk
from coopoutreach.registrations.rules import Room, State


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

    talk: Mapped[Talk] = relationship()
    person: Mapped[Person] = relationship()
    invitee: Mapped[Invitee] = relationship()
    organisation: Mapped[Organisation | None] = relationship()
    group: Mapped[RegistrationGroup | None] = relationship()
