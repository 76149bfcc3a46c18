"""Keeps the calendar of each mailbox as a mail program does, from the mails that reached it.

It shares no code with what wrote them: an object of an older SEQUENCE, or of the same and no later
DTSTAMP, changes nothing; a CANCEL takes the entry away, and the program forgets that it had it.
"""

import re
from dataclasses import dataclass
from email import message_from_bytes, policy
from email.utils import parseaddr


@dataclass(frozen=True)
class Shown:
    """An entry as its reader sees it."""

    sequence: int
    stamp: str
    names: frozenset[str]
    organizer: str
    answer: str


class Calendars:
    """The calendars of all mailboxes, by address and UID."""

    def __init__(self) -> None:
        self.entries: dict[str, dict[str, Shown]] = {}
        #: Updates of an entry that came from another organizer than the entry did.
        self.strange: list[str] = []

    def read(self, raw: bytes) -> None:
        """Let the program of whoever is written to take a mail."""
        mail = message_from_bytes(raw, policy=policy.default)
        parts = [part for part in mail.walk() if part.get_content_type() == "text/calendar"]
        if not parts:
            return
        address = parseaddr(str(mail["To"]))[1].lower()
        body = parts[0].get_payload(decode=True)
        assert isinstance(body, bytes)
        lines = re.sub(r"\r\n[ \t]", "", body.decode()).split("\r\n")
        assert sum(line.startswith("ATTENDEE") for line in lines) == 1
        self._take(address, lines)

    def _take(self, address: str, lines: list[str]) -> None:
        uid, method = _value(lines, "UID"), _value(lines, "METHOD")
        sequence, stamp = int(_value(lines, "SEQUENCE")), _value(lines, "DTSTAMP")
        mine = self.entries.setdefault(address, {})
        known = mine.get(uid)
        if known and (sequence, stamp) <= (known.sequence, known.stamp):
            return
        organizer = _value(lines, "ORGANIZER")
        if known and organizer != known.organizer and method != "CANCEL":
            self.strange.append(f"{uid} {address}")
        if method == "CANCEL":
            mine.pop(uid, None)
        else:
            answer = re.search(r"PARTSTAT=([A-Z-]+)", _line(lines, "ATTENDEE"))
            assert answer
            mine[uid] = Shown(sequence, stamp, _names(lines), organizer, answer[1])


def _line(lines: list[str], name: str) -> str:
    return next(line for line in lines if re.match(rf"{name}[;:]", line))


def _value(lines: list[str], name: str) -> str:
    return _line(lines, name).rpartition("mailto:" if name == "ORGANIZER" else ":")[2]


def _names(lines: list[str]) -> frozenset[str]:
    """Return whom an entry is for, as the description and the attendee's name tell it."""
    attendee = re.search(r';CN=(?:"([^"]*)"|([^;:]*))', _line(lines, "ATTENDEE"))
    assert attendee
    told = attendee[1] or attendee[2]
    described = _line(lines, "DESCRIPTION").partition(":")[2].split("\\n")[0]
    if described.startswith("Para: "):
        assert described.removeprefix("Para: ").replace("\\,", ",") == told
    return frozenset(re.split(r", | y ", told))
