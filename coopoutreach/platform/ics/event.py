"""Write an entry as a VEVENT (RFC 5545, 3.6.1): the bytes that are kept with the event.

This is the form of a feed. It names nobody and rings nothing, and it depends on the entry alone:
DTSTAMP is the moment of the last revision, as it is where there is no METHOD (3.8.7.2).
"""

from datetime import UTC, datetime
from typing import Final

from icalendar import Event, vText, vUri

from coopoutreach.platform.ics import text
from coopoutreach.platform.ics.entry import Entry, Status

#: Put before the title of a cancelled event, for readers that list it like any other.
CANCELLED_MARK: Final = "CANCELADA: "

#: How the link to a video conference is called, in Spanish.
_CONFERENCE_LABEL: Final = "Videollamada"

#: Status -> whether it takes up time (RFC 5545, 3.8.2.7), and how Outlook shows that time.
_TRANSPARENCY: Final[dict[Status, tuple[str, str]]] = {
    Status.CONFIRMED: ("OPAQUE", "BUSY"),
    Status.TENTATIVE: ("OPAQUE", "TENTATIVE"),
    Status.CANCELLED: ("TRANSPARENT", "FREE"),
}


class _Text(vText):
    r"""A TEXT escaped by our own rules; the library's turn a literal ``\N`` into a line break."""

    def to_ical(self) -> bytes:
        """Return the escaped value in UTF-8."""
        return text.escape_text(self).encode()


def vevent(entry: Entry) -> bytes:
    """Return the entry as a VEVENT: the same bytes for the same entry."""
    event = Event()
    _add_identity(event, entry)
    _add_texts(event, entry)
    _add_state(event, entry)
    # The library folds too, but may part two backslashes of one escape; so its folds are undone.
    unfolded = event.to_ical(sorted=False).decode().replace("\r\n ", "")
    return b"".join(text.fold(line) for line in unfolded.split("\r\n") if line)


def _add_identity(event: Event, entry: Entry) -> None:
    """Say which event this is, which version of it, and when it takes place."""
    event.add("uid", entry.uid)
    event.add("sequence", entry.sequence)
    event.add("dtstamp", _utc(entry.revised_at))
    event.add("created", _utc(entry.created_at))
    event.add("last-modified", _utc(entry.revised_at))
    event.add("dtstart", _utc(entry.starts_at))
    event.add("dtend", _utc(entry.ends_at))


def _add_texts(event: Event, entry: Entry) -> None:
    """Say what it is about and where; what is empty has no line, which libical would refuse."""
    link = text.uri(entry.conference_url)
    location, description = _with_link(entry, link)
    mark = CANCELLED_MARK if entry.status is Status.CANCELLED else ""
    texts = [
        ("summary", mark + entry.summary),
        ("description", description),
        ("location", location),
        *(("categories", category) for category in entry.categories),
    ]
    for name, value in texts:
        if text.clean(value):
            event.add(name, _Text(value))
    if url := text.uri(entry.url):
        event.add("url", vUri(url))
    if link:
        parameters = {"VALUE": "URI", "FEATURE": "VIDEO", "LABEL": _CONFERENCE_LABEL}
        event.add("conference", vUri(link), parameters)


def _with_link(entry: Entry, link: str) -> tuple[str, str]:
    """Return location and description such that one of them shows the link, if there is one.

    CONFERENCE (RFC 7986, 5.11) alone would not do: few readers show it.
    """
    if not link or link in entry.location or link in entry.description:
        return entry.location, entry.description
    if not text.clean(entry.location):
        return link, entry.description
    return entry.location, f"{entry.description}\n\n{_CONFERENCE_LABEL}: {link}"


def _add_state(event: Event, entry: Entry) -> None:
    """Say whether it takes place, and what that does to a reader's free time."""
    transparency, busy_status = _TRANSPARENCY[entry.status]
    event.add("status", entry.status.value)
    event.add("transp", transparency)
    event.add("class", "PUBLIC")
    event.add("x-microsoft-cdo-busystatus", vText(busy_status))


def _utc(at: datetime) -> datetime:
    """Return the moment in whole seconds of UTC, which the library writes as ``...Z``."""
    return at.astimezone(UTC).replace(microsecond=0)
