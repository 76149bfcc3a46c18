"""Read the kept VEVENTs that a feed joins: bytes alone, in one query."""

from sqlalchemy import and_, or_, select
from sqlalchemy.orm import Session

from coopoutreach.events.models import Event
from coopoutreach.events.rules import STANDING, EventKind, EventState, Modality
from coopoutreach.feeds.rules import MOST_EVENTS, Span


def vevents(session: Session, span: Span, *, region: str = "") -> list[bytes]:
    """Return the VEVENTs of the public talks in `span`, soonest first.

    A region's are those in it and those that are online alone, which are in no region.
    """
    table = Event.__table__
    conditions = [
        table.c.kind == EventKind.TALK,
        table.c.starts_at >= span.first,
        table.c.starts_at < span.end,
        or_(
            table.c.state.in_(STANDING | {EventState.HELD}),
            and_(table.c.state == EventState.CANCELLED, table.c.starts_at >= span.cancelled_from),
        ),
    ]
    if region:
        online = and_(table.c.region.is_(None), table.c.modality == Modality.ONLINE)
        conditions.append(or_(table.c.region == region, online))
    wanted = (
        select(table.c.vevent)
        .where(*conditions)
        .order_by(table.c.starts_at, table.c.id)
        .limit(MOST_EVENTS)
    )
    return [row[0] for row in session.execute(wanted)]
