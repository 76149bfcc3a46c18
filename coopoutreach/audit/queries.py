"""Read the trail."""

from collections.abc import Collection, Sequence

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from coopoutreach.audit.models import Entry


def entries_of(
    session: Session, things: Collection[tuple[str, Collection[object]]], *, limit: int
) -> Sequence[Entry]:
    """Return the latest entries about some things, each a kind and ids; the latest first."""
    wanted = [
        (Entry.thing_kind == kind) & Entry.thing_id.in_([str(found) for found in ids])
        for kind, ids in things
        if ids
    ]
    if not wanted:
        return []
    query = select(Entry).where(or_(*wanted)).order_by(Entry.id.desc()).limit(limit)
    return session.scalars(query).all()
