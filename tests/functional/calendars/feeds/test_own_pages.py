"""The pages on which somebody makes, shows, renews and takes back private calendars."""

import re

import pytest
import sqlalchemy as sa

from coopoutreach.calendars.feeds import rules
from coopoutreach.calendars.feeds.models import FeedAddress
from coopoutreach.calendars.feeds.rules import Scope
from coopoutreach.events import notices
from coopoutreach.platform.audit.models import Entry
from coopoutreach.talks.registrations.models import Registration
from tests.factories import a_person, a_talk

SAFE = {"base_url": "https://localhost"}
PAGE = "/mi-cuenta/calendarios"
ADDRESS = re.compile(r'value="http://127\.0\.0\.1:8000(/calendario/privado/[\w.-]+\.ics)"')


def address_on(page):
    found = ADDRESS.search(page.text)
    return found[1] if found else None


def live(database):
    with database.transaction() as session:
        found = session.scalars(
            sa.select(FeedAddress).where(FeedAddress.revoked_at.is_(None))
        ).all()
        session.expunge_all()
        return found


class TestWhoSignsIn:
    def test_each_kind_is_made_and_opens(self, client, registrar, post, database):
        page = registrar.client.get(PAGE, **SAFE).text
        assert "Mi agenda" in page
        assert "Charlas de Cobre Alto" in page
        for scope in ("person", "cooperative", "selection"):
            made = post(registrar.client, PAGE, scope=scope)
            assert made.status_code == 303
            shown = registrar.client.get(made.location, **SAFE)
            path = address_on(shown)
            assert client.get(path).status_code == 200
            assert "data:image/svg+xml" in shown.text
            assert "Ningún programa lo ha leído todavía." in shown.text
        assert {address.scope for address in live(database)} == set(Scope) - {Scope.TABLE}

    def test_f3_the_page_of_a_private_one_offers_nothing_in_clear(self, registrar, post):
        made = post(registrar.client, PAGE, scope="person")
        page = registrar.client.get(made.location, **SAFE).text
        assert "webcal" not in page
        for program in ("Google", "Outlook", "iPhone", "Mac", "Thunderbird"):
            assert program in page

    def test_f3_the_public_one_offers_both(self, client):
        assert "webcal://" in client.get("/calendario/suscribirse", **SAFE).text

    def test_the_page_is_kept_by_nobody_and_listed_nowhere(self, registrar, post):
        made = post(registrar.client, PAGE, scope="person")
        headers = registrar.client.get(made.location, **SAFE).headers
        assert headers["Cache-Control"] == "no-store"
        assert headers["X-Robots-Tag"] == "noindex, nofollow"
        assert headers["Referrer-Policy"] == "strict-origin"

    def test_asking_twice_for_the_same_one_makes_one(self, registrar, post, database):
        first, second = (post(registrar.client, PAGE, scope="cooperative") for _ in range(2))
        assert first.location == second.location
        assert len(live(database)) == 1

    def test_a_selection_keeps_what_was_ticked_of_what_there_is(self, registrar, post, database):
        post(
            registrar.client,
            PAGE,
            scope="selection",
            regions=["05", "99", "13"],
            formats=["taller", "nada"],
        )
        [made] = live(database)
        assert (made.regions, made.formats) == (["05", "13"], ["taller"])

    def test_there_is_an_end_to_how_many(self, registrar, post, database, monkeypatch):
        monkeypatch.setattr("coopoutreach.calendars.feeds.commands.MOST_ADDRESSES", 1)
        post(registrar.client, PAGE, scope="selection")
        refused = post(registrar.client, PAGE, scope="selection", regions=["05"])
        assert refused.status_code == 422
        assert "hasta 1 calendarios" in refused.text
        assert re.search(r'value="05" checked', refused.text)
        assert len(live(database)) == 1

    def test_a_new_address_ends_the_old_one_at_once(self, client, registrar, post, database):
        made = post(registrar.client, PAGE, scope="person")
        old = address_on(registrar.client.get(made.location, **SAFE))
        renewed = post(registrar.client, made.location, f"{made.location}/renovar")
        assert renewed.status_code == 303
        new = address_on(registrar.client.get(made.location, **SAFE))
        assert client.get(old).status_code == 404
        assert client.get(new).status_code == 200
        with database.reading() as session:
            actions = session.scalars(sa.select(Entry.action)).all()
            assert "feed_address.renewed" in actions

    def test_one_that_was_taken_back_is_gone(self, client, registrar, post, database):
        made = post(registrar.client, PAGE, scope="person")
        old = address_on(registrar.client.get(made.location, **SAFE))
        assert post(registrar.client, made.location, f"{made.location}/eliminar").location == PAGE
        assert client.get(old).status_code == 404
        assert registrar.client.get(made.location, **SAFE).status_code == 404
        assert live(database) == []

    def test_the_last_use_is_shown(self, client, registrar, post, time_machine, now):
        time_machine.move_to(now, tick=False)
        made = post(registrar.client, PAGE, scope="person")
        path = address_on(registrar.client.get(made.location, **SAFE))
        client.get(path, headers={"User-Agent": "Google-Calendar-Importer"}).close()
        page = registrar.client.get(made.location, **SAFE).text
        assert "Leído por última vez el martes 24 de noviembre de 2026" in page
        assert "por Google Calendar" in page

    @pytest.mark.both_engines
    def test_anothers_looks_like_none(self, registrar, post, sign_in, database):
        made = post(registrar.client, PAGE, scope="selection")
        other = sign_in("coordination")
        for path in (made.location, f"{PAGE}/no-existe"):
            assert other.get(path, **SAFE).status_code == 404
            for verb in ("renovar", "eliminar"):
                assert post(other, PAGE, f"{path}/{verb}").status_code == 404
        assert len(live(database)) == 1

    @pytest.mark.parametrize("scope", ["person", "cooperative", "", "otra"])
    def test_who_is_nobodys_person_may_have_a_selection_alone(self, sign_in, post, database, scope):
        browser = sign_in("coordination")
        page = browser.get(PAGE, **SAFE).text
        assert "Crear el mío" not in page
        assert "Crear el de la cooperativa" not in page
        assert post(browser, PAGE, scope=scope).status_code == 404
        assert live(database) == []

    def test_nobody_else_gets_in(self, client):
        assert client.get(PAGE, **SAFE).status_code == 303
        assert client.get(f"{PAGE}/x", **SAFE).status_code == 303


