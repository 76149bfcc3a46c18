"""What others' readers make of it: rule B15, and each kind of object read whole."""

from dataclasses import replace
from datetime import UTC, datetime

import icalendar
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from coopoutreach.platform.ics import text
from coopoutreach.platform.ics.entry import Answer, Entry, Method, Party, Status
from coopoutreach.platform.ics.event import vevent
from coopoutreach.platform.ics.feed import FeedHead, feed
from coopoutreach.platform.ics.invitation import invitation

NOON = datetime(2026, 12, 15, 15, 0, tzinfo=UTC)
STAMP = datetime(2026, 11, 24, 8, 0, tzinfo=UTC)

#: What has gone wrong in one reader or another.
KNOWN = [
    "C:\\Noticias",
    "\\n \\N \\\\n \\;",
    "a;b,c:d",
    '"comillas" y ^ y ^n y ^\'',
    "uno\r\ndos\rtres\n\ncinco",
    "NUL\0 y campana\x07",
    "👩‍🌾🇨🇱 ñandú cooperacio\u0301n",
    "\u202eal revés",
    "%2C %5C %25",
    " al borde ",
    "x" * 500,
    "\\" * 200,
]

#: Such strings, and any others.
awkward = st.one_of(
    st.sampled_from(KNOWN),
    st.text(st.sampled_from("\\nN;,\"^':=%\r\n\té👩 xX")),
    st.text(),
)
#: Many at once, because a process of node is what takes the time.
batch = st.lists(awkward, min_size=100, max_size=150)
few = settings(
    max_examples=8,
    phases=(Phase.generate,),  # to shrink a batch takes minutes, and tells little more
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)


def _about(words, people="Rosa"):
    """Write an invitation whose every text is `words`, and whose people are called `people`."""
    kept = vevent(
        Entry(
            uid="charla-1@x.example",
            sequence=0,
            starts_at=NOON,
            ends_at=NOON.replace(hour=17),
            summary=words,
            description=words,
            location=words,
            url="https://x.example/charlas/1",
            status=Status.CONFIRMED,
            created_at=STAMP,
            revised_at=STAMP,
            categories=(words,),
        )
    )
    return invitation(
        kept,
        method=Method.REQUEST,
        stamp=STAMP,
        organizer=Party(people, "agenda@x.example"),
        attendee=Party(people, "rosa@coop.example"),
    )


@given(awkward)
def test_b15_the_icalendar_library_reads_back_every_text(words):
    calendar = icalendar.Calendar.from_ical(_about(words))
    (event,) = calendar.walk("VEVENT")
    assert event.errors == []
    for name in ("SUMMARY", "DESCRIPTION", "LOCATION"):
        assert str(event.get(name, "")) == text.clean(words)


@given(awkward)
def test_b15_the_icalendar_library_reads_back_every_name(name):
    calendar = icalendar.Calendar.from_ical(_about("Charla", name))
    (event,) = calendar.walk("VEVENT")
    for line in (event["ATTENDEE"], event["ORGANIZER"]):
        assert line.params.get("CN", "") == text.clean(name)


@few
@given(batch)
def test_b15_icaljs_reads_back_every_text(icaljs, batch):
    read = icaljs(_about(words) for words in batch)
    for words, calendar in zip(batch, read, strict=True):
        (event,) = calendar.vevents
        for name in ("summary", "description", "location", "categories"):
            assert event.value(name) == text.clean(words)


@few
@given(batch)
def test_b15_icaljs_reads_back_every_name(icaljs, batch):
    read = icaljs(_about("Charla", name) for name in batch)
    for name, calendar in zip(batch, read, strict=True):
        (event,) = calendar.vevents
        for line in (event.one("attendee"), event.one("organizer")):
            assert line.parameters.get("cn", "") == text.clean(name)


@few
@given(batch)
def test_b15_icaljs_reads_back_the_description_of_a_feed(icaljs, batch):
    read = icaljs(feed(FeedHead(name=words, description=words), []) for words in batch)
    for words, calendar in zip(batch, read, strict=True):
        # ical.js 2.2 knows DESCRIPTION as a text, and NAME not at all.
        assert calendar.calendar.value("description") == text.clean(words)


@given(awkward)
def test_b15_libical_reads_back_every_title(libical, words):
    (seen,) = libical(_about(words))
    assert seen.summary == text.clean(words)


@pytest.mark.parametrize("words", [words for words in KNOWN if "\n" not in text.clean(words)])
def test_b15_khal_reads_back_a_title(khal, words):
    (seen,) = khal(_about(words))
    assert seen.summary == text.clean(words)


def _objects(entry, organizer, attendee):
    kept = vevent(entry)
    cancelled = vevent(replace(entry, status=Status.CANCELLED, sequence=entry.sequence + 1))
    whom = {"stamp": STAMP, "organizer": organizer, "attendee": attendee}
    return {
        "request": invitation(kept, method=Method.REQUEST, alarm_minutes=60, **whom),
        "update": invitation(kept, method=Method.REQUEST, answer=Answer.ACCEPTED, **whom),
        "cancel": invitation(cancelled, method=Method.CANCEL, **whom),
        "uninvite": invitation(kept, method=Method.CANCEL, sequence=9, **whom),
        "feed": feed(FeedHead("Charlas", "Todas", source="https://x.example/c.ics"), [kept]),
    }


@pytest.fixture(params=["request", "update", "cancel", "uninvite", "feed"])
def calendar(request, entry, organizer, attendee):
    conference = replace(entry, conference_url="https://v.example/sala")
    return _objects(conference, organizer, attendee)[request.param]


def _agree(entry, seen):
    assert seen.summary.removeprefix("CANCELADA: ") == entry.summary
    assert (seen.starts_at, seen.ends_at) == (entry.starts_at, entry.ends_at)


def test_icaljs_reads_it(entry, calendar, icaljs):
    (read,) = icaljs([calendar])
    (seen,) = read.events
    _agree(entry, seen)


def test_libical_reads_it_without_an_error(entry, calendar, libical):
    (seen,) = libical(calendar)
    _agree(entry, seen)


def test_khal_reads_it(entry, calendar, khal):
    (seen,) = khal(calendar)
    _agree(entry, seen)


def test_the_icalendar_library_reads_it(entry, calendar):
    (event,) = icalendar.Calendar.from_ical(calendar).walk("VEVENT")
    assert event.errors == []
    assert (event.start, event.end) == (entry.starts_at, entry.ends_at)


def test_f12_every_reader_takes_an_empty_feed(icaljs, libical):
    empty = feed(FeedHead("Charlas", ""), [])
    (read,) = icaljs([empty])
    assert read.events == []
    assert [component.name for component in read.calendar.components] == ["vtimezone"]
    assert libical(empty) == []


def test_icaljs_reads_the_parameters_of_an_answer(entry, organizer, attendee, icaljs):
    (read,) = icaljs([_objects(entry, organizer, attendee)["update"]])
    (event,) = read.vevents
    line = event.one("attendee")
    assert line.value == "mailto:rosa@coop.example"
    assert line.parameters["partstat"] == "ACCEPTED"
    assert line.parameters["rsvp"] == "TRUE"
    assert line.parameters["cn"] == attendee.name
