"""VTIMEZONE text: rules T4 to T9, against zoneinfo, which times are computed with."""

import io
import re
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from dateutil.tz import tzical

from coopoutreach.platform.ics.zones import travelling_tzid, vtimezone
from tests.support.readers import lines

ZONES = ["America/Santiago", "Pacific/Easter", "America/Punta_Arenas"]
FIRST = date(2024, 1, 1)
END = date(2038, 1, 1)
HALF_HOURS = (END - FIRST).days * 48


@pytest.fixture(scope="module", params=ZONES)
def zone(request):
    return request.param


@pytest.fixture(scope="module")
def expected(zone):
    """Wall time -> its offset, for each half hour; not those that do not exist or exist twice."""
    zoned = datetime(FIRST.year, FIRST.month, FIRST.day, tzinfo=ZoneInfo(zone))
    offsets = {}
    for _ in range(HALF_HOURS):
        offset = zoned.utcoffset()
        if offset == zoned.replace(fold=1).utcoffset():
            offsets[zoned.replace(tzinfo=None)] = offset
        zoned += timedelta(minutes=30)  # of wall time
    return offsets


def test_t6_icaljs_turns_every_wall_time_into_the_right_moment(zone, expected, icaljs_offsets):
    offsets = icaljs_offsets(vtimezone(zone), first=FIRST, count=HALF_HOURS, minutes=30)
    midnight = datetime(FIRST.year, FIRST.month, FIRST.day)
    half_hour = timedelta(minutes=30)
    wrong = [
        wall
        for wall, offset in expected.items()
        if offsets[(wall - midnight) // half_hour] != offset.total_seconds()
    ]
    assert wrong == []


def test_t6_dateutil_turns_every_wall_time_into_the_right_moment(zone, expected):
    read = tzical(io.StringIO(vtimezone(zone).decode())).get()
    # It is slow: each half hour of the months with a change, and midday on other days.
    asked = [
        wall for wall in expected if wall.month in {4, 9} or (wall.hour, wall.minute) == (12, 0)
    ]
    assert [wall for wall in asked if read.utcoffset(wall) != expected[wall]] == []


@pytest.mark.parametrize(
    ("year", "first_day"), [(2024, 8), (2026, 6), (2029, 2), (2030, 8)], ids=str
)
def test_t6_the_clocks_of_september_change_when_the_first_saturday_ends(year, first_day):
    """Not on the first Sunday, which is another day in 2024 and 2030."""
    santiago = ZoneInfo("America/Santiago")
    change = datetime(year, 9, first_day, 4, 0, tzinfo=UTC)
    before = (change - timedelta(seconds=1)).astimezone(santiago)
    assert before.strftime("%a %H:%M:%S %z") == "Sat 23:59:59 -0400"
    assert change.astimezone(santiago).strftime("%a %H:%M %z") == "Sun 01:00 -0300"


@pytest.mark.parametrize("tzid", [*ZONES, "America/Coyhaique"])
def test_t5_each_observance_has_at_most_one_rule_of_one_weekday(tzid):
    written = lines(vtimezone(tzid))
    assert written.count("BEGIN:STANDARD") == 1
    assert written.count("BEGIN:DAYLIGHT") <= 1
    for line in written:
        if line.startswith("RRULE"):
            assert re.fullmatch(r"RRULE:FREQ=YEARLY;BYMONTH=\d;BYDAY=1SA", line)
        if line.startswith("DTSTART"):
            assert re.fullmatch(r"DTSTART:1970\d{4}T\d{6}", line)


@pytest.mark.parametrize("tzid", [*ZONES, "America/Coyhaique"])
def test_t5_t9_no_form_is_used_that_some_reader_refuses(tzid):
    for name in (b"RDATE", b"COMMENT", b"UNTIL", b"BYMONTHDAY"):
        assert name not in vtimezone(tzid)


@pytest.mark.parametrize("tzid", [*ZONES, "America/Coyhaique"])
def test_t4_the_tzid_is_the_one_that_times_are_written_with(tzid):
    assert lines(vtimezone(tzid))[1] == f"TZID:{travelling_tzid(tzid)}"


def test_t7_the_time_zone_data_knows_that_coyhaique_left_santiagos_time():
    midwinter = datetime(2026, 7, 1, tzinfo=ZoneInfo("America/Coyhaique"))
    assert midwinter.utcoffset() == timedelta(hours=-3)


def test_t8_coyhaique_travels_as_punta_arenas_whose_time_it_keeps():
    assert travelling_tzid("America/Coyhaique") == "America/Punta_Arenas"
    assert vtimezone("America/Coyhaique") == vtimezone("America/Punta_Arenas")
    coyhaique, punta_arenas = ZoneInfo("America/Coyhaique"), ZoneInfo("America/Punta_Arenas")
    moment = datetime(2025, 3, 21, tzinfo=UTC)
    while moment.year < END.year:
        there = moment.astimezone(coyhaique).utcoffset()
        assert there == moment.astimezone(punta_arenas).utcoffset()
        moment += timedelta(days=1)


@pytest.mark.parametrize("tzid", ["UTC", "America/Lima", "Pacific SA Standard Time", ""])
def test_only_chiles_zones_are_written(tzid):
    with pytest.raises(ValueError, match="not one of Chile's"):
        vtimezone(tzid)
