"""Answers as programs write them: their charsets, addresses and names, times and folds."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coopoutreach.platform.core import charsets
from coopoutreach.platform.ics import own_zones, reply

ATTENDEE = "ATTENDEE;PARTSTAT=ACCEPTED:mailto:ana@coop.example"


def an_object(*lines, method="REPLY", zones=()):
    begin = ("BEGIN:VCALENDAR", f"METHOD:{method}", *zones, "BEGIN:VEVENT", "UID:a@b")
    return "\r\n".join([*begin, *lines, "END:VEVENT", "END:VCALENDAR", ""])


def read(*lines, **how):
    return reply.read(an_object(*lines, **how).encode()).answered[0]


#: (what is declared, how it is written, a comment in it)
CHARSETS = [
    ("utf-8", "utf-8", "Sí, señor Ñuñez"),
    ("utf-8", "utf-8-sig", "Sí, señor Ñuñez"),
    ("utf-16", "utf-16", "Sí, señor Ñuñez"),
    ("utf-16", "utf-16-le", "Sí, señor Ñuñez"),
    ("utf-16", "utf-16-be", "Sí, señor Ñuñez"),
    ("utf-16le", "utf-16-le", "Sí, señor Ñuñez"),
    ("", "utf-16", "Sí, señor Ñuñez"),
    ("utf-8", "utf-16-le", "Sí, señor Ñuñez"),
    ("utf-32", "utf-32", "Sí, señor Ñuñez"),
    ("windows-1252", "cp1252", "Sí – «mañana» a las 9 €"),
    ("iso-8859-1", "cp1252", "Sí – a las 9 €"),
    ("iso-8859-15", "iso8859-15", "Sí, 9 €"),
    ("us-ascii", "utf-8", "Sí, señor Ñuñez"),
    ("iso-8859-1", "utf-8", "Sí, señor Ñuñez"),
    ("windows-1252", "utf-8", "Sí, señor Ñuñez"),
    ("utf-8", "cp1252", "Sí, señor Ñuñez"),
    ("", "cp1252", "Sí, señor Ñuñez"),
    ("x-no-such", "utf-8", "Sí, señor Ñuñez"),
    ("unicode_escape", "utf-8", "C:\\\\u00e1 Sí"),
    ("GB18030", "gb18030", "好的，明天见"),
    ("gb2312", "gbk", "好的，明天见"),
    ("koi8-r", "koi8-r", "Спасибо, приду"),
    ("windows-1251", "cp1251", "Спасибо, приду"),
    ("Shift_JIS", "shift_jis", "出席します、表"),
    ("iso-2022-jp", "iso2022_jp", "出席します"),
    ("", "iso2022_jp", "出席します"),
    ("euc-kr", "euc_kr", "참석합니다"),
    ("big5", "big5", "我會參加"),
    ('"UTF-8"', "utf-8", "Sí, señor Ñuñez"),
    ("utf-16", "utf-8", "Sí, señor Ñuñez"),
]


@pytest.mark.parametrize(("declared", "written", "comment"), CHARSETS)
def test_a_comment_is_read_in_the_charset_it_is_written_in(declared, written, comment):
    body = an_object(f"COMMENT:{comment}", ATTENDEE).encode(written)
    [found] = reply.read(body, declared).answered
    assert found.attendees[0].partstat == "ACCEPTED"
    assert found.comment == comment.replace("\\\\", "\\")


@given(st.binary(max_size=300), st.text(max_size=20))
def test_any_bytes_in_any_charset_are_some_text(body, declared):
    assert isinstance(charsets.decoded(body, declared), str)
    assert isinstance(charsets.decoded(body, declared, beginning="BEGIN:VCALENDAR"), str)


def test_a_line_that_is_folded_inside_a_character_is_joined():
    whole = an_object("COMMENT:ñandú", ATTENDEE).encode()
    for fold in (b"\r\n ", b"\n\t", b"\r "):
        cut = whole.replace(b"\xc3\xba", b"\xc3" + fold + b"\xba")
        assert reply.read(cut, "utf-8").answered[0].comment == "ñandú"


@pytest.mark.parametrize("end", ["\r\n", "\n", "\r"])
def test_lines_may_end_in_any_way(end):
    body = an_object("COMMENT:Sí", ATTENDEE).replace("\r\n", end).encode()
    assert reply.read(body).answered[0].comment == "Sí"


def test_a_line_that_nobody_folded_is_read():
    name = "Ana " * 300
    found = read(f'ATTENDEE;CN="{name}";PARTSTAT=DECLINED:mailto:ana@coop.example')
    assert (found.attendees[0].address, found.attendees[0].partstat) == (
        "ana@coop.example",
        "DECLINED",
    )


ADDRESSES = [
    "mailto:ana@coop.example",
    "MAILTO:Ana@Coop.example",
    "mailto:<ana@coop.example>",
    "MAILTO:<ANA@COOP.EXAMPLE>",
    "<mailto:ana@coop.example>",
    "mailto: ana@coop.example ",
    "mailto :ana@coop.example",
    "mailto:mailto:ana@coop.example",
    "mailto:ana%40coop.example",
    "mailto:%3Cana%40coop.example%3E",
    "mailto:ana@coop.example?subject=Sí",
    "mailto:Ana Soto <ana@coop.example>",
    "mailto:Ana%20Soto%20%3Cana@coop.example%3E",
    'mailto:"ana@coop.example"',
    "'mailto:ana@coop.example'",
    "ana@coop.example",
]


@pytest.mark.parametrize("address", ADDRESSES)
def test_an_address_is_read_however_it_is_written(address):
    for before in ("", ";CN=Ana Soto", ';CN="Soto, Ana"'):
        found = read(f"ATTENDEE;PARTSTAT=ACCEPTED{before}:{address}")
        assert [one.address for one in found.attendees] == ["ana@coop.example"]


NAMES = [
    'CN="Ana "la jefa" Soto"',
    "CN=Soto; Ana",
    "CN=Soto, Ana",
    "CN=Gerencia: Ana",
    'CN=Ana "la jefa" Soto',
    'CN="Ana Soto',
    'CN=Ana Soto"',
    "CN=Ana Núñez ñ",
    "CN=アナ",
    "CN='Ana; Soto'",
    'CN="Ana <ana@otra.example>"',
    "CN=",
    'CN="Depto; Ventas: ""Sur"""',
]


