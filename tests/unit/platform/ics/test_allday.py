"""What falls on a day: rules A4, B7, F7 and F11, and what others' readers make of it."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import icalendar
import pytest
from hypothesis import given
from hypothesis import strategies as st

from coopoutreach.platform.ics import text
from coopoutreach.platform.ics.allday import Day, vevent
from coopoutreach.platform.ics.feed import FeedHead, feed
from tests.support.readers import lines

HEAD = FeedHead("Mi agenda", "")
DUE = Day(
    uid="compromiso-7f3a@agenda.fecrecoop.example",
    sequence=2,
    on=date(2027, 1, 15),
    summary="Vence: remitir el articulado vigente; CORFO, a FECRECOOP",
    description="Compromiso C-2026-03-02.\nMedio de verificación: oficio.",
    url="https://mesa.fecrecoop.example/compromisos/7f3a",
    created_at=datetime(2026, 12, 1, 12, 0, tzinfo=UTC),
    revised_at=datetime(2026, 12, 2, 9, 30, 15, 999, tzinfo=UTC),
)


def test_it_is_a_date_whose_end_is_the_day_after_and_takes_up_no_time():
    assert lines(vevent(DUE)) == [
        "BEGIN:VEVENT",
        "UID:compromiso-7f3a@agenda.fecrecoop.example",
        "SEQUENCE:2",
        "DTSTAMP:20261202T093015Z",
        "CREATED:20261201T120000Z",
        "LAST-MODIFIED:20261202T093015Z",
        "DTSTART;VALUE=DATE:20270115",
        "DTEND;VALUE=DATE:20270116",
        "SUMMARY:Vence: remitir el articulado vigente\\; CORFO\\, a FECRECOOP",
        "DESCRIPTION:Compromiso C-2026-03-02.\\nMedio de verificación: oficio.",
        "URL:https://mesa.fecrecoop.example/compromisos/7f3a",
        "STATUS:CONFIRMED",
        "TRANSP:TRANSPARENT",
        "CLASS:PUBLIC",
        "X-MICROSOFT-CDO-ALLDAYEVENT:TRUE",
        "X-MICROSOFT-CDO-BUSYSTATUS:FREE",
        "END:VEVENT",
    ]


@pytest.mark.parametrize(
    ("on", "end"),
    [
        (date(2026, 12, 31), b"20270101"),
        (date(2028, 2, 28), b"20280229"),
        (date(2027, 2, 28), b"20270301"),
    ],
)
def test_the_end_follows_the_calendar(on, end):
    assert b"DTEND;VALUE=DATE:" + end in vevent(replace(DUE, on=on))


def test_a4_it_is_the_same_each_time():
    assert vevent(DUE) == vevent(replace(DUE))


def test_what_is_empty_has_no_line():
    assert b"DESCRIPTION" not in vevent(replace(DUE, description=" "))
    assert b"URL" not in vevent(replace(DUE, url=""))


@pytest.mark.parametrize("wrong", [{"uid": "con espacio"}, {"sequence": -1}, {"summary": " \n"}])
def test_what_no_reader_would_understand_is_refused(wrong):
    with pytest.raises(ValueError, match=r"UID|SEQUENCE|title"):
        replace(DUE, **wrong)


def test_a_moment_needs_a_zone():
    with pytest.raises(ValueError, match="zone"):
        vevent(replace(DUE, revised_at=datetime(2026, 12, 2)))


@given(st.text(min_size=1).filter(text.clean))
def test_f11_every_title_is_read_back_and_every_line_is_short(words):
    written = feed(HEAD, [vevent(replace(DUE, summary=words))])
    assert max(map(len, written.split(b"\r\n"))) <= 75
    (event,) = icalendar.Calendar.from_ical(written).walk("VEVENT")
    assert event.errors == []
    assert str(event["SUMMARY"]) == text.clean(words)


def test_the_icalendar_library_reads_a_date():
    (event,) = icalendar.Calendar.from_ical(feed(HEAD, [vevent(DUE)])).walk("VEVENT")
    assert event.errors == []
    assert (event.start, event.end) == (DUE.on, DUE.on + timedelta(days=1))


def test_icaljs_reads_a_date(icaljs):
    (read,) = icaljs([feed(HEAD, [vevent(DUE)])])
    (event,) = read.vevents
    assert event.value("summary") == DUE.summary
    assert event.value("dtstart") == "2027-01-15"
    assert event.value("dtend") == "2027-01-16"


def test_libical_reads_a_date(libical):
    (seen,) = libical(feed(HEAD, [vevent(DUE)]))
    assert seen.summary == DUE.summary
    assert seen.starts_at == datetime(2027, 1, 15, tzinfo=UTC)
    assert seen.ends_at - seen.starts_at == timedelta(days=1)


def test_khal_reads_a_date(khal):
    (seen,) = khal(feed(HEAD, [vevent(DUE)]))
    assert seen.summary == DUE.summary
    # khal shows the last day, and not the one after it.
    assert seen.starts_at.date() == DUE.on
