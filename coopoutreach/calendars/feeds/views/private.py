"""A private calendar, to whoever holds its address.

Who may have it, and in which talks there is a place, is asked each time; only the bytes that
follow from the answer are kept.
"""

from collections.abc import Callable
from datetime import datetime
from typing import Final

import structlog
from flask import Response, current_app, request
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from coopoutreach.calendars.feeds import commands, queries, rendering, rules
from coopoutreach.calendars.feeds.queries import Opened
from coopoutreach.calendars.feeds.rules import Scope
from coopoutreach.calendars.feeds.views.blueprint import CONTENT_TYPE, bp
from coopoutreach.platform.access.guard import by_link
from coopoutreach.platform.core import settings
from coopoutreach.platform.core.clock import utcnow
from coopoutreach.platform.core.db import Database
from coopoutreach.platform.core.errors import NotFound
from coopoutreach.platform.ics.feed import FeedHead
from coopoutreach.platform.limits.pace import Pace
from coopoutreach.platform.web import page_cache
from coopoutreach.platform.web.page_cache import ResponseOptions
from coopoutreach.platform.web.page_store import Key, Render
from coopoutreach.platform.web.transaction import reading

logger = structlog.get_logger(__name__)

_MANNERS: Final = {
    scope: ResponseOptions(
        content_type=CONTENT_TYPE,
        cache=page_cache.PRIVATE_FEED,
        headers=(
            ("Content-Disposition", f'inline; filename="{name}.ics"'),
            ("X-Robots-Tag", "noindex"),
        ),
    )
    for scope, name in (
        (Scope.PERSON, "mi-agenda"),
        (Scope.COOPERATIVE, "charlas-de-la-cooperativa"),
        (Scope.SELECTION, "charlas-elegidas"),
        (Scope.TABLE, "reuniones"),
    )
}
_pace = Pace()


@bp.get("/calendario/privado/<token>.ics")
@by_link
def private(token: str) -> Response:
    """Give the calendar that a private address opens.

    :raises NotFound: for an address that is unknown, revoked, forged or no longer somebody's
    :raises TooOften: for a program that asks again and again
    """
    now = utcnow()
    session = reading()
    calendar = queries.opened_by(session, token, now=now)
    if calendar is None:
        raise NotFound
    _pace.count(calendar.public_id, settings.current().limits.feed_per_address, now=now)
    key, render = _what(session, calendar, now)
    response = page_cache.respond(key, render, now=now, manner=_MANNERS[calendar.scope])
    if not rules.is_noted(last=calendar.last_used_at, now=now):
        response.call_on_close(_noting(calendar.id, now))
    return response


def _what(session: Session, calendar: Opened, now: datetime) -> tuple[Key, Render]:
    """Return how the calendar is written, and what it depends on: who it is for is not in it."""
    scope, selection, of, series_id = (
        calendar.scope,
        calendar.selection,
        calendar.of,
        calendar.series_id,
    )

    def head() -> FeedHead:
        return rendering.head(scope, selection=selection, of=of)

    if scope is Scope.SELECTION:
        return ("private feed", selection), lambda reading: rendering.public(
            reading, head=head(), selection=selection, now=now
        )
    if scope is Scope.TABLE and series_id is not None:
        return ("private feed", scope, series_id, of), lambda reading: rendering.table(
            reading, head=head(), series_id=series_id, now=now
        )
    followed = queries.followed(session, calendar, now=now)
    return ("private feed", scope, of, followed), lambda reading: rendering.private(
        reading, head=head(), followed=followed, scope=scope, now=now
    )


def _noting(address_id: int, now: datetime) -> Callable[[], None]:
    """Return what keeps that the calendar was asked for, to be done once it has been sent."""
    database: Database = current_app.extensions["database"]
    program = rules.program_name(request.user_agent.string)

    def note() -> None:
        try:
            with database.transaction() as session:
                commands.note_use(session, address_id, program=program, now=now)
        except OperationalError as error:
            # The calendar was right without it.
            logger.warning("feed.use_not_noted", error=str(error.orig))

    return note
