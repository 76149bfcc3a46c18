"""The public pages. They are the same for everybody, and kept until what they show changes."""

from functools import partial

from flask import Blueprint, Response, request

from coopoutreach.pages.site import contact, forms, pages, rules
from coopoutreach.platform.access.guard import public
from coopoutreach.platform.core import settings, spanish
from coopoutreach.platform.core.clock import utcnow
from coopoutreach.platform.core.db import PUBLIC
from coopoutreach.platform.web import page_cache
from coopoutreach.platform.web.page_cache import ResponseOptions
from coopoutreach.talks.registrations.seat_revisions import ALL_SEATS, seats_of

bp = Blueprint("site", __name__)

#: What shows talks with their free seats.
_SEATS = (PUBLIC, ALL_SEATS)
CALENDAR = "text/calendar; charset=utf-8"
TEXT = "text/plain; charset=utf-8"
#: A day: what these say hardly ever changes.
LONG = "public, max-age=86400"


@bp.get("/")
@public
def home() -> Response:
    """Show what the plan is and what is next."""
    now = utcnow()
    return page_cache.respond(("home",), partial(pages.home, now=now), now=now, follows=_SEATS)


@bp.get("/charlas")
@public
def talks() -> Response:
    """List the talks, narrowed to what the address asks for."""
    now = utcnow()
    filters = forms.filters_from(request.args, today=spanish.wall(now).date())
    # Anybody may write anything into the search: its pages are not worth keeping.
    key = None if filters.text else ("talks", filters)
    return page_cache.respond(
        key, partial(pages.talks, filters=filters, now=now), now=now, follows=_SEATS
    )


@bp.get("/charlas/<slug>")
@public
def talk(slug: str) -> Response:
    """Show one talk, its seats, and the way to register."""
    now = utcnow()
    return page_cache.respond(
        ("talk", slug),
        partial(pages.talk, slug=slug, now=now),
        now=now,
        follows=(PUBLIC, seats_of(slug)),
    )


@bp.get("/charlas/<slug>.ics")
@public
def talk_calendar(slug: str) -> Response:
    """Give one talk as a file for a calendar."""
    now = utcnow()
    return page_cache.respond(
        ("talk.ics", slug),
        partial(pages.talk_calendar, slug=slug, now=now),
        now=now,
        manner=ResponseOptions(
            content_type=CALENDAR,
            headers=(("Content-Disposition", f'attachment; filename="{slug}.ics"'),),
        ),
    )


@bp.get("/calendario")
@public
def calendar() -> Response:
    """Show a month of talks and holidays, as a grid or as a list."""
    now = utcnow()
    today = spanish.wall(now).date()
    shown = rules.Shown(
        view=forms.view_from(request.args),
        month=forms.month_from(request.args, today=today) or rules.month_start(today),
        region=forms.region_from(request.args),
    )
    return page_cache.respond(
        ("calendar", shown), partial(pages.calendar, shown=shown, now=now), now=now, follows=_SEATS
    )


@bp.get("/calendario/suscribirse")
@public
def subscribe() -> Response:
    """Tell how to follow the calendar in one's own program."""
    now = utcnow()
    region = forms.region_from(request.args)
    return page_cache.respond(
        ("subscribe", region), partial(pages.subscribe, region=region, now=now), now=now
    )


@bp.get("/financiamiento")
@public
def funding() -> Response:
    """Name the instruments of CORFO, and say what is not known yet."""
    now = utcnow()
    return page_cache.respond(("funding",), partial(pages.funding, now=now), now=now)


@bp.get("/robots.txt")
@public
def robots() -> Response:
    """Tell robots what to leave alone; feeds are for them."""
    return _text(contact.ROBOTS)


@bp.get("/.well-known/security.txt")
@public
def security() -> Response:
    """Tell whoever finds a fault where to report it (RFC 9116)."""
    return _text(contact.security_text(settings.current(), now=utcnow()))


def _text(words: str) -> Response:
    response = Response(words, content_type=TEXT)
    response.headers["Cache-Control"] = LONG
    return response
