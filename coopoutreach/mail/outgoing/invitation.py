"""Read an invitation of ours back into words, to show what its reader's calendar is told."""

import re
from dataclasses import dataclass
from datetime import UTC, datetime

#: What each method asks, in the words that a calendar would use.
_METHODS = {"REQUEST": "Invitación o actualización", "CANCEL": "Suspensión: se quita de la agenda"}
_ESCAPED = re.compile(r"\\(.)")
_LINE = re.compile(r'([A-Za-z0-9-]+)((?:;[A-Za-z0-9-]+=(?:"[^"]*"|[^";:]*)(?:,"[^"]*")*)*):(.*)')
_PARAMETER = re.compile(r';([A-Za-z0-9-]+)=("[^"]*"|[^";:]*)')


@dataclass(frozen=True, slots=True)
class Invitation:
    """What an invitation says; moments are aware, in UTC."""

    method: str
    words: str
    uid: str
    sequence: str
    summary: str
    location: str
    starts_at: datetime | None
    ends_at: datetime | None
    organizer: str
    attendee: str
    text: str


def read(calendar: bytes) -> Invitation:
    """Return what `calendar` says; what it does not say is empty."""
    text = calendar.decode("utf-8", "replace")
    found: dict[str, tuple[str, str]] = {}
    for line in re.sub(r"\r?\n[ \t]", "", text).splitlines():
        matched = _LINE.fullmatch(line)
        if matched:
            found.setdefault(matched[1].upper(), (matched[2], matched[3]))
    method = found.get("METHOD", ("", ""))[1].upper()
    return Invitation(
        method=method,
        words=_METHODS.get(method, method),
        uid=_value(found, "UID"),
        sequence=_value(found, "SEQUENCE"),
        summary=_value(found, "SUMMARY"),
        location=_value(found, "LOCATION"),
        starts_at=_moment(_value(found, "DTSTART")),
        ends_at=_moment(_value(found, "DTEND")),
        organizer=_party(*found.get("ORGANIZER", ("", ""))),
        attendee=_party(*found.get("ATTENDEE", ("", ""))),
        text=text.replace("\r\n", "\n"),
    )


def _value(found: dict[str, tuple[str, str]], name: str) -> str:
    raw = found.get(name, ("", ""))[1]
    return _ESCAPED.sub(lambda match: "\n" if match[1] in "nN" else match[1], raw)


def _moment(value: str) -> datetime | None:
    try:
        return datetime.strptime(value, "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC)
    except ValueError:
        return None


def _party(parameters: str, value: str) -> str:
    named = {name.upper(): text.strip('"') for name, text in _PARAMETER.findall(parameters)}
    address = re.sub("^mailto:", "", value, flags=re.IGNORECASE)
    # RFC 6868: what may not stand in a parameter is written with a circumflex.
    marks = {"^'": '"', "^n": "\n", "^^": "^"}
    name = re.sub(r"\^['n^]", lambda match: marks[match[0]], named.get("CN", ""))
    return f"{name} <{address}>" if name and address else address or name
