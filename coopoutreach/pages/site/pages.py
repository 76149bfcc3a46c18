"""Render the public pages: what each shows, and until when that is right.

Nothing here knows who asks: a page is rendered once and handed to everybody.
"""

import calendar as months
from collections.abc import Sequence
from datetime import date, datetime
from typing import Any
from urllib.parse import quote, urlencode, urlsplit

from sqlalchemy.orm import Session

from coopoutreach.pages.site import contact, queries, rules, seats, showing
from coopoutreach.pages.site.rules import Filters, Shown
from coopoutreach.people.directory import places
from coopoutreach.platform.core import settings, spanish
from coopoutreach.platform.core.errors import NotFound
from coopoutreach.platform.ics import envelope
from coopoutreach.platform.web import page_cache
from coopoutreach.platform.web.page_store import Rendered, next_change
from coopoutreach.talks.materials import queries as material_queries
from coopoutreach.talks.materials import showing as materials
from coopoutreach.talks.registrations import queries as registrations
from coopoutreach.talks.registrations.offers import Offer
from coopoutreach.talks.registrations.seat_revisions import ALL_SEATS
from coopoutreach.talks.talks import queries as outreach
from coopoutreach.talks.talks.models import Talk
from coopoutreach.talks.talks.rules import FORMAT_NAMES, Window

_ALL_FEED = "/calendario/charlas.ics"
_LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})


def home(session: Session, *, now: datetime) -> Rendered:
    """Render the home page."""
    found = queries.next_talks(session, now=now, limit=rules.HOME_LENGTH)
    counts = registrations.seats_of_talks(session, found, now=now)
    return _page(
        "pages/site/home.html",
        now,
        found,
        cards=[showing.card(talk, counts[talk.id], now=now) for talk in found],
        contact=contact.address(settings.current()),
    )


def talks(session: Session, *, filters: Filters, now: datetime) -> Rendered:
    """Render one page of the list of talks."""
    found, total = queries.talks(session, filters, now=now)
    counts = registrations.seats_of_talks(session, found, now=now)
    topics = queries.topic_choices(session)
    today = spanish.wall(now).date()
    choices = {
        "region": [(region.cut, region.short_name) for region in places.regions()],
        "format": [(item.value, name) for item, name in FORMAT_NAMES.items()],
        "modality": [(item.value, name) for item, name in showing.MODALITY_NAMES.items()],
        "topic": topics,
        "month": _months(today, past=filters.past),
    }
    last = rules.pages(total)
    return _page(
        "pages/site/talks.html",
        now,
        found,
        # A talk that ends moves every page of the list.
        also=queries.next_end(session, now=now),
        cards=[showing.card(talk, counts[talk.id], now=now) for talk in found],
        total=total,
        filters=filters,
        month=filters.parameters().get("mes", ""),
        choices=choices,
        active=_chips(filters, choices),
        page=min(filters.page, last),
        pages=last,
        page_url=lambda number: _list_url(filters.on_page(number)),
        clear_url=_list_url(Filters(past=filters.past)),
    )


def talk(session: Session, *, slug: str, now: datetime) -> Rendered:
    """Render the page of one talk.

    :raises NotFound: of what is not there for the public, a draft too
    """
    found = _talk(session, slug)
    of_seats = seats.of_talk(session, found, now=now)
    links = settings.current().links
    address = links.to(showing.path(found))
    replacement = outreach.replacement_of(found, now=now)
    return _page(
        "pages/site/talk.html",
        now,
        [found, *_also(replacement, of_seats["instead"])],
        # Which talk is proposed instead follows from the seats of all.
        also_follows=(ALL_SEATS,) if of_seats.pop("follows_others") else (),
        talk=found,
        replacement=replacement,
        state=showing.state(found, None, now=now),
        window=_window(found, now),
        date=showing.day_parts(found.wall_start),
        time=spanish.span(found.wall_start, found.wall_end),
        zone=spanish.ZONE_NAMES.get(found.zone, found.zone) if showing.home_clock(found) else "",
        other_clocks=showing.other_clocks(found),
        kind=FORMAT_NAMES[found.format],
        modality=showing.MODALITY_NAMES[found.modality],
        town=showing.town(found),
        street=showing.street(found),
        paragraphs=showing.paragraphs(found.description),
        prioritised=showing.prioritised(found),
        **of_seats,
        address=address,
        address_path=showing.path(found),
        own_time=lambda moment: spanish.daytime(spanish.wall(moment, found.zone)),
        share_text=quote(f"{found.title}, {spanish.daytime(found.wall_start)}: {address}"),
        share_title=quote(found.title),
        materials=materials.listed(
            material_queries.for_everybody(session, found, now=now),
            lambda material: materials.public_path(found.slug, material),
        ),
    )


def talk_calendar(session: Session, *, slug: str, now: datetime) -> Rendered:
    """Write one talk as a calendar file.

    Without the name of a calendar: with one, Outlook opens the file as a calendar of its own
    instead of adding the talk to the reader's.
    """
    body = b"".join((envelope.OPENING, _talk(session, slug).vevent, envelope.CLOSING))
    return Rendered(body, next_change(now))