@pytest.mark.parametrize("name", NAMES)
def test_a_name_as_it_was_typed_costs_nobody_their_answer(name):
    for line in (
        f"ATTENDEE;{name};PARTSTAT=TENTATIVE:mailto:ana@coop.example",
        f"ATTENDEE;PARTSTAT=TENTATIVE;{name}:MAILTO:ana@coop.example",
    ):
        [found] = read(line).attendees
        assert (found.address, found.partstat) == ("ana@coop.example", "TENTATIVE")


def test_of_a_broken_line_too_it_is_told_who_is_sent_instead():
    line = 'ATTENDEE;CN=Ana "x" S;PARTSTAT=DELEGATED;DELEGATED-TO="mailto:beto@coop.example":'
    [found] = read(line + "mailto:ana@coop.example").attendees
    assert (found.address, found.delegated_to) == ("ana@coop.example", "beto@coop.example")


OUTLOOK = [
    "BEGIN:VTIMEZONE",
    "TZID:Zona propia",
    "BEGIN:STANDARD",
    "DTSTART:16010101T000000",
    "TZOFFSETFROM:-0300",
    "TZOFFSETTO:-0400",
    "RRULE:FREQ=YEARLY;INTERVAL=1;BYDAY=1SU;BYMONTH=4",
    "END:STANDARD",
    "BEGIN:DAYLIGHT",
    "DTSTART:16010101T000000",
    "TZOFFSETFROM:-0400",
    "TZOFFSETTO:-0300",
    "RRULE:FREQ=YEARLY;INTERVAL=1;BYDAY=1SU;BYMONTH=9",
    "END:DAYLIGHT",
    "END:VTIMEZONE",
]
FIXED = [
    "BEGIN:VTIMEZONE",
    "TZID:Zona propia",
    "BEGIN:STANDARD",
    "DTSTART:19700101T000000",
    "TZOFFSETFROM:-0300",
    "TZOFFSETTO:-0300",
    "END:STANDARD",
    "END:VTIMEZONE",
]
NAMED = ["BEGIN:VTIMEZONE", "TZID:Zona propia", "X-LIC-LOCATION:America/Santiago", "END:VTIMEZONE"]


