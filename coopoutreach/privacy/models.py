"""Cases about personal data, erasures, and what the retention job did."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, Date, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column, relationship

from coopoutreach.people.directory.models import Person
from coopoutreach.platform.core.db import Base
from coopoutreach.platform.core.links import new_nonce, new_public_id
from coopoutreach.privacy.rules import CaseState, Right


class DataCase(Base):
    """Something that somebody asked about their data, with the clock of the law."""

    __tablename__ = "data_case"

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(unique=True, default=new_public_id)
    nonce: Mapped[str] = mapped_column(default=new_nonce)
    #: Set when the address was shown to be theirs; the person may be erased later.
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"), index=True)
    name: Mapped[str]
    email: Mapped[str]
    right: Mapped[Right]
    details: Mapped[str] = mapped_column(default="")
    state: Mapped[CaseState]
    received_at: Mapped[datetime]
    verified_at: Mapped[datetime | None]
    #: The last day on which it may be answered.
    due_on: Mapped[date] = mapped_column(Date, index=True)
    extended_at: Mapped[datetime | None]
    extension_reason: Mapped[str] = mapped_column(default="")
    answered_at: Mapped[datetime | None]
    answered_by: Mapped[str] = mapped_column(default="")
    answer: Mapped[str] = mapped_column(default="")
    #: The last day before the deadline of which the coordination was alerted: 20, then 27.
    alerted_day: Mapped[int] = mapped_column(default=0)

    person: Mapped[Person | None] = relationship()


class Erasure(Base):
    """Somebody was erased: replayed after a restore, so that nobody comes back from a backup."""

    __tablename__ = "erasure"

    id: Mapped[int] = mapped_column(primary_key=True)
    #: SHA-256 of the person's public id.
    person_hash: Mapped[str] = mapped_column(unique=True)
    at: Mapped[datetime]
    case_id: Mapped[int | None] = mapped_column(ForeignKey("data_case.id"))


class RetentionRun(Base):
    """What the nightly job erased, by kind."""

    __tablename__ = "retention_run"

    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime] = mapped_column(index=True)
    #: `{"table.column": how many}`.
    counts: Mapped[dict[str, Any]] = mapped_column(JSON)
