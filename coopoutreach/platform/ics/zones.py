"""Chile's time zones as VTIMEZONE text (RFC 5545, 3.6.5), in the one form that all readers share.

Each observance has one RRULE with a single weekday, from 1970 on, without RDATE, UNTIL or COMMENT:
Outlook takes no other form (MS-OXCICAL 2.1.3.1.1.19.2), and the lists of the `icalendar` library
put Thunderbird an hour off for the whole winter.

Chile's clocks change when the first Saturday of April or September ends, that is on the Sunday
from the 2nd to the 8th, which is not always the first Sunday of the month. ``BYMONTHDAY`` with
``BYDAY`` would say that and is what Outlook forbids, so the change is put at 23:59:59 on the
Saturday, a second early. On Easter Island the same moment is 22:00 on the Saturday, exactly.

`zoneinfo` is what the times of events are computed with; this text only has to agree with it.
"""

SANTIAGO = "America/Santiago"

_PUNTA_ARENAS = "America/Punta_Arenas"

_ZONES = {
    SANTIAGO: """\
BEGIN:VTIMEZONE
TZID:America/Santiago
BEGIN:STANDARD
DTSTART:19700404T235959
RRULE:FREQ=YEARLY;BYMONTH=4;BYDAY=1SA
TZOFFSETFROM:-0300
TZOFFSETTO:-0400
TZNAME:-04
END:STANDARD
BEGIN:DAYLIGHT
DTSTART:19700905T235959
RRULE:FREQ=YEARLY;BYMONTH=9;BYDAY=1SA
TZOFFSETFROM:-0400
TZOFFSETTO:-0300
TZNAME:-03
END:DAYLIGHT
END:VTIMEZONE
""",
    "Pacific/Easter": """\
BEGIN:VTIMEZONE
TZID:Pacific/Easter
BEGIN:STANDARD
DTSTART:19700404T220000
RRULE:FREQ=YEARLY;BYMONTH=4;BYDAY=1SA
TZOFFSETFROM:-0500
TZOFFSETTO:-0600
TZNAME:-06
END:STANDARD
BEGIN:DAYLIGHT
DTSTART:19700905T220000
RRULE:FREQ=YEARLY;BYMONTH=9;BYDAY=1SA
TZOFFSETFROM:-0600
TZOFFSETTO:-0500
TZNAME:-05
END:DAYLIGHT
END:VTIMEZONE
""",
    _PUNTA_ARENAS: """\
BEGIN:VTIMEZONE
TZID:America/Punta_Arenas
BEGIN:STANDARD
DTSTART:19700101T000000
TZOFFSETFROM:-0300
TZOFFSETTO:-0300
TZNAME:-03
END:STANDARD
END:VTIMEZONE
""",
}

#: Zone -> the older one that keeps the same time and that readers know. Coyhaique left Santiago's
#: time on 20 March 2025 and is missing from time zone data older than that.
_KNOWN_AS = {"America/Coyhaique": _PUNTA_ARENAS}


def travelling_tzid(tzid: str) -> str:
    """Return the TZID under which times of the zone `tzid` are written."""
    return _KNOWN_AS.get(tzid, tzid)


def vtimezone(tzid: str) -> bytes:
    """Return the VTIMEZONE for times of the zone `tzid`; it names `travelling_tzid(tzid)`.

    :raises ValueError: when it is not one of Chile's zones.
    """
    try:
        lines = _ZONES[travelling_tzid(tzid)]
    except KeyError:
        raise ValueError(f"{tzid!r} is not one of Chile's time zones.") from None
    return lines.replace("\n", "\r\n").encode()