class TestWhoHasALink:
    @pytest.fixture
    def link(self, database, seat, person):
        with database.transaction() as session:
            talk = a_talk(session)
        number = seat(talk, person)
        with database.transaction() as session:
            invitee = session.get_one(Registration, number).invitee
            return notices.link_of(invitee).removeprefix("http://127.0.0.1:8000")

    def test_the_page_of_the_registration_leads_there(self, client, link):
        page = client.get(link, **SAFE).text
        assert "Su calendario privado" in page
        assert f'href="{link}/calendario"' in page

    @pytest.mark.both_engines
    def test_it_is_made_shown_renewed_and_taken_back_by_post_alone(
        self, client, link, post, database
    ):
        page = f"{link}/calendario"
        assert address_on(client.get(page, **SAFE)) is None
        assert live(database) == []
        for _ in range(2):
            assert post(client, page).location == page
        assert len(live(database)) == 1
        first = address_on(client.get(page, **SAFE))
        assert client.get(first).text.count("BEGIN:VEVENT") == 1
        post(client, page, f"{page}/renovar")
        second = address_on(client.get(page, **SAFE))
        assert client.get(first).status_code == 404
        assert client.get(second).status_code == 200
        post(client, page, f"{page}/eliminar")
        assert client.get(second).status_code == 404
        assert address_on(client.get(page, **SAFE)) is None
        with database.reading() as session:
            actors = set(session.scalars(sa.select(Entry.actor).where(Entry.action.like("feed%"))))
            assert len(actors) == 1
            assert next(iter(actors)).startswith("link:invitee:")

    def test_a_link_that_is_not_right_opens_nothing(self, client, link, post, database):
        wrong = link.replace(".", ".x")
        assert client.get(f"{wrong}/calendario", **SAFE).status_code == 404
        for verb in ("", "/renovar", "/eliminar"):
            assert post(client, link, f"{wrong}/calendario{verb}").status_code == 404
        assert live(database) == []

    def test_it_does_not_touch_what_was_made_with_an_account(
        self, client, link, post, database, subscribe, registrar, person
    ):
        with database.transaction() as session:
            other = a_person(session)
        theirs = subscribe("person", person_id=other.id)
        mine = subscribe("person", user_id=registrar.user_id, person_id=registrar.person_id)
        post(client, f"{link}/calendario", f"{link}/calendario/eliminar")
        assert client.get(theirs).status_code == 200
        assert client.get(mine).status_code == 200

    def test_looking_leaves_no_mark(self, client, link, database):
        from tests.support.digest import digest  # noqa: PLC0415

        before = digest(database)
        client.get(f"{link}/calendario", **SAFE)
        assert digest(database) == before


def test_there_is_room_for_every_program_that_somebody_has():
    assert rules.MOST_ADDRESSES == 10
