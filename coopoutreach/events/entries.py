"""An event as calendars carry it: what of it is public, and what only invitees see."""

import re
from importlib import import_module

from coopoutreach.events.models import Event, EventVersion
from coopoutreach.events.rules import EventState, Modality
from coopoutreach.people.directory import places
from coopoutreach.platform.core import settings, spanish
from coopoutreach.platform.core.text import search_key
from coopoutreach.platform.ics.entry import Entry, Status

#: Which way entries are written. Raise it to have those that are kept written anew:
#: 2 since the comuna stands in the place.
FORM = 2
#: What stands between the parts of an address.
_BREAKS = re.compile(r"[,;/()\n]|\s[-–—]\s")

#: What has a time and a place: an event as it is, or as people were told of it.
Timed = Event | EventVersion


def calendar_bytes(event: Event) -> tuple[bytes, bytes]:
    """Return the VEVENT for feeds and the one for invitees, which says where to join."""
    # Loaded late: it brings the iCalendar library, which only whoever writes an event needs.
    write = import_module("coopoutreach.platform.ics.event").vevent
    return write(_entry(event, joining="")), write(_entry(event, joining=event.link))


def place_line(event: Timed) -> str:
    """Return where the event is, on one line: a place, «En línea», or both."""
    if event.modality is Modality.ONLINE:
        return "En línea"
    where = ", ".join(part for part in (event.place, address_line(event)) if part)
    return f"{where} y en línea" if event.modality is Modality.HYBRID else where


def address_line(event: Timed) -> str:
    """Return the address with its comuna: «Plaza Muñoz Gamero 1025, Punta Arenas».

    The comuna is left out where the address ends in it already, or the place is called so.
    """
    comuna = places.comuna(event.comuna) if event.comuna else None
    if comuna is None:
        return event.address
    key = search_key(comuna.name)
    parts = [search_key(part) for part in _BREAKS.split(event.address)]
    named = any(part == key or part.endswith(f" {key}") for part in parts)
    if named or search_key(event.place) == key:
        return event.address
    return f"{event.address}, {comuna.name}" if event.address else comuna.name


def when_line(event: Timed) -> str:
    """Return «martes 15 de diciembre de 2026, 10:00 a 12:00 h (hora de Magallanes)».

    The zone is named where its clock differs from Santiago's on that day; then Santiago's
    follows.
    """
    start, end = event.wall_start, event.wall_end
    line = f"{spanish.day(start)}, {spanish.span(start, end)}"
    home = spanish.wall(event.starts_at)
    if home == start:
        return line
    name = spanish.ZONE_NAMES.get(event.zone, event.zone)
    return f"{line} ({name}; {spanish.in_zone(event.starts_at, spanish.HOME_ZONE)})"


def _entry(event: Event, *, joining: str) -> Entry:
    cancelled = event.state is EventState.CANCELLED
    url = settings.current().links.to(event.path)
    words = [event.description]
    if cancelled and event.cancellation_reason:
        words.insert(0, f"Suspendida: {event.cancellation_reason}")
    if joining:
        words.append(f"Enlace para conectarse: {joining}")
    words.append(f"Más información: {url}")
    return Entry(
        uid=event.uid,
        sequence=event.sequence,
        starts_at=event.starts_at,
        ends_at=event.ends_at,
        summary=event.full_title,
        description="\n\n".join(word for word in words if word),
        location=place_line(event),
        url=url,
        status=Status.CANCELLED if cancelled else Status.CONFIRMED,
        created_at=event.created_at,
        revised_at=event.revised_at,
        conference_url="" if cancelled else joining,
    )
