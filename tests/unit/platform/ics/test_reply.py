"""Answers of calendar programs are read in any shape; what is hostile raises one error, soon."""

import contextlib
import time
from datetime import UTC, datetime

import icalendar
import pytest
from hypothesis import given
from hypothesis import strategies as st

from coopoutreach.platform.ics import reading, reply, times
from coopoutreach.platform.ics.reply import Unreadable

UID = "charla-101@agenda.fecrecoop.example.cl"


def an_answer(*lines, method="REPLY", around=()):
    body = ["BEGIN:VCALENDAR", f"METHOD:{method}", *around, "BEGIN:VEVENT", f"UID:{UID}"]
    return "\r\n".join([*body, *lines, "END:VEVENT", "END:VCALENDAR", ""]).encode()


def answered(*lines, **how):
    [one] = reply.read(an_answer(*lines, **how)).answered
    return one


def test_an_answer_needs_little():
    one = answered("ATTENDEE;PARTSTAT=ACCEPTED:mailto:ana@coop.example")
    assert (one.uid, one.sequence, one.stamp) == (UID, 0, None)
    assert [(a.address, a.partstat) for a in one.attendees] == [("ana@coop.example", "ACCEPTED")]


@pytest.mark.parametrize(
    "line",
    [
        "attendee;partstat=accepted:MAILTO:Ana@Coop.Example",
        'ATTENDEE;CN="Soto, Ana: jefa";PARTSTAT="ACCEPTED":mailto:ana@coop.example',
        "ATTENDEE;EMAIL=ana@coop.example;PARTSTAT=ACCEPTED:urn:uuid:1",
        "ATTENDEE;PARTSTAT=AC\r\n CEPTED:mailto:ana@\r\n\tcoop.example",
        "ATTENDEE;CN=Ana^'s;PARTSTAT=ACCEPTED:mailto:ana%40coop.example",
    ],
)
def test_who_answers_is_found_however_it_is_written(line):
    [one] = answered(line).attendees
    assert (one.address, one.partstat) == ("ana@coop.example", "ACCEPTED")


@pytest.mark.parametrize(
    ("given", "found"), [("3", 3), ("+3", 3), ("-1", 0), ("x", 0), ("", 0), ("9" * 10, 2**31 - 1)]
)
def test_a_sequence_that_cannot_be_read_is_none(given, found):
    assert answered(f"SEQUENCE:{given}").sequence == found


def test_one_broken_line_costs_itself_alone():
    one = answered(
        "ATTENDEE;TZID=(UTC-04:00) Santiago;X:a",
        "DTSTAMP:yesterday",
        "SEQUENCE;=:2",
        "ATTENDEE;PARTSTAT=DECLINED:mailto:ana@coop.example",
    )
    assert [a.address for a in one.attendees] == ["ana@coop.example"]


def test_delegation_says_to_whom():
    [one] = answered(
        'ATTENDEE;PARTSTAT=DELEGATED;DELEGATED-TO="mailto:Beto@coop.example":mailto:ana@coop.example'
    ).attendees
    assert (one.partstat, one.delegated_to) == ("DELEGATED", "beto@coop.example")


def test_rs_10_a_comment_is_plain_text_and_short():
    one = answered("COMMENT:<b>Voy</b>\\, con \u202egusto\\n" + "a" * 20_000)
    assert one.comment.startswith("<b>Voy</b>, con gusto\n")
    assert len(one.comment) == reply.LONGEST_COMMENT


@pytest.mark.parametrize(
    ("tzid", "zone"),
    [
        ("Pacific SA Standard Time", "America/Santiago"),
        ("Magallanes Standard Time", "America/Punta_Arenas"),
        ("Easter Island Standard Time", "Pacific/Easter"),
        ("America/Santiago", "America/Santiago"),
        ("/freeassociation.sourceforge.net/America/Santiago", "America/Santiago"),
        ("Chile/Continental", "Chile/Continental"),
    ],
)
def test_t10_a_zone_is_known_by_the_names_that_programs_use(tzid, zone):
    assert str(times.zone_of(tzid)) == zone


@pytest.mark.parametrize(
    "tzid", ["America", "../../../etc/passwd", "", "Hora de Chile", "a/" * 999]
)
def test_a_time_in_no_zone_is_left_out_and_the_answer_stays(tzid):
    one = answered(
        f"DTSTART;TZID={tzid}:20260910T180000",
        "ATTENDEE;PARTSTAT=TENTATIVE:mailto:ana@coop.example",
        method="COUNTER",
    )
    assert one.starts_at is None
    assert one.attendees


