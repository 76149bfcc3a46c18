"""A talk as the public pages show it: words, clocks and seats, decided from values alone."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any

from coopoutreach.events import entries
from coopoutreach.events.models import Event
from coopoutreach.events.rules import ACTIVE_STATES, EventState, Modality
from coopoutreach.people.directory import places
from coopoutreach.people.directory.rules import LEVEL_NAMES, Level
from coopoutreach.platform.core import calendar, spanish
from coopoutreach.talks.registrations import showing
from coopoutreach.talks.registrations.queries import Seats
from coopoutreach.talks.registrations.rules import free_seats
from coopoutreach.talks.talks.models import Talk
from coopoutreach.talks.talks.queries import window_of
from coopoutreach.talks.talks.rules import FORMAT_NAMES, Window

MODALITY_NAMES = {
    Modality.ROOM: "Presencial",
    Modality.ONLINE: "En línea",
    Modality.HYBRID: "Presencial y en línea",
}


_HELD = ("cupo reservado", "cupos reservados")


def path(talk: Talk) -> str:
    """Return where the talk's page is."""
    return f"/charlas/{talk.slug}"


def state(talk: Talk, seats: Seats | None, *, now: datetime) -> str:
    """Return the state that a badge tells: of the talk, or that it has no seats left."""
    if talk.state in ACTIVE_STATES and talk.ends_at <= now:
        return EventState.HELD.value
    if talk.state in ACTIVE_STATES and seats and is_full(talk, seats):
        return "full"
    return talk.state.value


def is_full(talk: Talk, seats: Seats) -> bool:
    """Return whether there are seats and every one of them is taken."""
    return talk.capacity_room + talk.capacity_online > 0 and not free(talk, seats)


def free(talk: Talk, seats: Seats) -> int:
    """Return how many seats are left, in the room and online."""
    in_room = free_seats(capacity=talk.capacity_room, seated=seats.confirmed_room)
    return in_room + free_seats(capacity=talk.capacity_online, seated=seats.confirmed_online)


def seats_line(talk: Talk, seats: Seats, *, now: datetime) -> str:
    """Return what a card says of seats and of registering, in a few words."""
    window = window_of(talk, now=now)
    if window is Window.NOT_YET and talk.registration_opens_at:
        opens = spanish.wall(talk.registration_opens_at, talk.zone)
        return f"Inscripción desde el {spanish.shortday(opens)}, {spanish.clock(opens)}"
    if window is Window.CLOSED:
        return "Inscripción cerrada"
    return _seats_left(talk, seats) if window is Window.OPEN else ""


def _seats_left(talk: Talk, seats: Seats) -> str:
    left = free(talk, seats)
    if left and left == seats.held:
        return f"{'Queda' if left == 1 else 'Quedan'} {spanish.count(left, *_HELD)}"
    if left:
        return f"{'Queda' if left == 1 else 'Quedan'} {spanish.count(left, 'cupo', 'cupos')}"
    if seats.waiting:
        return spanish.count(seats.waiting, "persona en espera", "personas en espera")
    return "Puede sumarse a la lista de espera"


def card(talk: Talk, seats: Seats, *, now: datetime) -> dict[str, Any]:
    """Return the talk as `event_card` takes it."""
    shown = state(talk, seats, now=now)
    return {
        "url": path(talk),
        **day_parts(talk.wall_start),
        "title": talk.title,
        "time": spanish.span(talk.wall_start, talk.wall_end),
        "reader_time": home_clock(talk),
        "kind": FORMAT_NAMES[talk.format],
        "modality": MODALITY_NAMES[talk.modality],
        "place": town(talk),
        "online": talk.modality is Modality.ONLINE,
        "state": None if shown == EventState.PUBLISHED else shown,
        "seats": seats_line(talk, seats, now=now),
        "past": talk.ends_at <= now,
    }


def day_parts(day: date) -> dict[str, Any]:
    """Return a day as `date_block` takes it."""
    return {
        "day": day.day,
        "month": spanish.MONTHS[day.month - 1][:3],
        "weekday": spanish.WEEKDAYS[day.weekday()],
        "date": spanish.day(day),
    }


