"""The audit trail."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from coopoutreach.platform.core.db import Base
from coopoutreach.platform.core.references import NO_REFERENCE


class Entry(Base):
    """One thing that somebody did. Rows are added, never changed: triggers refuse it."""

    __tablename__ = "audit_entry"
    __table_args__ = (Index("ix_audit_entry_thing", "thing_kind", "thing_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime] = mapped_column(index=True)
    #: `user:12`, `link:invitee:34`, `mail:…`, `job:…`, `shell` or `anonymous`.
    actor: Mapped[str]
    action: Mapped[str]
    thing_kind: Mapped[str]
    #: Of whatever `thing_kind` says: the trail stays when that is gone.
    thing_id: Mapped[str] = mapped_column(info=NO_REFERENCE)
    before: Mapped[dict[str, Any] | None] = mapped_column(JSON)
    after: Mapped[dict[str, Any] | None] = mapped_column(JSON)
    #: The network address that the request came from, where there was one.
    address: Mapped[str | None]


class ChainLink(Base):
    """Where an entry stands in the chain, and the hash over it and all before it. Never changed."""

    __tablename__ = "audit_link"

    #: From 1, in the order in which entries were committed.
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    entry_id: Mapped[int] = mapped_column(ForeignKey("audit_entry.id"), unique=True)
    #: SHA-256, in hexadecimal.
    hash: Mapped[str]


class ChainHead(Base):
    """The end of the chain, in one row: whoever adds to the chain holds it."""

    __tablename__ = "audit_head"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    #: Of the last link; 0 before the first.
    number: Mapped[int]
    hash: Mapped[str]
