"""The calendar object of a message to one person: rules A3 to A6, B6 to B9, B12 and C."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import partial

import pytest

from coopoutreach.platform.ics.entry import Answer, Method, Party, Status
from coopoutreach.platform.ics.event import vevent
from coopoutreach.platform.ics.invitation import invitation
from tests.support.readers import lines

STAMP = datetime(2026, 11, 24, 8, 0, tzinfo=UTC)


@pytest.fixture(scope="session")
def write(kept, organizer, attendee):
    """Write an invitation of Rosa's, with what the test says differently."""
    return partial(
        invitation, kept, method=Method.REQUEST, stamp=STAMP, organizer=organizer, attendee=attendee
    )


@pytest.fixture(scope="session")
def kept_cancelled(entry):
    return vevent(replace(entry, status=Status.CANCELLED, sequence=4))


def _line(calendar, name):
    (found,) = [line for line in lines(calendar) if line.startswith((f"{name}:", f"{name};"))]
    return found


def test_the_kept_lines_are_all_there_but_for_the_stamp(kept, write):
    gone = set(lines(kept)) - set(lines(write()))
    assert gone == {"DTSTAMP:20261120T093015Z"}


def test_a_request_reads_as_written(write):
    assert lines(write())[:6] == [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        "PRODID:-//FECRECOOP//coopoutreach//ES",
        "CALSCALE:GREGORIAN",
        "METHOD:REQUEST",
        "BEGIN:VEVENT",
    ]
    assert lines(write())[-2:] == ["END:VEVENT", "END:VCALENDAR"]


def test_what_is_no_kept_event_is_refused(write):
    with pytest.raises(ValueError, match="not found"):
        invitation(b"BEGIN:VEVENT\r\nEND:VEVENT\r\n", **write.keywords)


@pytest.mark.parametrize("method", Method)
def test_a1_f13_the_uid_is_the_feeds(entry, write, method):
    assert _line(write(method=method), "UID") == f"UID:{entry.uid}"


def test_a3_dtstamp_is_the_moment_of_this_message(write):
    assert _line(write(), "DTSTAMP") == "DTSTAMP:20261124T080000Z"


def test_a3_sent_again_it_has_a_newer_dtstamp_and_the_same_sequence(write):
    again = write(stamp=STAMP + timedelta(seconds=1))
    assert _line(again, "DTSTAMP") > _line(write(), "DTSTAMP")
    assert _line(again, "SEQUENCE") == _line(write(), "SEQUENCE") == "SEQUENCE:3"


def test_a3_a_stamp_without_a_zone_is_refused(write):
    with pytest.raises(ValueError, match="no zone"):
        write(stamp=STAMP.replace(tzinfo=None))


def test_a5_a_lagging_clock_does_not_date_the_message_before_the_revision(entry, write):
    early = write(stamp=entry.revised_at - timedelta(minutes=1))
    assert _line(early, "LAST-MODIFIED") == "LAST-MODIFIED:20261120T093015Z"
    assert _line(early, "DTSTAMP") == "DTSTAMP:20261120T093015Z"


@pytest.mark.parametrize("answer", Answer)
def test_a6_an_update_of_the_text_repeats_the_answer_and_the_sequence(write, answer):
    update = write(answer=answer)
    assert f";PARTSTAT={answer.value};" in _line(update, "ATTENDEE")
    assert _line(update, "SEQUENCE") == "SEQUENCE:3"


def test_a6_an_update_of_the_time_raises_the_sequence_and_asks_again(entry, write):
    moved = vevent(replace(entry, sequence=4, ends_at=entry.ends_at + timedelta(hours=1)))
    update = invitation(moved, **write.keywords)
    assert _line(update, "SEQUENCE") == "SEQUENCE:4"
    assert ";PARTSTAT=NEEDS-ACTION;RSVP=TRUE;" in _line(update, "ATTENDEE")


def test_a7_there_is_no_second_sequence_to_disagree(write):
    assert b"X-MICROSOFT-CDO-APPT-SEQUENCE" not in write(sequence=9)


@pytest.mark.parametrize("method", Method)
def test_b2_the_method_is_said_once(write, method):
    assert _line(write(method=method), "METHOD") == f"METHOD:{method.value}"


@pytest.mark.parametrize("method", Method)
def test_b6_the_organizer_is_always_there(write, method):
    assert _line(write(method=method), "ORGANIZER") == (
        "ORGANIZER;CN=FECRECOOP:mailto:agenda+r-5hQ9@agenda.fecrecoop.example"
    )


def test_b6_the_common_name_is_quoted_when_needed(write):
    office = Party("FECRECOOP, Temuco", "agenda@fecrecoop.example")
    assert _line(write(organizer=office), "ORGANIZER") == (
        'ORGANIZER;CN="FECRECOOP, Temuco":mailto:agenda@fecrecoop.example'
    )


