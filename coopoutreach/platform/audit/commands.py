"""Write the audit trail."""

from datetime import datetime
from typing import Any

from sqlalchemy import insert
from sqlalchemy.orm import Session

from coopoutreach.platform.audit import chain
from coopoutreach.platform.audit.models import Entry

#: Into the table: nobody asks for an entry in the transaction that adds it, and the unit of work
#: would take three times as long.
_ADD = insert(Entry.__table__).returning(Entry.__table__.c.id)  # type: ignore[arg-type]  # it is a table


def record(  # noqa: PLR0913 (an entry has this many columns, and each call names them)
    session: Session,
    thing: tuple[str, object],
    *,
    action: str,
    actor: str,
    now: datetime,
    before: dict[str, Any] | None = None,
    after: dict[str, Any] | None = None,
    address: str | None = None,
) -> None:
    """Record, in the caller's transaction, that `actor` did `action` to `thing` (kind, id)."""
    kind, identifier = thing
    values = {
        "at": now,
        "actor": actor,
        "action": action,
        "thing_kind": kind,
        "thing_id": str(identifier),
        "before": before,
        "after": after,
        "address": address,
    }
    entry_id = session.connection().execute(_ADD, values).scalar_one()
    chain.written(session, entry_id, values)
