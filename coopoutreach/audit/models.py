"""The audit trail."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, Index
from sqlalchemy.orm import Mapped, mapped_column

from coopoutreach.core.db import Base
from coopoutreach.core.references import NO_REFERENCE


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
