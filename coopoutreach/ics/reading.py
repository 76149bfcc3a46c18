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

#: The longest object that is read (CALENDAR P1).
LONGEST: Final = 1024 * 1024
#: The longest line, once unfolded; a comment is cut at so many characters instead of dropped.
LONGEST_LINE: Final = 2048
LONGEST_COMMENT_LINE: Final = 8192
#: More events than any answer has, and more lines in one that are of interest.
MOST_EVENTS: Final = 20
MOST_LINES: Final = 300

_FOLD = re.compile("\n[ \t]")
_NAME = re.compile(r"[A-Za-z0-9-]{1,40}(?=[;:])")
_EVENT: Final = ["VCALENDAR", "VEVENT"]
_BEGINS: Final = "BEGIN:VEVENT"
#: What an answer is read from; COUNTER adds its times.
_OF_REPLIES: Final = frozenset(
    {"UID", "SEQUENCE", "DTSTAMP", "ATTENDEE", "RECURRENCE-ID", "COMMENT"}
)
_OF_COUNTERS: Final = frozenset(
    {"DTSTART", "DTEND", "X-MS-OLK-ORIGINALSTART", "X-MS-OLK-ORIGINALEND"}
)


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


def lines(body: bytes) -> Lines:
    """Return what is kept of the first calendar object in `body`.

    :raises Unreadable: if there is none with an event in it, or it is beyond all measure
    """
    if len(body) > LONGEST:
        raise Unreadable("larger than a calendar object that answers anything")
    found = Lines()
    for path, line in _walk(_unfolded(body)):
        if line == _BEGINS:
            _begin_event(found)
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


def _walk(text: str) -> Iterator[tuple[list[str], str]]:
    """Yield the lines of the first calendar with the components they stand in, and its events."""
    path: list[str] = []
    for line in text.split("\n"):
        mark = line[:40].strip().upper()
        if mark.startswith("BEGIN:"):
            if path == _EVENT[:1] and mark == _BEGINS:
                yield path, _BEGINS
            path.append(mark[6:].strip())
        elif mark.startswith("END:"):
            path[-1:] = []
            if not path:
                return
        elif path[:1] == _EVENT[:1] and len(path) <= len(_EVENT):
            yield path, line


def _unfolded(body: bytes) -> str:
    try:
        text = body.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = body.decode("latin-1")
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
        except Exception:  # noqa: BLE001, S112 (what the library raises for hostile text is not told)
            continue
        named = {key.upper(): _first(given) for key, given in parameters.items()}
        yield Line(name, named, value)


def _first(given: Any) -> str:
    return str(given[0] if isinstance(given, (list, tuple)) and given else given)
