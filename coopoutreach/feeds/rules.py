"""What a feed carries and what it is called, decided from values alone."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

#: Days back and ahead that a feed reaches, counted from the federation's day.
DAYS_BACK = 90
DAYS_AHEAD = 400
#: A cancelled talk stays, crossed out, until so many days after its date: a reader that finds it
#: gone at once could not tell that it was cancelled.
DAYS_CANCELLED = 30
#: More events than any reader should be made to hold.
MOST_EVENTS = 2000

#: The purpose that a private address is signed for.
PURPOSE = "feed"
#: More private addresses than anybody has calendars.
MOST_ADDRESSES = 10
#: An address that nothing has asked for in so many months is taken back.
MONTHS_UNUSED = 13
#: Put before the title of a talk for which somebody still waits.
WAITING_MARK = "En lista de espera: "


@dataclass(frozen=True, slots=True)
class Span:
    """The time that a feed covers; its edges are midnights, so that they move once a day."""

    first: datetime
    end: datetime
    cancelled_from: datetime


class Scope(StrEnum):
    """Whose talks a private calendar carries."""

    #: Those where one person has a place.
    PERSON = "person"
    #: Those where people of one cooperative have places.
    COOPERATIVE = "cooperative"
    #: Public ones of regions and formats that the subscriber chose.
    SELECTION = "selection"


@dataclass(frozen=True, slots=True)
class Selection:
    """What public talks are narrowed to: codes of regions, values of `Format`. Empty: all."""

    regions: tuple[str, ...] = ()
    formats: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Followed:
    """An event in a private calendar: whether there is a place in it, or only a turn in line."""

    event_id: int
    has_place: bool


def read_followed(text: str) -> tuple[Followed, ...]:
    """Return the events of a private calendar, written as `12:1,15:0`: 1 where there is a place."""
    pairs = (pair.partition(":") for pair in text.split(",") if pair)
    return tuple(Followed(int(event_id), has_place == "1") for event_id, _, has_place in pairs)


#: By what a program calls itself (a part of its User-Agent, lower case), what people call it.
_PROGRAMS = (
    ("google-calendar-importer", "Google Calendar"),
    ("microsoft.exchange", "Outlook"),
    ("microsoft office", "Outlook"),
    ("microsoft outlook", "Outlook"),
    ("outlook", "Outlook"),
    ("thunderbird", "Thunderbird"),
    ("vdirsyncer", "vdirsyncer"),
    ("icsx5", "ICSx⁵"),
    ("davx5", "DAVx⁵"),
    ("nextcloud", "Nextcloud"),
    ("fastmail", "Fastmail"),
    ("evolution", "Evolution"),
    ("dataaccessd", "Calendario de iPhone o iPad"),
    ("calendaragent", "Calendario de Mac"),
    ("ios/", "Calendario de iPhone o iPad"),
    ("macos/", "Calendario de Mac"),
    ("mozilla/", "un navegador"),
)
_LONGEST_PROGRAM = 40


def program_name(user_agent: str) -> str:
    """Return what people call the program that names itself so."""
    named = user_agent.lower()
    for part, name in _PROGRAMS:
        if part in named:
            return name
    first = re.match(r"[\w .+-]+", user_agent, re.ASCII)
    return first[0].strip()[:_LONGEST_PROGRAM] if first else ""


def unused_since(now: datetime) -> datetime:
    """Return since when an address must have been unused to be taken back at `now`."""
    months = now.year * 12 + now.month - 1 - MONTHS_UNUSED
    first = now.replace(year=months // 12, month=months % 12 + 1, day=1)
    following = (first + timedelta(days=31)).replace(day=1)
    # A day that its month has not is the last that it has.
    return min(first + timedelta(days=now.day - 1), following - timedelta(days=1))


def is_noted(*, last: datetime | None, now: datetime) -> bool:
    """Return whether a use in this hour is noted already."""
    return last is not None and last >= hour_of(now)


def hour_of(now: datetime) -> datetime:
    """Return when the hour of `now` began: closer than that, nobody's habits are kept."""
    return now.replace(minute=0, second=0, microsecond=0)


def name_of(scope: Scope, *, organisation: str = "", chosen: Sequence[str] = ()) -> str:
    """Return what a private calendar is called; `chosen` names what it was narrowed to."""
    if scope is Scope.PERSON:
        return "Mis charlas FECRECOOP"
    if scope is Scope.COOPERATIVE:
        return f"Charlas FECRECOOP de {organisation}"
    return f"Charlas FECRECOOP: {', '.join(chosen)}" if chosen else "Charlas FECRECOOP: todas"