def town(talk: Event) -> str:
    """Return the comuna in which a talk is, or its place where that is all that is known."""
    if talk.modality is Modality.ONLINE:
        return ""
    comuna = places.comuna(talk.comuna) if talk.comuna else None
    return comuna.name if comuna else talk.place


def street(talk: Event) -> str:
    """Return the address of a talk that is in a room, with its comuna."""
    return "" if talk.modality is Modality.ONLINE else entries.address_line(talk)


def home_clock(talk: Event) -> str:
    """Return Santiago's hour where the talk's own clock shows another one, else nothing."""
    home = spanish.wall(talk.starts_at)
    return "" if home == talk.wall_start else f"{spanish.clock(home)} en Santiago"


def other_clocks(talk: Event) -> list[str]:
    """Return the hours elsewhere in Chile where they differ: for those who follow it online.

    A talk that is only in a room needs no more than Santiago's beside its own.
    """
    zones = [zone for zone in spanish.ZONE_NAMES if zone != talk.zone]
    if talk.modality is Modality.ROOM:
        zones = [zone for zone in zones if zone == spanish.HOME_ZONE]
    return [
        spanish.in_zone(talk.starts_at, zone)
        for zone in zones
        if spanish.wall(talk.starts_at, zone) != talk.wall_start
    ]


def prioritised(talk: Talk) -> str:
    """Return who goes first in the line and why, in one sentence: the published order."""
    levels = [LEVEL_NAMES[Level(level)].lower() for level in talk.prioritised_levels]
    first = (
        f"primero las cooperativas de nivel {spanish.listed(levels)}, "
        "para las que se preparó esta charla; luego "
        if levels
        else "primero "
    )
    return (
        f"Si hay más personas que cupos, la lista de espera avanza así: {first}"
        "las cooperativas con menos cupos en ella; luego las que han asistido a menos charlas "
        "del plan, y por último, por orden de llegada." + showing.limit(talk)
    )


def paragraphs(text: str) -> list[list[str]]:
    """Return the paragraphs of a text, each as its lines."""
    blocks = text.replace("\r\n", "\n").split("\n\n")
    return [block.strip("\n").split("\n") for block in blocks if block.strip()]


def moments(talk: Talk) -> tuple[datetime | None, ...]:
    """Return the moments at which time alone changes what is shown of a talk."""
    return (
        talk.registration_opens_at,
        talk.registration_closes_at,
        talk.held_until,
        talk.starts_at,
        talk.ends_at,
    )


def by_day(
    talks: Sequence[Talk], seats: Mapping[int, Seats], *, now: datetime
) -> dict[date, list[dict[str, Any]]]:
    """Return the talks of each day as the calendar's components take them."""
    days: dict[date, list[dict[str, Any]]] = {}
    for talk in talks:
        # What ends at midnight is over before the next day.
        last = (talk.wall_end - timedelta(microseconds=1)).date()
        for number in range((last - talk.wall_start.date()).days + 1):
            day = talk.wall_start.date() + timedelta(days=number)
            days.setdefault(day, []).append(_in_calendar(talk, seats[talk.id], now, day))
    return days


def _in_calendar(talk: Talk, seats: Seats, now: datetime, day: date) -> dict[str, Any]:
    begins = talk.wall_start.date() == day
    home = home_clock(talk)
    shown = state(talk, seats, now=now)
    return {
        "url": path(talk),
        "time": f"{talk.wall_start:%H:%M}" if begins else "sigue",
        "title": talk.title,
        "state": "cancelled" if talk.state is EventState.CANCELLED else shown,
        "kind": FORMAT_NAMES[talk.format],
        "place": " · ".join(
            part for part in (MODALITY_NAMES[talk.modality], town(talk), home) if part
        ),
    }


def holidays(days: Sequence[date], *, region: str = "") -> dict[date, str]:
    """Return the holidays among some days, by their names."""
    named = {day: calendar.holiday_name(day, region=region or None) for day in days}
    return {day: name for day, name in named.items() if name}
