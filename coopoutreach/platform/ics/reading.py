"""Take what somebody else wrote apart, by the line: only what an answer needs gets further.

Zones, alarms and every other property go before anything looks at their values: a VTIMEZONE would
teach the library's parser, for the whole process, what a zone of that name is, and a TZID such as
`America`, the name of a folder, makes it raise what nobody expects. Each line that stays is parsed
by itself: one that is broken costs itself alone. All of it takes time in proportion to the text.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from importlib import import_module
from typing import Any, Final

from coopoutreach.platform.core import charsets

#: The longest object that is read (CALENDAR P1).
LONGEST: Final = 1024 * 1024
#: The longest line, once unfolded; a comment is cut at so many characters instead of dropped.
LONGEST_LINE: Final = 2048
LONGEST_COMMENT_LINE: Final = 8192
#: More events than any answer has, and more lines in one that are of interest.
MOST_EVENTS: Final = 20
MOST_LINES: Final = 300

_FOLD = re.compile("\n[ \t]")
#: Programs fold inside a character: where a line break is one byte, bytes are joined first.
_FOLD_OF_BYTES = re.compile(rb"(?:\r\n|\n|\r)[ \t]")
_NAME = re.compile(r"[A-Za-z0-9-]{1,40}(?=[;:])")
_EVENT: Final = ["VCALENDAR", "VEVENT"]
_ZONE: Final = ["VCALENDAR", "VTIMEZONE"]
_BEGINS: Final = "BEGIN:VEVENT"
_BEGINS_ZONE: Final = "BEGIN:VTIMEZONE"
LONGEST_ZONE_LINE: Final = 200
#: VCALENDAR, VTIMEZONE, and the part of the year in it.
_DEEPEST_OF_ZONES: Final = 3
#: What an answer is read from; COUNTER adds its times.
_OF_REPLIES: Final = frozenset(
    {"UID", "SEQUENCE", "DTSTAMP", "ATTENDEE", "RECURRENCE-ID", "COMMENT"}
)
_OF_COUNTERS: Final = frozenset(
    {"DTSTART", "DTEND", "DURATION", "X-MS-OLK-ORIGINALSTART", "X-MS-OLK-ORIGINALEND"}
)
#: More zones than a message names, and lines in one.
MOST_ZONES: Final = 5
MOST_ZONE_LINES: Final = 200
#: What is read of an attendee whose line no parser takes: names with quotes or semicolons in them.
_BROKEN_ATTENDEE = re.compile(r":\s*[\"'<]?\s*(?:mailto\s*:)", re.IGNORECASE)
_PARTSTAT = re.compile(r";\s*PARTSTAT\s*=\s*\"?([A-Za-z-]{1,32})", re.IGNORECASE)
_DELEGATED = re.compile(r";\s*DELEGATED-TO\s*=\s*\"([^\"]{1,400})\"", re.IGNORECASE)


class Unreadable(Exception):
    """These bytes are no answer of a calendar program, or more than we read of one."""


@dataclass(frozen=True, slots=True)
class Line:
    """A property: its name in capitals, its parameters, its value unescaped."""

    name: str
    parameters: dict[str, str]
    value: str


@dataclass(slots=True)
class Lines:
    """A calendar object, by the line: its method, and what was kept of each event."""

    method: str = ""
    events: list[list[str]] = field(default_factory=list)
    #: Zones as the message defines them: their lines, those that begin and end a part among them.
    zones: list[list[str]] = field(default_factory=list)


def lines(body: bytes, charset: str = "") -> Lines:
    """Return what is kept of the first calendar object in `body`, which says it is in `charset`.

    :raises Unreadable: if there is none with an event in it, or it is beyond all measure
    """
    if len(body) > LONGEST:
        raise Unreadable("larger than a calendar object that answers anything")
    found = Lines()
    for path, line in _walk(_unfolded(body, charset)):
        if line == _BEGINS:
            _begin_event(found)
        elif path[:2] == _ZONE:
            _keep_of_zone(found, line)
        elif path == _EVENT:
            found.events[-1] += [line] if len(found.events[-1]) < MOST_LINES else []
        elif len(path) == 1 and line[:7].upper() == "METHOD:":
            found.method = found.method or line[7:].strip().upper()[:32]
    if not found.events:
        raise Unreadable("no calendar object with an event")
    return found


def _begin_event(found: Lines) -> None:
    if len(found.events) == MOST_EVENTS:
        raise Unreadable("more events than an answer has")
    found.events.append([])


def _keep_of_zone(found: Lines, line: str) -> None:
    if line == _BEGINS_ZONE:
        found.zones += [[]] if len(found.zones) < MOST_ZONES else []
    elif found.zones and len(found.zones[-1]) < MOST_ZONE_LINES:
        found.zones[-1].append(line[:LONGEST_ZONE_LINE])


def _walk(text: str) -> Iterator[tuple[list[str], str]]:
    """Yield the lines of the first calendar with the components they stand in, and its events."""
    path: list[str] = []
    for line in text.split("\n"):
        mark = line[:40].strip().upper()
        if mark.startswith("BEGIN:"):
            if path == _EVENT[:1] and mark == _BEGINS:
                yield path, _BEGINS
            path.append(mark[6:].strip())
            if path[:2] == _ZONE and len(path) <= _DEEPEST_OF_ZONES:
                yield path, mark
        elif mark.startswith("END:"):
            path[-1:] = []
            if not path:
                return
        elif _is_of_interest(path):
            yield path, line


def _is_of_interest(path: list[str]) -> bool:
    deepest = _DEEPEST_OF_ZONES if path[:2] == _ZONE else len(_EVENT)
    return path[:1] == _EVENT[:1] and len(path) <= deepest


def _unfolded(body: bytes, charset: str) -> str:
    if not charsets.is_wide(body):
        body = _FOLD_OF_BYTES.sub(b"", body)
    text = charsets.decoded(body, charset, beginning="BEGIN:VCALENDAR")
    return _FOLD.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))


def parsed(event: list[str], *, with_times: bool) -> Iterator[Line]:
    """Yield those properties of an event that count; what cannot be parsed is left out."""
    wanted = _OF_REPLIES | _OF_COUNTERS if with_times else _OF_REPLIES
    # Loaded late: only who reads an answer needs the library.
    content_line = import_module("icalendar.parser").Contentline
    for line in event:
        matched = _NAME.match(line)
        name = matched[0].upper() if matched else ""
        if name not in wanted or (len(line) > LONGEST_LINE and name != "COMMENT"):
            continue
        try:
            made = content_line(line[:LONGEST_COMMENT_LINE])
            _, parameters, value = made.parts()
        except Exception:  # noqa: BLE001 (what the library raises for hostile text is not told)
            if name == "ATTENDEE":
                yield from _broken_attendee(line)
            continue
        if name == "ATTENDEE" and _BROKEN_ATTENDEE.search(value):
            # A colon in the name: all that follows was taken for the address.
            yield from _broken_attendee(line)
            continue
        named = {key.upper(): _first(given) for key, given in parameters.items()}
        yield Line(name, named, value)


def _broken_attendee(line: str) -> Iterator[Line]:
    """Yield who a line says that answers, of which no parser makes anything: what is needed of it.

    Programs write names as they were typed: `CN="Ana "la jefa" Soto"`, `CN=Soto; Ana`.
    """
    marks = list(_BROKEN_ATTENDEE.finditer(line))
    if not marks:
        return
    head, value = line[: marks[-1].start()], line[marks[-1].end() :]
    found = {"PARTSTAT": _PARTSTAT.findall(head)[-1:], "DELEGATED-TO": _DELEGATED.findall(head)[:1]}
    yield Line("ATTENDEE", {name: told[0] for name, told in found.items() if told}, value)


def _first(given: Any) -> str:
    return str(given[0] if isinstance(given, (list, tuple)) and given else given)
