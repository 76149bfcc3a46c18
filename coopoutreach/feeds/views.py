"""Calendars to subscribe to. The same for everybody, and kept until an event changes."""

from datetime import datetime
from functools import partial

from flask import Blueprint, Response
from sqlalchemy.orm import Session

from coopoutreach.access.guard import public
from coopoutreach.core import settings
from coopoutreach.core.clock import utcnow
from coopoutreach.core.errors import NotFound
from coopoutreach.directory import places
from coopoutreach.feeds import queries, rules
from coopoutreach.ics import feed
from coopoutreach.ics.feed import FeedHead
from coopoutreach.web import kept
from coopoutreach.web.keeper import Rendered, midnight, next_change
from coopoutreach.web.kept import Manner

bp = Blueprint("feeds", __name__, url_prefix="/calendario")

CONTENT_TYPE = "text/calendar; charset=utf-8"


@bp.get("/charlas.ics")
@public
def talks() -> Response:
    """Give every public talk as a calendar."""
    head = FeedHead(
        name="Charlas FECRECOOP",
        description="Charlas del plan de difusión para cooperativas de ahorro y crédito.",
        source=settings.current().links.to("/calendario/charlas.ics"),
    )
    return _respond(head, region="", filename="charlas.ics")


@bp.get("/region/<cut>.ics")
@public
def region(cut: str) -> Response:
    """Give the talks of one region, and those that are online alone, as a calendar.

    :raises NotFound: when there is no such region
    """
    found = places.region(cut)
    if found is None:
        raise NotFound
    head = FeedHead(
        name=f"Charlas FECRECOOP, {found.short_name}",
        description=f"Charlas del plan en {found.short_name}, y las que son solo en línea.",
        source=settings.current().links.to(f"/calendario/region/{cut}.ics"),
    )
    return _respond(head, region=cut, filename=f"charlas-{cut}.ics")


def _respond(head: FeedHead, *, region: str, filename: str) -> Response:
    now = utcnow()
    return kept.respond(
        ("feed", region),
        partial(_render, head=head, region=region, now=now),
        now=now,
        manner=Manner(
            content_type=CONTENT_TYPE,
            cache=kept.FEED,
            headers=(("Content-Disposition", f'inline; filename="{filename}"'),),
        ),
    )


def _render(session: Session, *, head: FeedHead, region: str, now: datetime) -> Rendered:
    span = rules.Span(
        first=midnight(now, days=-rules.DAYS_BACK),
        end=midnight(now, days=rules.DAYS_AHEAD),
        cancelled_from=midnight(now, days=-rules.DAYS_CANCELLED),
    )
    body = feed.feed(head, queries.vevents(session, span, region=region))
    return Rendered(body, next_change(now))
