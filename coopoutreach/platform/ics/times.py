"""Read the times that other programs write, in whatever zone they name.

A name is looked up in lists, never in files: `America` is a folder, and `../../etc/passwd` is no
zone either. What cannot be told is left out, and the answer it came with counts all the same.
"""

import re
from datetime import UTC, datetime, timedelta, tzinfo
from functools import cache
from importlib import import_module
from zoneinfo import ZoneInfo, available_timezones

_TIME = re.compile(r"(\d{8}T\d{6})(Z?)", re.IGNORECASE)
_DAY = re.compile(r"[0-9]{8}")
_DURATION = re.compile(
    r"\+?P(?:(\d{1,4})W)?(?:(\d{1,4})D)?(?:T(?:(\d{1,4})H)?(?:(\d{1,5})M)?(?:(\d{1,6})S)?)?"
)
_LONGEST_NAME = 200


def moment(value: str, tzid: str = "") -> datetime | None:
    """Return a DATE-TIME as an aware moment in the zone it is written in, or None.

    A floating time, a date and a time in a zone that nobody knows are no moments.
    """
    matched = _TIME.fullmatch(value.strip())
    zone = None if matched is None else UTC if matched[2] else zone_of(tzid)
    if matched is None or zone is None:
        return None
    try:
        found = datetime.strptime(matched[1].upper(), "%Y%m%dT%H%M%S").replace(tzinfo=zone)
        found.astimezone(UTC)
    except (ValueError, OverflowError):
        return None
    return found


def wall(value: str) -> datetime | None:
    """Return a DATE-TIME or DATE as the clocks show it, without a zone; a date is its midnight."""
    matched = _TIME.fullmatch(value.strip())
    found = day(value)
    if found is not None or matched is None:
        return found
    try:
        return datetime.strptime(matched[1].upper(), "%Y%m%dT%H%M%S")  # noqa: DTZ007 (it has no zone)
    except ValueError:
        return None


def day(value: str) -> datetime | None:
    """Return the midnight with which a DATE begins, or None."""
    if not _DAY.fullmatch(value.strip()):
        return None
    try:
        return datetime.strptime(value.strip(), "%Y%m%d")  # noqa: DTZ007 (likewise)
    except ValueError:
        return None


def duration(value: str) -> timedelta | None:
    """Return how long a DURATION is (RFC 5545, 3.3.6), or None if it is none, or none ahead."""
    matched = _DURATION.fullmatch(value.strip().upper())
    if matched is None:
        return None
    weeks, days, hours, minutes, seconds = (int(part or 0) for part in matched.groups())
    found = timedelta(weeks=weeks, days=days, hours=hours, minutes=minutes, seconds=seconds)
    return found or None


def zone_of(tzid: str) -> tzinfo | None:
    """Return the zone of a name from IANA or Windows, or with a maker's prefix; None if unknown."""
    name = tzid.strip().strip('"').lower()[:_LONGEST_NAME]
    for candidate in (name, "/".join(name.split("/")[-2:]), "/".join(name.split("/")[-3:])):
        known = _names().get(candidate)
        if known is not None:
            return ZoneInfo(known)
    return None


@cache
def _names() -> dict[str, str]:
    zones = available_timezones()
    known = import_module("icalendar.timezone.windows_to_olson").WINDOWS_TO_OLSON
    windows = {name.lower(): zone for name, zone in known.items() if zone in zones}
    return windows | {name.lower(): name for name in zones}
