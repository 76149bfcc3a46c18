"""A meeting is an event too, and no public page, feed or page of a talk shows one (NW-05)."""

import pytest

from coopoutreach.events import commands as events
from coopoutreach.events import notices
from coopoutreach.events.models import Invitee
from coopoutreach.events.rules import EventState
from coopoutreach.platform.access.permissions import Permission
from tests.factories import a_meeting, a_person, a_table, a_talk
from tests.support.crawling import addresses

SECURE = "https://localhost"
MARK = "canario-de-la-mesa"


@pytest.fixture
def engine_name():
    """The pages are the same on both engines: one is enough for a crawl."""
    return "sqlite"


@pytest.fixture
def meetings(database, settings, now):
    """Marked meetings in each state that the public sees of a talk, and a talk beside them."""
    with database.transaction() as session:
        talk = a_talk(session, title="Charla abierta")
        table = a_table(session)
        made = [
            a_meeting(
                session,
                table.series,
                title=f"{MARK} título",
                description=f"{MARK} descripción",
                place=f"{MARK} lugar",
                link=f"https://{MARK}.example",
                region="13",
                slot_on=None,
                wall_start=talk.wall_start,
                wall_end=talk.wall_end,
            )
            for _ in range(4)
        ]
        made[1].state = EventState.RESCHEDULED
        events.cancel(session, made[2], reason=f"{MARK} motivo", actor="test", now=now)
        made[3].state = EventState.HELD
        invitee = Invitee(
            event_id=made[0].id, person_id=a_person(session).id, created_at=now, told_version=1
        )
        session.add(invitee)
        session.flush()
        token = notices.link_of(invitee).rpartition("/")[2]
        return talk, [meeting.public_id for meeting in made], token


def test_nw_05_no_public_page_or_feed_shows_a_meeting(app, client, meetings):
    talk, public_ids, token = meetings
    values = {"slug": [talk.slug, *public_ids], "cut": ["13"], "public_id": public_ids}
    more = ["/charlas?pasadas=1", "/charlas?q=canario", "/calendario?mes=2026-12", "/robots.txt"]
    asked, shown = 0, []
    public = [
        address
        for rule, address in addresses(app, values)
        if getattr(app.view_functions[rule.endpoint], "access", None) == "public"
    ]
    for address in [*public, *more, "/sitemap.xml"]:
        said = client.get(address, base_url=SECURE)
        asked += 1
        if MARK in said.text or any(number in said.text for number in public_ids):
            shown.append(address)
        assert said.status_code < 500 or address == "/readyz", address
    assert not shown
    assert asked > 15
    assert token


def test_the_talk_beside_it_is_shown(client, meetings):
    """The other way round: what is looked for above would be found."""
    for address in ("/", "/charlas", "/calendario?mes=2026-12", "/calendario/charlas.ics"):
        assert "Charla abierta" in client.get(address, base_url=SECURE).text, address


def test_the_link_of_a_meeting_opens_no_page_of_a_talk(app, client, meetings):
    _talk, _public_ids, token = meetings
    asked = 0
    for rule, address in addresses(app, {"token": [token]}):
        if not rule.rule.startswith("/inscripciones/"):
            continue
        asked += 1
        said = client.get(address, base_url=SECURE)
        assert said.status_code == 404, address
        assert MARK not in said.text
    assert asked >= 5


@pytest.mark.parametrize("role", ["manager", "registrar"])
def test_a_cooperative_sees_no_meeting_anywhere(app, meetings, sign_in, role):
    talk, public_ids, _token = meetings
    browser = sign_in(role)
    values = {"slug": [talk.slug], "cut": ["13"], "public_id": public_ids}
    for _rule, address in addresses(app, values):
        said = browser.get(address, base_url=SECURE)
        assert MARK not in said.text, address


def test_the_plan_lists_talks_alone(app, meetings, sign_in):
    _talk, public_ids, _token = meetings
    desk = sign_in("coordination")
    for rule, address in addresses(app, {"public_id": public_ids}):
        access = getattr(app.view_functions[rule.endpoint], "access", None)
        if access in {Permission.PLAN_SEE, Permission.TALK_EDIT, Permission.REGISTRATION_LIST}:
            assert MARK not in desk.get(address, base_url=SECURE).text, address