@pytest.mark.parametrize(
    "value", ["20260230T100000Z", "00000101T000000Z", "99991231T235959", "20260910", "2026-09-10"]
)
def test_what_is_no_moment_is_none(value):
    assert times.moment(value, "Pacific/Easter") is None


def test_a_time_is_read_for_a_proposal_alone():
    lines = ("DTSTART:20260910T210000Z", "ATTENDEE:mailto:ana@coop.example")
    assert answered(*lines).starts_at is None
    assert answered(*lines, method="COUNTER").starts_at == datetime(2026, 9, 10, 21, tzinfo=UTC)


def test_a_zone_in_a_message_teaches_nobody_anything():
    poison = (
        "BEGIN:VTIMEZONE",
        "TZID:Pacific SA Standard Time",
        "BEGIN:STANDARD",
        "DTSTART:16010101T000000",
        "TZOFFSETFROM:+0900",
        "TZOFFSETTO:+0900",
        "END:STANDARD",
        "END:VTIMEZONE",
    )
    answered("ATTENDEE:mailto:a@b", around=poison, method="COUNTER")
    text = an_answer("DTSTART;TZID=Pacific SA Standard Time:20260910T180000").replace(
        b"UID:", b"DTSTAMP:20260801T000000Z\r\nUID:"
    )
    [event] = icalendar.Calendar.from_ical(text).walk("VEVENT")
    assert event["DTSTART"].dt.utcoffset().total_seconds() == -3 * 3600


def test_no_file_is_read_whatever_the_body_names(tmp_path):
    (tmp_path / "x.ics").write_bytes(an_answer("ATTENDEE:mailto:ana@coop.example"))
    with pytest.raises(Unreadable):
        reply.read(str(tmp_path / "x.ics").encode())


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"\x00" * 100,
        b"BEGIN:VCALENDAR\nEND:VCALENDAR",
        b"BEGIN:VEVENT\nUID:x\nEND:VEVENT",
        b"END:VCALENDAR\n" * 9,
        b"BEGIN:VCALENDAR\n" + b"BEGIN:VEVENT\nEND:VEVENT\n" * 21,
        b"x" * (reading.LONGEST + 1),
    ],
)
def test_what_is_no_answer_is_unreadable(body):
    with pytest.raises(Unreadable):
        reply.read(body)


@given(st.binary(max_size=400))
def test_no_bytes_raise_anything_else(body):
    for text in (body, an_answer().replace(b"UID:", body + b"\r\nUID:")):
        with contextlib.suppress(Unreadable):
            reply.read(text)


_PIECES = ["ATTENDEE", "DTSTART", ";", ":", "=", '"', "^", "\\", ",", "TZID", "America", "PARTSTAT"]
_PIECES += ["BEGIN:", "END:", "VEVENT", "VCALENDAR", "\r\n", "\n ", "mailto:", "a@b", "\ud7ff", "é"]


@given(st.lists(st.sampled_from(_PIECES), max_size=60))
def test_no_grammar_raises_anything_else(pieces):
    try:
        found = reply.read(an_answer("".join(pieces), method="COUNTER"))
    except Unreadable:
        return
    assert all(one.uid.isprintable() for one in found.answered)


def _bomb(line):
    return an_answer(*[line] * (reading.LONGEST // (len(line) + 2) - 1), method="COUNTER")


BOMBS = {
    "a million properties": _bomb("X-A:1"),
    "parameters": _bomb("ATTENDEE;" + "A=1;" * 500 + "B=1:mailto:a@b"),
    "carets": _bomb("ATTENDEE;CN=" + "^n" * 1000 + ":mailto:a@b"),
    "commas": _bomb("ATTENDEE;CN=" + "a," * 1000 + ":mailto:a@b"),
    "backslashes": _bomb("COMMENT:" + "\\" * 8000),
    "one line": _bomb("COMMENT:" + "x" * (reading.LONGEST - 300)),
    "depth": b"BEGIN:VCALENDAR\n" + b"BEGIN:X\n" * (reading.LONGEST // 9),
    "folds": b"BEGIN:VCALENDAR\nBEGIN:VEVENT\nCOMMENT:" + b"\n " * (reading.LONGEST // 3),
}


@pytest.mark.parametrize("name", BOMBS)
def test_rs_08_a_bomb_takes_no_more_than_its_time(name):
    began = time.process_time()
    with contextlib.suppress(Unreadable):
        reply.read(BOMBS[name][: reading.LONGEST])
    assert time.process_time() - began < 5
