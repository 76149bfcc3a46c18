"""Days and hours at which programs that count days go wrong."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

SANTIAGO = ZoneInfo("America/Santiago")
RAPA_NUI = ZoneInfo("Pacific/Easter")


def _wall(*when: int, zone: ZoneInfo = SANTIAGO) -> datetime:
    return datetime(*when, tzinfo=zone).astimezone(UTC)  # type: ignore[misc,arg-type]  # year to minute


#: By name. The clocks go forward at midnight of the first Sunday after 2 September, and back at
#: midnight of the first after 2 April; on Rapa Nui two hours earlier, by its own clock.
MOMENTS = {
    "christmas-eve": _wall(2026, 12, 24, 9, 0),
    "christmas": _wall(2026, 12, 25, 12, 0),
    "last-evening-of-the-year": _wall(2026, 12, 31, 22, 30),
    "february": _wall(2027, 2, 28, 10, 0),
    "leap-day": _wall(2028, 2, 29, 10, 0),
    "the-day-before-leap-day": _wall(2028, 2, 28, 23, 50),
    "clocks-go-forward": _wall(2026, 9, 5, 23, 58),
    "clocks-went-forward": _wall(2026, 9, 6, 1, 2),
    "clocks-go-back": _wall(2027, 4, 3, 23, 30),
    "clocks-went-back": datetime(2027, 4, 4, 3, 30, tzinfo=UTC),
    "clocks-of-rapa-nui-go-forward": _wall(2026, 9, 5, 21, 58, zone=RAPA_NUI),
    "clocks-of-rapa-nui-go-back": _wall(2027, 4, 3, 21, 30, zone=RAPA_NUI),
    "independence": _wall(2026, 9, 18, 11, 0),
    "tomorrow-in-utc": _wall(2026, 12, 1, 21, 30),
    "sunday": _wall(2026, 12, 6, 16, 0),
    "in-ten-years": _wall(2036, 12, 24, 23, 59),
}