@pytest.mark.parametrize("zones", [OUTLOOK, FIXED, NAMED])
def test_a_time_in_a_zone_of_the_messages_own_is_a_moment(zones):
    lines = ("DTSTART;TZID=Zona propia:20261211T160000", ATTENDEE)
    found = read(*lines, method="COUNTER", zones=zones)
    assert found.starts_at.astimezone(UTC) == datetime(2026, 12, 11, 19, tzinfo=UTC)


def test_a_zone_of_ones_own_has_its_winter_and_its_summer():
    winter = read("DTSTART;TZID=Zona propia:20260711T160000", method="COUNTER", zones=OUTLOOK)
    assert winter.starts_at.utcoffset() == timedelta(hours=-4)
    assert own_zones.read([OUTLOOK[1:]])["zona propia"].at(datetime(1, 1, 1)) is not None


def test_a_definition_teaches_the_process_nothing():
    read("DTSTART;TZID=Zona propia:20261211T160000", method="COUNTER", zones=OUTLOOK)
    found = read("DTSTART;TZID=Zona propia:20261211T160000", method="COUNTER")
    assert found.starts_at is None


@pytest.mark.parametrize(
    "line",
    [
        "RRULE:FREQ=SECONDLY",
        "RRULE:FREQ=YEARLY;BYMONTH=13;BYDAY=1SU",
        "RRULE:FREQ=YEARLY;BYMONTH=²;BYDAY=1SU",
        "RRULE:FREQ=YEARLY;BYMONTH=4;BYDAY=SU;BYSETPOS=-9999999999",
        "TZOFFSETTO:+9999",
        "TZOFFSETTO:x",
        "DTSTART:99999999T999999",
    ],
)
def test_no_definition_of_a_zone_breaks_anything(line):
    zones = [*OUTLOOK[:3], line, "TZOFFSETTO:-0300", line, *OUTLOOK[7:]]
    lines = ("DTSTART;TZID=Zona propia:20261211T160000", ATTENDEE)
    assert read(*lines, method="COUNTER", zones=zones).attendees


@given(st.lists(st.text(alphabet="BEGIN:ENDSTARLUGHTZO+-0123456789=;FRQYMA,\n", max_size=60)))
def test_no_lines_of_a_zone_raise_anything(lines):
    for zone in own_zones.read([["TZID:x", *lines]]).values():
        zone.at(datetime(2026, 1, 1))


def test_a_proposal_may_be_a_day_a_length_or_a_time_of_wherever_it_is():
    day = read("DTSTART;VALUE=DATE:20261211", method="COUNTER")
    assert (day.starts_at, day.is_whole_days) == (datetime(2026, 12, 11), True)
    long = read("DTSTART:20261211T190000Z", "DURATION:PT1H30M", method="COUNTER")
    assert long.lasts == timedelta(minutes=90)
    assert read("DTSTART:20261211T160000", method="COUNTER").starts_at.tzinfo is None
    for length in ("P", "-PT1H", "PT0S", "P99999999D", "x"):
        assert read(f"DURATION:{length}", method="COUNTER").lasts is None
