"""Read the trail."""

from collections import deque
from collections.abc import Collection, Sequence
from datetime import datetime, timedelta

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from coopoutreach.platform.audit.models import Entry


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


def bursts_of_refusals(
    session: Session, *, since: datetime, within: timedelta, many: int
) -> list[tuple[str, int]]:
    """Return who was refused `many` pages or more in some time as long as `within`, and how many.

    Each actor stands there once, with the most that were refused in one such time.
    """
    refused = (Entry.at >= since, Entry.action == "access.denied")
    suspects = select(Entry.actor).where(*refused).group_by(Entry.actor)
    rows = session.execute(
        select(Entry.actor, Entry.at)
        .where(*refused, Entry.actor.in_(suspects.having(func.count() >= many)))
        .order_by(Entry.actor, Entry.at)
    )
    most: dict[str, int] = {}
    moments: dict[str, deque[datetime]] = {}
    for actor, at in rows:
        recent = moments.setdefault(actor, deque())
        recent.append(at)
        while at - recent[0] > within:
            recent.popleft()
        most[actor] = max(most.get(actor, 0), len(recent))
    return [(actor, count) for actor, count in most.items() if count >= many]
