"""The kept VEVENT: rules A, B, F and T as far as they concern it."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

import pytest

from coopoutreach.platform.ics.entry import Status
from coopoutreach.platform.ics.event import vevent
from tests.support.readers import lines


def test_a1_the_uid_stays_whatever_else_changes(entry):
    edited = replace(entry, summary="Otra", sequence=4, status=Status.CANCELLED, location="")
    assert f"UID:{entry.uid}" in lines(vevent(entry))
    assert f"UID:{entry.uid}" in lines(vevent(edited))


def test_a2_the_sequence_is_the_entrys(entry):
    assert "SEQUENCE:0" in lines(vevent(replace(entry, sequence=0)))
    assert "SEQUENCE:3" in lines(vevent(entry))


def test_a4_without_a_method_dtstamp_is_the_last_revision(kept):
    assert "DTSTAMP:20261120T093015Z" in lines(kept)
    assert "LAST-MODIFIED:20261120T093015Z" in lines(kept)


def test_a4_the_same_entry_gives_the_same_bytes(entry, kept):
    assert vevent(replace(entry)) == kept


def test_a5_created_and_last_modified_are_in_utc(entry):
    in_chile = timezone(timedelta(hours=-3))
    written = vevent(
        replace(
            entry,
            created_at=entry.created_at.astimezone(in_chile),
            revised_at=entry.revised_at.astimezone(in_chile),
        )
    )
    assert "CREATED:20261001T120000Z" in lines(written)
    assert "LAST-MODIFIED:20261120T093015Z" in lines(written)


def test_a7_there_is_no_second_sequence_to_disagree(kept):
    assert b"X-MICROSOFT-CDO-APPT-SEQUENCE" not in kept


@pytest.mark.parametrize(
    ("status", "transparency", "busy_status"),
    [
        (Status.CONFIRMED, "OPAQUE", "BUSY"),
        (Status.TENTATIVE, "OPAQUE", "TENTATIVE"),
        (Status.CANCELLED, "TRANSPARENT", "FREE"),
    ],
)
def test_b9_status_and_free_time_agree(entry, status, transparency, busy_status):
    written = lines(vevent(replace(entry, status=status)))
    assert f"STATUS:{status}" in written
    assert f"TRANSP:{transparency}" in written
    assert f"X-MICROSOFT-CDO-BUSYSTATUS:{busy_status}" in written
    assert "CLASS:PUBLIC" in written


def test_b10_the_description_is_plain_text_and_nothing_else(entry):
    written = vevent(replace(entry, description="Costo < 5 UF & <b>gratis</b>"))
    assert "DESCRIPTION:Costo < 5 UF & <b>gratis</b>" in lines(written)
    for html in (b"X-ALT-DESC", b"ALTREP", b"STYLED-DESCRIPTION"):
        assert html not in written


@pytest.mark.parametrize(
    ("location", "description", "shown_location", "shown_description"),
    [
        ("", "Traiga su RUT.", "https://v.example/a", "Traiga su RUT."),
        ("Temuco", "Ver https://v.example/a", "Temuco", "Ver https://v.example/a"),
        ("En https://v.example/a", "", "En https://v.example/a", None),
        ("Temuco", "Hola.", "Temuco", "Hola.\\n\\nVideollamada: https://v.example/a"),
        ("Temuco", "", "Temuco", "Videollamada: https://v.example/a"),
    ],
)
def test_b11_a_link_to_a_conference_is_also_shown_as_text(
    entry, location, description, shown_location, shown_description
):
    link = "https://v.example/a"
    written = lines(
        vevent(replace(entry, location=location, description=description, conference_url=link))
    )
    assert f"CONFERENCE;VALUE=URI;FEATURE=VIDEO;LABEL=Videollamada:{link}" in written
    assert f"LOCATION:{shown_location}" in written
    described = [line for line in written if line.startswith("DESCRIPTION:")]
    assert described == ([f"DESCRIPTION:{shown_description}"] if shown_description else [])


def test_b11_without_a_link_there_is_no_conference(kept):
    assert b"CONFERENCE" not in kept


def test_b12_b13_f7_it_names_nobody_and_rings_nothing(kept):
    for word in (b"ATTENDEE", b"ORGANIZER", b"VALARM", b"mailto:"):
        assert word not in kept


def test_what_is_empty_has_no_line(entry):
    bare = vevent(replace(entry, description="", location="", url="", categories=()))
    for name in (b"DESCRIPTION", b"LOCATION", b"URL", b"CATEGORIES"):
        assert name not in bare


def test_categories_and_link_are_written(kept):
    assert "CATEGORIES:Charla" in lines(kept)
    assert "CATEGORIES:Financiamiento" in lines(kept)
    assert "URL:https://charlas.fecrecoop.example/charlas/como-postular" in lines(kept)


def test_f9_a_cancelled_event_says_so_in_its_title(entry):
    written = lines(vevent(replace(entry, summary="Charla", status=Status.CANCELLED)))
    assert "SUMMARY:CANCELADA: Charla" in written
    assert "STATUS:CANCELLED" in written
    assert "TRANSP:TRANSPARENT" in written


def test_f11_lines_are_crlf_utf8_and_at_most_75_octets(entry):
    written = vevent(replace(entry, summary="ñ👩‍🌾\\;" * 40, description="\n\\" * 90))
    assert b"\n" not in written.replace(b"\r\n", b"")
    assert not written.startswith(b"\xef\xbb\xbf")
    assert max(map(len, written.split(b"\r\n"))) <= 75
    written.decode()


def test_d2_times_are_in_utc_without_a_zone(kept):
    assert "DTSTART:20261215T130000Z" in lines(kept)
    assert "DTEND:20261215T150000Z" in lines(kept)
    assert b"TZID" not in kept


def test_t2_three_hours_over_the_change_of_clocks_are_three_hours(entry, icaljs):
    starts_at = datetime(2026, 4, 4, 22, 0, tzinfo=ZoneInfo("America/Santiago")).astimezone(UTC)
    over_the_change = replace(entry, starts_at=starts_at, ends_at=starts_at + timedelta(hours=3))
    calendar = b"BEGIN:VCALENDAR\r\n" + vevent(over_the_change) + b"END:VCALENDAR\r\n"
    (read,) = icaljs([calendar])
    (seen,) = read.events
    assert seen.starts_at == datetime(2026, 4, 5, 1, 0, tzinfo=UTC)
    assert seen.ends_at - seen.starts_at == timedelta(hours=3)


def test_t9_a_meeting_is_one_event_and_never_a_rule(kept):
    for name in (b"RRULE", b"RDATE", b"EXDATE", b"RECURRENCE-ID"):
        assert name not in kept


@pytest.mark.parametrize("field", ["summary", "description", "location", "conference_url", "url"])
def test_b15_no_text_makes_a_line_of_its_own(entry, field):
    hostile = "x\r\nATTENDEE:mailto:a@x.example\nEND:VEVENT\r\n BEGIN:VALARM\u2028X:y"
    written = lines(vevent(replace(entry, **{field: hostile})))
    assert [line for line in written if line.startswith(("ATTENDEE", "BEGIN", "END", "X:"))] == [
        "BEGIN:VEVENT",
        "END:VEVENT",
    ]
