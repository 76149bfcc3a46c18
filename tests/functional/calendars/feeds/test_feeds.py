from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa
from factories import a_talk

from coopoutreach.calendars.feeds import rules
from coopoutreach.events.models import Event
from coopoutreach.events.rules import EventState, Modality
from coopoutreach.platform.core.db import touch

FEED = "/calendario/charlas.ics"


@pytest.fixture(autouse=True)
def clock(monkeypatch, now):
    def set_to(moment):
        for module in ("calendars.feeds.views.public", "platform.web.page_cache"):
            monkeypatch.setattr(f"coopoutreach.{module}.utcnow", lambda: moment)

    set_to(now)
    return set_to


@pytest.fixture
def write(database):
    def _write(**overrides):
        with database.transaction() as session:
            talk = a_talk(session, **overrides)
            touch(session)
            return talk.uid

    return _write


def unfolded(response):
    return response.data.replace(b"\r\n ", b"").decode().split("\r\n")


def test_f1_it_is_a_calendar_by_get_and_head_without_a_cookie(client, write):
    write()
    for answer in (client.get(FEED), client.head(FEED), client.get(FEED), client.head(FEED)):
        assert answer.status_code == 200
        assert answer.headers["Content-Type"] == "text/calendar; charset=utf-8"
        assert answer.headers["Content-Disposition"] == 'inline; filename="charlas.ics"'
        assert "Set-Cookie" not in answer.headers
        assert answer.headers["Cache-Control"] == "public, max-age=300"
        assert int(answer.headers["Content-Length"]) == len(client.get(FEED).data)


def test_f5_it_is_the_same_to_the_byte_while_nothing_changes(app, client, write, clock, now):
    from coopoutreach.platform.web import page_cache  # noqa: PLC0415 (the module under test)

    write()
    first = client.get(FEED)
    page_cache.forget_all()
    clock(now + timedelta(hours=3))
    second = client.get(FEED)
    assert second.data == first.data
    assert second.headers["ETag"] == first.headers["ETag"]
    assert not first.headers["ETag"].startswith("W/")


def test_f5_validators_are_answered(client, write):
    write()
    feed = client.get(FEED)
    etag, modified = feed.headers["ETag"], feed.headers["Last-Modified"]
    for headers in ({"If-None-Match": f'"x", {etag}'}, {"If-Modified-Since": modified}):
        assert client.get(FEED, headers=headers).status_code == 304
    both = {"If-None-Match": '"x"', "If-Modified-Since": modified}
    assert client.get(FEED, headers=both).status_code == 200
    assert client.get(FEED, headers={"If-Modified-Since": "mañana"}).status_code == 200


@pytest.mark.both_engines
def test_f5_a_talk_that_leaves_changes_the_name(client, write, database):
    write(slug="una")
    before = client.get(FEED).headers["ETag"]
    with database.transaction() as session:
        talk = session.scalars(sa.select(Event)).one()
        talk.state = EventState.DRAFT
        touch(session)
    after = client.get(FEED, headers={"If-None-Match": before})
    assert after.status_code == 200
    assert b"BEGIN:VEVENT" not in after.data


def test_f5_events_stand_in_the_order_of_their_start(client, write):
    late = write(wall_start=datetime(2026, 12, 20, 10, 0))
    soon = write(wall_start=datetime(2026, 12, 1, 10, 0))
    text = client.get(FEED).text
    assert text.index(soon) < text.index(late)


def test_f6_it_says_what_it_is_and_how_often_to_come_back(client):
    lines = unfolded(client.get(FEED))
    for line in (
        "NAME:Charlas FECRECOOP",
        "X-WR-CALNAME:Charlas FECRECOOP",
        "X-WR-TIMEZONE:America/Santiago",
        "REFRESH-INTERVAL;VALUE=DURATION:PT4H",
        "X-PUBLISHED-TTL:PT4H",
    ):
        assert line in lines
    assert not any(line.startswith("METHOD") for line in lines)


def test_f7_it_names_nobody_and_rings_no_bell(client, write):
    write(link="https://reunion.example/secreta")
    text = client.get(FEED).text
    for word in ("ATTENDEE", "VALARM", "reunion.example"):
        assert word not in text


def test_f9_a_cancelled_talk_stays_for_thirty_days_after_its_date(client, write, clock):
    uid = write(state=EventState.CANCELLED, wall_start=datetime(2026, 11, 1, 10, 0))
    text = client.get(FEED).text
    assert uid in text
    assert "STATUS:CANCELLED" in text
    clock(datetime(2026, 12, 1, 2, 59, tzinfo=UTC))
    assert uid in client.get(FEED).text
    # The day in Santiago after the thirtieth begins at 03:00 UTC.
    clock(datetime(2026, 12, 2, 3, 0, tzinfo=UTC))
    assert uid not in client.get(FEED).text


def test_f9_a_draft_is_not_there(client, write):
    assert write(state=EventState.DRAFT) not in client.get(FEED).text


def test_f10_the_window_moves_once_a_day(client, write, clock):
    old = write(wall_start=datetime(2026, 8, 26, 10, 0))
    far = write(wall_start=datetime(2027, 12, 29, 10, 0))
    text = client.get(FEED).text
    assert old in text
    assert far not in text
    clock(datetime(2026, 11, 25, 2, 59, tzinfo=UTC))
    assert client.get(FEED).text == text
    clock(datetime(2026, 11, 25, 3, 0, tzinfo=UTC))
    moved = client.get(FEED).text
    assert old not in moved
    assert far in moved


def test_f10_there_are_never_more_than_allowed(client, write, monkeypatch):
    monkeypatch.setattr(rules, "MOST_EVENTS", 2)
    for _ in range(3):
        write()
    assert client.get(FEED).text.count("BEGIN:VEVENT") == 2


def test_f12_an_empty_feed_has_a_component(client):
    lines = unfolded(client.get(FEED))
    assert "BEGIN:VTIMEZONE" in lines
    assert "BEGIN:VEVENT" not in lines


@pytest.mark.both_engines
def test_a_regions_feed_has_its_talks_and_those_that_are_online_alone(client, write):
    here = write(region="05")
    there = write(region="12")
    online = write(region=None, modality=Modality.ONLINE)
    feed = client.get("/calendario/region/05.ics")
    assert here in feed.text
    assert online in feed.text
    assert there not in feed.text
    assert "X-WR-CALNAME:Charlas FECRECOOP\\, Valparaíso" in unfolded(feed)


@pytest.mark.parametrize("cut", ["99", "00", "5", "abc"])
def test_an_unknown_region_has_no_feed(client, cut):
    assert client.get(f"/calendario/region/{cut}.ics").status_code == 404
