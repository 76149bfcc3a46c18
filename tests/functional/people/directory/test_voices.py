"""Who speaks for an institution, on the pages: asked by mail, answered by a link, shown anew."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from coopoutreach.mail.outgoing.models import OutgoingMessage
from coopoutreach.people.accounts.models import UserSession
from coopoutreach.people.directory import commands, notices
from coopoutreach.people.directory.models import Affiliation
from coopoutreach.people.directory.rules import Member
from tests.factories import a_table

SAFE = {"base_url": "https://localhost", "headers": {"Referer": "https://localhost/"}}


@pytest.fixture
def asked(database, app, now):
    """A post that the coordination wrote down, and the token by which Marcela was asked."""
    with database.transaction() as session:
        table = a_table(session)
        post = commands.add_member(
            session, table.corfo, Member("Nadia Vera", "nadia@x.example", "", "Asesora", None),
            actor="user:1", now=now,
        )  # fmt: skip
        commands.ask_to_vouch(session, post, actor="user:1", now=now)
        page = f"/instituciones/{table.corfo.public_id}/personas/{post.person.public_id}/cargos/1"
        return post.id, notices.vouch_token(post, table.people[2]), page


def csrf(client, path):
    page = client.get(path, **SAFE)
    assert page.status_code == 200, path
    return page.text.split('name="csrf_token" value="')[1].partition('"')[0]


def answer(client, token, word):
    path = f"/confirmaciones/{token}"
    return client.post(path, data={"csrf_token": csrf(client, path), "answer": word}, **SAFE)


def vouched(database, number):
    with database.reading() as session:
        post = session.get_one(Affiliation, number)
        return post.vouched_by


def test_looking_changes_nothing_and_a_yes_lets_them_speak(client, database, asked):
    number, token, _page = asked
    text = client.get(f"/confirmaciones/{token}", **SAFE).text
    assert "Nadia Vera" in text
    assert "nadia@x.example" in text
    assert vouched(database, number) is None
    sent = answer(client, token, "si")
    assert (sent.status_code, sent.location) == (303, "/confirmaciones")
    assert vouched(database, number).startswith("link:person:")
    assert "quedó guardada" in client.get("/confirmaciones", **SAFE).text
    assert client.get(f"/confirmaciones/{token}", **SAFE).status_code == 404


def test_a_no_spends_the_link_and_lets_nobody_speak(client, database, asked):
    number, token, _page = asked
    assert answer(client, token, "no").status_code == 303
    assert vouched(database, number) is None
    assert client.get(f"/confirmaciones/{token}", **SAFE).status_code == 404


def test_neither_of_the_two_is_asked_again(client, database, asked):
    number, token, _page = asked
    assert answer(client, token, "tal vez").status_code == 422
    assert vouched(database, number) is None


@pytest.mark.parametrize("token", ["1.x", "x", "99999999999999.x", "-1.x", "1.ñ"])
def test_a_link_that_was_made_up_is_none(client, asked, token):
    assert client.get(f"/confirmaciones/{token}", **SAFE).status_code == 404


def test_who_speaks_no_more_answers_no_more(client, database, asked, now):
    _number, token, _page = asked
    with database.transaction() as session:
        for post in session.scalars(select(Affiliation).where(Affiliation.post == "Jefatura")):
            commands.take_voice(session, post, actor="user:1", now=now)
    assert client.get(f"/confirmaciones/{token}", **SAFE).status_code == 404


@pytest.fixture
def stale(sign_in, database):
    """Sign somebody in who came in twenty minutes ago."""

    def come_in(role):
        browser = sign_in(role)
        with database.transaction() as session:
            for row in session.scalars(select(UserSession)):
                row.created_at -= timedelta(minutes=20)
        return browser

    return come_in


@pytest.mark.parametrize("act", ["voz", "voz/pedir"])
def test_au_16_the_administration_shows_anew_who_it_is(stale, database, asked, act):
    number, _token, page = asked
    browser = stale("administration")
    token = csrf(browser, f"{page}/editar")
    sent = browser.post(f"{page}/{act}", data={"csrf_token": token}, **SAFE)
    assert sent.status_code == 401
    assert vouched(database, number) is None


def test_the_administration_confirms_and_takes_it_back(sign_in, database, asked):
    number, _token, page = asked
    browser = sign_in("administration")
    token = csrf(browser, f"{page}/editar")
    sent = browser.post(f"{page}/voz", data={"csrf_token": token, "act": "confirmar"}, **SAFE)
    assert sent.status_code == 303
    assert vouched(database, number).startswith("user:")
    assert "Confirmado el" in browser.get(f"{page}/editar", **SAFE).text
    browser.post(f"{page}/voz", data={"csrf_token": token, "act": "quitar"}, **SAFE)
    assert vouched(database, number) is None


def test_the_coordination_asks_and_does_not_confirm(sign_in, database, asked):
    number, _token, page = asked
    browser = sign_in("coordination")
    token = csrf(browser, f"{page}/editar")
    sent = browser.post(f"{page}/voz", data={"csrf_token": token, "act": "confirmar"}, **SAFE)
    assert sent.status_code == 404
    assert vouched(database, number) is None
    assert browser.post(f"{page}/voz/pedir", data={"csrf_token": token}, **SAFE).status_code == 303
    with database.reading() as session:
        mails = select(OutgoingMessage.id).where(OutgoingMessage.notice == "directory/vouch_asked")
        assert len(session.scalars(mails).all()) == 4


def test_a_refusal_is_said_on_the_page_of_the_post(sign_in, database, asked, now):
    number, _token, page = asked
    with database.transaction() as session:
        commands.vouch(session, session.get_one(Affiliation, number), actor="user:1", now=now)
    browser = sign_in("coordination")
    token = csrf(browser, f"{page}/editar")
    sent = browser.post(f"{page}/voz/pedir", data={"csrf_token": token}, **SAFE)
    assert sent.status_code == 422
    assert "ya habla por su institución" in sent.text