def test_b6_who_has_no_name_has_no_common_name(write):
    nameless = write(organizer=Party("", "agenda@fecrecoop.example"))
    assert _line(nameless, "ORGANIZER") == "ORGANIZER:mailto:agenda@fecrecoop.example"


@pytest.mark.parametrize("method", Method)
def test_b7_the_one_attendee_is_the_recipient(write, method):
    written = write(method=method)
    assert written.count(b"ATTENDEE") == 1
    assert written.count(b"mailto:") == 2  # the organiser's and theirs
    assert _line(written, "ATTENDEE").endswith(":mailto:rosa@coop.example")


def test_b8_the_attendee_is_a_person_who_is_asked_to_answer(write):
    assert _line(write(), "ATTENDEE") == (
        "ATTENDEE;CUTYPE=INDIVIDUAL;ROLE=REQ-PARTICIPANT;PARTSTAT=NEEDS-ACTION;RSVP=TRUE;"
        "CN=Rosa Ñancupil:mailto:rosa@coop.example"
    )


def test_b9_an_invitation_takes_up_time_and_admits_no_counter_proposal(write):
    written = lines(write())
    for line in (
        "STATUS:CONFIRMED",
        "TRANSP:OPAQUE",
        "CLASS:PUBLIC",
        "X-MICROSOFT-CDO-BUSYSTATUS:BUSY",
        "X-MICROSOFT-DISALLOW-COUNTER:TRUE",
    ):
        assert line in written


def test_b12_there_is_no_alarm_unless_asked_for(write):
    assert b"VALARM" not in write()


def test_b12_there_is_at_most_one_alarm_and_it_is_shown(write):
    written = lines(write(alarm_minutes=30))
    start = written.index("BEGIN:VALARM")
    assert written[start:] == [
        "BEGIN:VALARM",
        "ACTION:DISPLAY",
        "DESCRIPTION:Recordatorio",
        "TRIGGER:-PT30M",
        "END:VALARM",
        "END:VEVENT",
        "END:VCALENDAR",
    ]


def test_b12_an_alarm_after_the_start_is_refused(write):
    with pytest.raises(ValueError, match="rings before"):
        write(alarm_minutes=-1)


def test_b12_a_cancellation_rings_nothing(write):
    assert b"VALARM" not in write(method=Method.CANCEL, alarm_minutes=30)


def test_b15_a_hostile_name_stays_in_its_place(write):
    hostile = Party('x"\r\nATTENDEE:mailto:a@x.example;RSVP=FALSE', "y@x.example\r\nX:z")
    written = lines(write(attendee=hostile))
    assert len(written) == len(lines(write()))


def test_c1_a_cancellation_repeats_what_is_cancelled(entry, write, kept_cancelled):
    cancel = invitation(kept_cancelled, **{**write.keywords, "method": Method.CANCEL})
    written = lines(cancel)
    for line in (
        "METHOD:CANCEL",
        "STATUS:CANCELLED",
        "TRANSP:TRANSPARENT",
        "X-MICROSOFT-CDO-BUSYSTATUS:FREE",
        "SEQUENCE:4",
        f"UID:{entry.uid}",
        "DTSTART:20261215T130000Z",
    ):
        assert line in written
    assert _line(cancel, "SUMMARY").count("CANCELADA: ") == 1
    assert _line(cancel, "ORGANIZER") == _line(write(), "ORGANIZER")
    assert _line(cancel, "ATTENDEE").endswith(":mailto:rosa@coop.example")
    assert b"TZID" not in cancel


def test_c1_a_cancellation_asks_for_no_reply(write):
    assert "RSVP" not in _line(write(method=Method.CANCEL), "ATTENDEE")


def test_c2_who_is_no_longer_invited_loses_an_event_that_takes_place(write):
    cancel = write(method=Method.CANCEL, sequence=4)
    written = lines(cancel)
    assert "STATUS:CANCELLED" in written
    assert "STATUS:CONFIRMED" not in written
    assert "TRANSP:TRANSPARENT" in written
    assert "X-MICROSOFT-CDO-BUSYSTATUS:FREE" in written
    assert "SEQUENCE:4" in written
    assert _line(cancel, "SUMMARY") == _line(write(), "SUMMARY")


def test_c3_nobody_is_invited_to_a_cancelled_event(write, kept_cancelled):
    with pytest.raises(ValueError, match="cancelled event"):
        invitation(kept_cancelled, **write.keywords)


def test_f11_lines_are_crlf_utf8_and_at_most_75_octets(write):
    written = write(attendee=Party("Ñ" * 200, f"{'a' * 64}@x.example"))
    assert b"\n" not in written.replace(b"\r\n", b"")
    assert max(map(len, written.split(b"\r\n"))) <= 75
    written.decode()


def test_t4_no_zone_is_declared_because_none_is_used(write):
    assert b"VTIMEZONE" not in write()
    assert b"TZID" not in write()
