"""A registration ends the pages that show the seats of its talk, and no others."""

import pytest

from coopoutreach.talks.registrations import commands
from coopoutreach.talks.registrations.request import Registrant, Request
from coopoutreach.talks.registrations.rules import Room
from coopoutreach.talks.talks.models import Talk
from tests.factories import a_talk

PATHS = ("/", "/charlas", "/calendario", "/calendario/charlas.ics", "/financiamiento")


@pytest.fixture
def talks(write):
    return write(lambda session: [a_talk(session, capacity_room=20) for _ in range(2)])


def kept_keys(app, now):
    """Return the keys of the pages that are kept and right."""
    keeper = app.extensions["page_cache"][0]
    kept = list(keeper._pages)  # noqa: SLF001 (what is kept)
    return {key for key in kept if keeper.found(key, now=now)}


def register(database, talk, email, now):
    with database.transaction() as session:
        people = [Registrant("Quien Prueba", email, Room.IN_ROOM)]
        request = Request(form_key=email, people=people)
        commands.register(session, session.get_one(Talk, talk.id), request, actor="test", now=now)


def test_it_leaves_other_talks_and_every_feed_as_they_are(app, client, database, talks, now):
    first, second = talks
    paths = [
        *PATHS,
        f"/charlas/{first.slug}",
        f"/charlas/{second.slug}",
        f"/charlas/{first.slug}.ics",
    ]
    for path in paths:
        assert client.get(path).status_code == 200
    before = kept_keys(app, now)
    assert len(before) == len(paths)
    register(database, first, "ana@coop.example", now)
    ended = before - kept_keys(app, now)
    assert {key[0] for key in ended} == {"home", "talks", "calendar", "talk"}
    assert ("talk", second.slug) not in ended
    assert ("talk.ics", first.slug) not in ended
    assert "19" in client.get(f"/charlas/{first.slug}").text


def test_a_full_talk_follows_those_that_it_may_propose(app, client, database, write, now):
    full, other = write(lambda session: [a_talk(session, capacity_room=1), a_talk(session)])
    register(database, full, "ana@coop.example", now)
    client.get(f"/charlas/{full.slug}")
    keeper = app.extensions["page_cache"][0]
    assert keeper.found(("talk", full.slug), now=now)
    register(database, other, "eva@coop.example", now)
    assert keeper.found(("talk", full.slug), now=now) is None
