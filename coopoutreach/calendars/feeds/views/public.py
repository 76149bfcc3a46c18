"""Public calendars. The same for everybody, and kept until an event changes."""

from functools import partial

from flask import Response

from coopoutreach.calendars.feeds import rendering
from coopoutreach.calendars.feeds.rules import Selection
from coopoutreach.calendars.feeds.views.blueprint import CONTENT_TYPE, bp
from coopoutreach.people.directory import places
from coopoutreach.platform.access.guard import public
from coopoutreach.platform.core import settings
from coopoutreach.platform.core.clock import utcnow
from coopoutreach.platform.core.errors import NotFound
from coopoutreach.platform.ics.feed import FeedHead
from coopoutreach.platform.web import page_cache
from coopoutreach.platform.web.page_cache import ResponseOptions


@bp.get("/calendario/charlas.ics")
@public
def talks() -> Response:
    """Give every public talk as a calendar."""
    head = FeedHead(
        name="Charlas FECRECOOP",
        description="Charlas del plan de difusión para cooperativas de ahorro y crédito.",
        source=settings.current().links.to("/calendario/charlas.ics"),
    )
    return _respond(head, region="", filename="charlas.ics")


@bp.get("/calendario/region/<cut>.ics")
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
    selection = Selection(regions=(region,) if region else ())
    return page_cache.respond(
        ("feed", region),
        partial(rendering.public, head=head, selection=selection, now=now),
        now=now,
        manner=ResponseOptions(
            content_type=CONTENT_TYPE,
            cache=page_cache.FEED,
            headers=(("Content-Disposition", f'inline; filename="{filename}"'),),
        ),
    )