def calendar(session: Session, *, shown: Shown, now: datetime) -> Rendered:
    """Render a month: the grid, and the list that takes its place on a telephone."""
    weeks = months.Calendar().monthdatescalendar(shown.month.year, shown.month.month)
    days = [day for week in weeks for day in week]
    found = queries.talks_of_days(session, first=days[0], last=days[-1], region=shown.region)
    counts = registrations.seats_of_talks(session, found, now=now)
    events = showing.by_day(found, counts, now=now)
    holidays = showing.holidays(days, region=shown.region)
    today = spanish.wall(now).date()
    before, after = (rules.month_start(shown.month, months=step) for step in (-1, 1))
    this_month = rules.month_start(today)
    return _page(
        "pages/site/calendar.html",
        now,
        found,
        shown=shown,
        title=spanish.month(shown.month),
        weeks=[[_cell(day, shown, today, events, holidays) for day in week] for week in weeks],
        days=_agenda(events, holidays, shown.month),
        holidays={day: name for day, name in holidays.items() if day.month == shown.month.month},
        previous_url=_month_url(shown, before, today),
        next_url=_month_url(shown, after, today),
        today_url=shown.url(mes="") if shown.month != this_month else "",
        regions=[(region.cut, region.short_name) for region in places.regions()],
    )


def subscribe(_session: Session, *, region: str, now: datetime) -> Rendered:
    """Render the page that tells how to subscribe."""
    links = settings.current().links
    regions = [(one.cut, one.short_name) for one in places.regions()]
    path = f"/calendario/region/{region}.ics" if region else _ALL_FEED
    url = links.to(path)
    scheme, _, rest = url.partition("://")
    host = urlsplit(url).hostname
    return _page(
        "pages/site/subscribe.html",
        now,
        [],
        url=url,
        webcal=f"webcal://{rest}",
        encoded=quote(url, safe=""),
        encoded_webcal=quote(f"webcal://{rest}", safe=""),
        name=quote(_feed_name(region, dict(regions))),
        region=region,
        region_name=dict(regions).get(region, ""),
        regions=regions,
        local=host in _LOOPBACK or scheme != "https",
    )


def funding(_session: Session, *, now: datetime) -> Rendered:
    """Render the page on the instruments of CORFO."""
    return _page("pages/site/funding.html", now, [])


def _page(
    template: str,
    now: datetime,
    talks: Sequence[Talk],
    *,
    also: datetime | None = None,
    also_follows: tuple[str, ...] = (),
    **context: Any,
) -> Rendered:
    changes = [also, *(moment for talk in talks for moment in showing.moments(talk))]
    body = page_cache.template(template, now=now, **context)
    return Rendered(body, next_change(now, *changes), also_follows)


def _also(replacement: Talk | None, instead: Offer | None) -> list[Talk]:
    """Return the other talks that a talk's page shows."""
    return [talk for talk in (replacement, instead.talk if instead else None) if talk]


def _talk(session: Session, slug: str) -> Talk:
    found = outreach.talk_by_slug(session, slug)
    if found is None:
        raise NotFound
    return found


def _window(talk: Talk, now: datetime) -> Window:
    if talk.ends_at <= now and showing.state(talk, None, now=now) == "held":
        return Window.OVER
    return outreach.window_of(talk, now=now)


def _list_url(filters: Filters) -> str:
    asked = urlencode(filters.parameters())
    return f"/charlas?{asked}" if asked else "/charlas"


def _chips(filters: Filters, choices: dict[str, Any]) -> list[dict[str, str]]:
    """Return what narrows the list, each with the address that takes it off."""
    chips = []
    said = filters.parameters()
    values = {
        "region": filters.region,
        "format": filters.format,
        "modality": filters.modality,
        "topic": filters.topic,
        "month": said.get("mes", ""),
        "text": filters.text,
    }
    for name, left in filters.narrowing().items():
        labels = dict(choices.get(name, ()))
        label = f"«{filters.text}»" if name == "text" else labels.get(values[name], "Otro")
        chips.append({"label": label, "url": _list_url(left)})
    return chips


def _months(today: date, *, past: bool) -> list[tuple[str, str]]:
    steps = range(0, -12, -1) if past else range(12)
    starts = [rules.month_start(today, months=step) for step in steps]
    return [(f"{start:%Y-%m}", spanish.month(start).capitalize()) for start in starts]


def _month_url(shown: Shown, month: date, today: date) -> str:
    first = rules.month_start(today, months=-rules.MONTHS_BACK)
    last = rules.month_start(today, months=rules.MONTHS_AHEAD)
    return shown.url(mes=f"{month:%Y-%m}") if first <= month <= last else ""


def _cell(
    day: date,
    shown: Shown,
    today: date,
    events: dict[date, list[dict[str, Any]]],
    holidays: dict[date, str],
) -> dict[str, Any]:
    return {
        "date": day,
        "in_month": day.month == shown.month.month,
        "is_today": day == today,
        "holiday": holidays.get(day),
        "events": events.get(day, []),
    }


def _agenda(
    events: dict[date, list[dict[str, Any]]], holidays: dict[date, str], month: date
) -> list[dict[str, Any]]:
    return [
        {
            "date": day,
            "label": spanish.day_and_month(day),
            "holiday": holidays.get(day),
            # What is as it should be needs no badge.
            "events": [
                event | {"state": "" if event["state"] == "published" else event["state"]}
                for event in events[day]
            ],
        }
        for day in sorted(events)
        if day.month == month.month
    ]


def _feed_name(region: str, regions: dict[str, str]) -> str:
    return f"Charlas FECRECOOP, {regions[region]}" if region else "Charlas FECRECOOP"
