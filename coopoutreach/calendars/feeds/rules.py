"""What a feed carries and what it is called, decided from values alone."""

import re
from collections.abc import Collection, Sequence
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
#: Put before what somebody owes, on the day when it is due: until they say that it is done, and
#: until the other side says so too.
DUE_MARK = "Vence: "
DELIVERED_MARK = "Entregado, falta confirmar: "


@dataclass(frozen=True, slots=True)
class Span:
    """The time that a feed covers; its edges are midnights, so that they move once a day."""

    first: datetime
    end: datetime
    cancelled_from: datetime


class Scope(StrEnum):
    """What a private calendar carries."""

    #: Talks where one person has a place, their meetings, and what they owe.
    PERSON = "person"
    #: Talks where people of one cooperative have places.
    COOPERATIVE = "cooperative"
    #: Public talks of regions and formats that the subscriber chose.
    SELECTION = "selection"
    #: The meetings of one table.
    TABLE = "table"


@dataclass(frozen=True, slots=True)
class Selection:
    """What public talks are narrowed to: codes of regions, values of `Format`. Empty: all."""

    regions: tuple[str, ...] = ()
    formats: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Followed:
    """What a private calendar carries, as one text says it.

    Of each event whether there is a place in it, or only a turn in line; and commitments.
    """

    has_place: dict[int, bool]
    commitments: tuple[int, ...]


def read_followed(text: str) -> Followed:
    """Return what a private calendar carries, written as `12:1,15:0,c:7:41`.

    1 where there is a place; after a `c`, a commitment and the last thing that happened to it.
    """
    parts = [part.split(":") for part in text.split(",") if part]
    return Followed(
        has_place={int(part[0]): part[1] == "1" for part in parts if part[0] != "c"},
        commitments=tuple(int(part[1]) for part in parts if part[0] == "c"),
    )


def still_followed(
    events: str, of_tables: str, *, now: Collection[int], left: Collection[int]
) -> str:
    """Return what a person's calendar carries, given the sides that they are of `now` and `left`.

    `events` is as `read_followed` reads it. `of_tables` names meetings with the side that they sat
    for (`m:20:3`), and commitments with the side that owes it, the one that it is reserved for or
    0, and the last thing that happened to it (`c:7:3:0:41`).
    """
    parts = [part.split(":") for part in of_tables.split(",")]
    gone = {part[1] for part in parts if part[0] == "m" and int(part[2]) in left}
    kept = [one for one in events.split(",") if one and one.partition(":")[0] not in gone]
    owed = [
        (int(number), last)
        for kind, number, party, *more in parts
        if kind == "c"
        for reserved_for, last in [more]
        if int(party) not in left and int(reserved_for) in {0, *now}
    ]
    return ",".join([*kept, *(f"c:{number}:{last}" for number, last in sorted(owed))])


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


def name_of(scope: Scope, *, of: str = "", chosen: Sequence[str] = ()) -> str:
    """Return what a private calendar is called, after a cooperative or a table where it is one's.

    `chosen` names what it was narrowed to.
    """
    if scope is Scope.PERSON:
        return "Mi agenda FECRECOOP"
    if scope is Scope.COOPERATIVE:
        return f"Charlas FECRECOOP de {of}"
    if scope is Scope.TABLE:
        return f"Reuniones: {of}"
    return f"Charlas FECRECOOP: {', '.join(chosen)}" if chosen else "Charlas FECRECOOP: todas"
