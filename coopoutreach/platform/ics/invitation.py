"""Make the calendar object of one message to one person (iTIP, RFC 5546, 3.2.2 and 3.2.5).

It is spliced from the kept VEVENT, without parsing: an update to five hundred people is five
hundred of these. That is safe because a kept line starts a line nowhere else: folds start with a
space, and line breaks in a text are escaped.
"""

from datetime import datetime

from coopoutreach.platform.ics import text
from coopoutreach.platform.ics.entry import Answer, Method, Party
from coopoutreach.platform.ics.envelope import CLOSING, OPENING

_END = b"END:VEVENT\r\n"
_CANCELLED = b"\r\nSTATUS:CANCELLED\r\n"

#: A talk's hour is not up for bargaining, as a meeting's is: Outlook and Thunderbird then offer no
#: counter-proposal.
_NO_COUNTER = b"X-MICROSOFT-DISALLOW-COUNTER:TRUE\r\n"


def invitation(  # noqa: PLR0913 - each is a line of the object
    kept: bytes,
    *,
    method: Method,
    stamp: datetime,
    organizer: Party,
    attendee: Party,
    note: str = "",
    answer: Answer = Answer.NEEDS_ACTION,
    sequence: int | None = None,
    alarm_minutes: int | None = None,
    may_counter: bool = False,
) -> bytes:
    """Return a VCALENDAR for `attendee` alone, from the `kept` bytes of `event.vevent`.

    `stamp` is the moment of this message: a second one about the same SEQUENCE needs a later
    second. `note` goes before the description, of an event that has one. `answer` is what the
    attendee answered. `sequence` replaces the kept one.
    A CANCEL of a kept event that stands un-invites one person: STATUS is CANCELLED, as Exchange
    writes it, and the title is left alone, since the event takes place.

    :raises ValueError: when a REQUEST is made of a cancelled event, or an alarm rings afterwards.
    """
    if method is Method.REQUEST and _CANCELLED in kept:
        raise ValueError("Nobody is invited to a cancelled event.")
    vevent = _replace(kept, b"DTSTAMP", _message_stamp(kept, stamp))
    if sequence is not None:
        vevent = _replace(vevent, b"SEQUENCE", b"%d" % sequence)
    if note:
        vevent = _noted(vevent, note)
    if method is Method.CANCEL:
        vevent = _cancelled(vevent)
    own_lines = [_organizer_line(organizer), _attendee_line(attendee, answer, method)]
    own_lines += [] if may_counter else [_NO_COUNTER]
    if alarm_minutes is not None and method is Method.REQUEST:
        own_lines.append(_alarm(alarm_minutes))
    head = (OPENING, b"METHOD:%s\r\n" % method.value.encode())
    return b"".join((*head, vevent.removesuffix(_END), *own_lines, _END, CLOSING))


def _replace(vevent: bytes, name: bytes, value: bytes) -> bytes:
    """Return the VEVENT with another value in its one, short, unfolded line `name`."""
    start, end = _value_of(vevent, name)
    return b"".join((vevent[:start], value, vevent[end:]))


def _noted(vevent: bytes, note: str) -> bytes:
    """Return the VEVENT whose description begins with `note`, a paragraph of its own.

    What stood there follows on a line of its own, so that it is not folded anew.
    """
    start, _ = _value_of(vevent, b"DESCRIPTION")
    opening = text.fold(f"DESCRIPTION:{text.escape_text(note)}\\n\\n")
    before = vevent[: start - len(b"DESCRIPTION:")]
    return b"".join((before, opening, b" ", vevent[start:]))


def _value_of(vevent: bytes, name: bytes) -> tuple[int, int]:
    """Return where the value of the line `name` starts and ends.

    :raises ValueError: when there is no such line, and so these are not the bytes of a `vevent`.
    """
    opening = b"\r\n%s:" % name
    start = vevent.index(opening) + len(opening)
    return start, vevent.index(b"\r\n", start)


def _message_stamp(kept: bytes, stamp: datetime) -> bytes:
    """Return the DTSTAMP of a message: its moment, but never before the revision it carries.

    Clocks of two machines differ; a message dated before its LAST-MODIFIED would contradict itself.
    """
    start, end = _value_of(kept, b"LAST-MODIFIED")
    return max(text.moment(stamp).encode(), kept[start:end])  # of one form, so they sort in time


def _cancelled(vevent: bytes) -> bytes:
    """Return the VEVENT of an event that is off for the reader and leaves their time free."""
    for name, value in (
        (b"STATUS", b"CANCELLED"),
        (b"TRANSP", b"TRANSPARENT"),
        (b"X-MICROSOFT-CDO-BUSYSTATUS", b"FREE"),
    ):
        vevent = _replace(vevent, name, value)
    return vevent


def _organizer_line(organizer: Party) -> bytes:
    """Return who invites (RFC 5545, 3.8.4.3); replies go to this address."""
    return text.fold(f"ORGANIZER{_common_name(organizer)}:{text.mailto(organizer.address)}")


def _attendee_line(attendee: Party, answer: Answer, method: Method) -> bytes:
    """Return who is invited (RFC 5545, 3.8.4.1). A CANCEL asks for no reply."""
    rsvp = ";RSVP=TRUE" if method is Method.REQUEST else ""
    return text.fold(
        f"ATTENDEE;CUTYPE=INDIVIDUAL;ROLE=REQ-PARTICIPANT;PARTSTAT={answer.value}{rsvp}"
        f"{_common_name(attendee)}:{text.mailto(attendee.address)}"
    )


def _common_name(party: Party) -> str:
    """Return the CN parameter with its semicolon, or nothing for somebody without a name."""
    name = text.quote_parameter(party.name)
    return f";CN={name}" if name else ""


def _alarm(minutes: int) -> bytes:
    """Return a DISPLAY alarm (RFC 5545, 3.6.6) so many minutes before the start."""
    if minutes < 0:
        raise ValueError("An alarm rings before the event.")
    return (
        b"BEGIN:VALARM\r\n"
        b"ACTION:DISPLAY\r\n"
        b"DESCRIPTION:Recordatorio\r\n"
        b"TRIGGER:-PT%dM\r\n"
        b"END:VALARM\r\n"
    ) % minutes
