"""A feed: rules A4, B12, F5 to F7, F9, F11 to F13 and T4."""

from dataclasses import replace

import pytest

from coopoutreach.platform.ics.entry import Method, Status
from coopoutreach.platform.ics.event import vevent
from coopoutreach.platform.ics.feed import FeedHead, feed
from coopoutreach.platform.ics.invitation import invitation
from coopoutreach.platform.ics.zones import vtimezone
from tests.support.readers import lines

HEAD = FeedHead(name="Charlas, de FECRECOOP", description="Charlas y talleres; abiertos.")


@pytest.fixture(scope="session")
def many(entry):
    """Three entries, the second cancelled."""
    return [
        vevent(replace(entry, uid=f"charla-{number}@x.example", status=status))
        for number, status in enumerate((Status.CONFIRMED, Status.CANCELLED, Status.TENTATIVE))
    ]


def test_a4_f5_two_renders_of_what_did_not_change_are_the_same_bytes(entry):
    first = feed(HEAD, [vevent(entry)])
    assert feed(replace(HEAD), [vevent(replace(entry))]) == first


def test_f5_events_stand_in_the_order_given(many):
    uids = [line for line in lines(feed(HEAD, reversed(many))) if line.startswith("UID:")]
    assert uids == [f"UID:charla-{number}@x.example" for number in (2, 1, 0)]


def test_f5_the_calendar_has_no_uid_of_its_own():
    assert b"UID:" not in feed(HEAD, [])


def test_f6_the_head_says_what_readers_look_for():
    assert lines(feed(HEAD, []))[:12] == [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        "PRODID:-//FECRECOOP//coopoutreach//ES",
        "CALSCALE:GREGORIAN",
        "NAME:Charlas\\, de FECRECOOP",
        "X-WR-CALNAME:Charlas\\, de FECRECOOP",
        "DESCRIPTION:Charlas y talleres\\; abiertos.",
        "X-WR-CALDESC:Charlas y talleres\\; abiertos.",
        "X-WR-TIMEZONE:America/Santiago",
        "REFRESH-INTERVAL;VALUE=DURATION:PT4H",
        "X-PUBLISHED-TTL:PT4H",
        "COLOR:darkgreen",
    ]


def test_f6_a_source_is_named_only_when_it_is_no_secret():
    address = "https://x.example/calendario/charlas.ics"
    assert b"SOURCE" not in feed(HEAD, [])
    assert f"SOURCE;VALUE=URI:{address}" in lines(feed(replace(HEAD, source=address), []))


def test_f6_a_feed_without_a_description_has_no_line_for_it():
    assert b"DESC" not in feed(FeedHead(name="Charlas", description=""), [])


@pytest.mark.parametrize("color", ["#006400", "DarkGreen", "", "red\r\nX:y"])
def test_f6_a_colour_is_a_name(color):
    with pytest.raises(ValueError, match="CSS3"):
        FeedHead(name="Charlas", description="", color=color)


def test_f6_there_is_no_method(many):
    assert b"METHOD" not in feed(HEAD, many)


def test_b12_f7_nobody_is_named_and_nothing_rings(many):
    written = feed(HEAD, many)
    for word in (b"ATTENDEE", b"ORGANIZER", b"VALARM", b"mailto:"):
        assert word not in written


def test_f9_a_cancelled_event_stays_and_says_so(many):
    written = lines(feed(HEAD, many))
    assert len([line for line in written if line == "BEGIN:VEVENT"]) == 3
    assert written.count("STATUS:CANCELLED") == 1
    assert written.count("TRANSP:TRANSPARENT") == 1
    assert len([line for line in written if line.startswith("SUMMARY:CANCELADA: ")]) == 1


def test_f11_lines_are_crlf_utf8_and_at_most_75_octets(many):
    written = feed(FeedHead(name="Ñandú " * 30, description="a\n\\" * 60), many)
    assert b"\n" not in written.replace(b"\r\n", b"")
    assert max(map(len, written.split(b"\r\n"))) <= 75
    written.decode()


def test_f12_an_empty_feed_still_has_a_component():
    assert feed(HEAD, []).endswith(vtimezone("America/Santiago") + b"END:VCALENDAR\r\n")


def test_f13_an_event_has_the_uid_of_its_invitation(entry, kept, organizer, attendee):
    mailed = invitation(
        kept,
        method=Method.REQUEST,
        stamp=entry.revised_at,
        organizer=organizer,
        attendee=attendee,
    )
    uid = f"UID:{entry.uid}"
    assert uid in lines(feed(HEAD, [kept]))
    assert uid in lines(mailed)


def test_t4_one_zone_and_it_stands_before_the_events(many):
    written = lines(feed(HEAD, many))
    assert written.count("BEGIN:VTIMEZONE") == 1
    assert written.index("END:VTIMEZONE") < written.index("BEGIN:VEVENT")
