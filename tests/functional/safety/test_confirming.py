"""At a browser that was left open, nobody does what others could misuse (AU-16)."""

import re
from datetime import timedelta
from email import message_from_bytes, policy

import pytest
import sqlalchemy as sa
from argon2 import PasswordHasher

from coopoutreach.mail.outgoing.models import OutgoingMessage
from coopoutreach.people.accounts import passwords
from coopoutreach.people.accounts.models import User, UserSession
from coopoutreach.people.directory.models import Affiliation
from coopoutreach.people.directory.rules import Access
from coopoutreach.platform.audit.models import Entry
from tests.factories import a_cooperative, a_person, a_talk

SECURE = "https://localhost"
PASSWORD = "una clave muy larga 2026"
FROM_US = {"Referer": "https://localhost/"}


@pytest.fixture(autouse=True)
def _quick_hashes(monkeypatch):
    monkeypatch.setattr(
        passwords, "hasher", PasswordHasher(time_cost=1, memory_cost=64, parallelism=1)
    )


@pytest.fixture
def desk(sign_in, database):
    """Somebody of the administration, who signed in twenty minutes ago."""
    browser = sign_in("administration")
    with database.transaction() as session:
        session.scalars(sa.select(User)).one().password_hash = passwords.hash_password(PASSWORD)
        session.scalars(sa.select(UserSession)).one().created_at -= timedelta(minutes=20)
    return browser


@pytest.fixture
def post(database, now):
    """Somebody's post at a cooperative, and the address where their access is set."""
    with database.transaction() as session:
        cooperative, person = a_cooperative(session), a_person(session)
        made = Affiliation(
            person=person, organisation=cooperative, post="Gerente", since=now.date()
        )
        session.add(made)
        session.flush()
        path = f"/cooperativas/{cooperative.public_id}/personas/{person.public_id}"
        # The address counts the posts of this person; the row has a number of its own.
        return f"{path}/cargos/1/acceso", made.id


def send(browser, path, **data):
    token = re.search(
        r'name="csrf_token" value="([^"]+)"', browser.get("/clave", base_url=SECURE).text
    )[1]
    return browser.post(path, data={"csrf_token": token, **data}, headers=FROM_US, base_url=SECURE)


def hidden(page):
    return dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', page))


@pytest.fixture
def talk(database):
    with database.transaction() as session:
        return a_talk(session)


@pytest.fixture
def export(talk):
    return f"/plan/charlas/{talk.public_id}/asistentes.csv"


def trail(database):
    with database.reading() as session:
        return session.scalars(sa.select(Entry.action).order_by(Entry.id)).all()


def test_au_16_an_export_asks_for_the_password_and_then_goes_on(desk, export, database):
    asked = send(desk, export, who="todas")
    assert asked.status_code == 401
    assert "Confirme que es usted" in asked.text
    assert "registration.exported" not in trail(database)
    sent = {**hidden(asked.text), "confirm": "password"}
    assert sent["who"] == "todas"
    wrong = send(desk, export, **{**sent, "confirm_password": "otra clave 2026"})
    assert wrong.status_code == 422
    assert 'value="todas"' in wrong.text
    assert "otra clave" not in wrong.text
    right = send(desk, export, **{**sent, "confirm_password": PASSWORD})
    assert (right.status_code, right.mimetype) == (200, "text/csv")
    assert trail(database)[-2:] == ["user.confirmed", "registration.exported"]
    assert send(desk, export, who="todas").status_code == 200


def test_au_16_who_has_no_password_confirms_by_a_link_and_the_open_form_stays_good(
    desk, export, database
):
    with database.transaction() as session:
        session.scalars(sa.select(User)).one().password_hash = None
    asked = send(desk, export, who="todas")
    assert "confirm_password" not in asked.text
    told = send(desk, export, **hidden(asked.text), confirm="link")
    assert "Le enviamos un enlace" in told.text
    waiting = hidden(told.text)
    early = desk.post(
        export, data={**waiting, "confirm": "password"}, headers=FROM_US, base_url=SECURE
    )
    assert early.status_code == 422
    with database.reading() as session:
        mail = message_from_bytes(
            session.scalars(sa.select(OutgoingMessage.raw)).one(), policy=policy.default
        )
    path = re.search(r"/ingresar/enlace/[\w-]+", mail.get_body(("plain",)).get_content())[0]
    assert send(desk, path).status_code == 303
    done = desk.post(
        export, data={**waiting, "confirm": "password"}, headers=FROM_US, base_url=SECURE
    )
    assert done.status_code == 200
    with database.reading() as session:
        assert session.scalars(sa.select(UserSession.confirmed_at)).one() is not None


def test_au_16_what_a_person_may_is_not_set_from_an_open_browser(desk, post, database):
    path, number = post
    assert send(desk, path, access="manager").status_code == 401
    with database.reading() as session:
        assert session.get_one(Affiliation, number).access is Access.NONE
    assert (
        send(
            desk, path, access="manager", confirm="password", confirm_password=PASSWORD
        ).status_code
        == 303
    )
    with database.reading() as session:
        assert session.get_one(Affiliation, number).access is Access.MANAGER


def test_au_16_all_that_others_could_misuse_asks(app, desk):
    """Whatever the thing is, and whether or not it exists: so nobody learns that it does."""
    for path in (
        "/plan/charlas/x/asistentes.xlsx",
        "/plan/charlas/x/asistentes.csv",
        "/datos-personales/personas/x/borrar",
        "/datos-personales/personas/x/copia",
        "/mi-cuenta/calendarios/x/renovar",
        "/mi-cuenta/calendarios/x/eliminar",
        "/mi-cooperativa/equipo",
    ):
        assert send(desk, path).status_code == 401, path


def test_au_16_the_password_is_tried_as_seldom_as_at_the_door(desk, export):
    wrong = {"confirm": "password", "confirm_password": "no es esta 2026"}
    answers = [send(desk, export, **wrong).status_code for _ in range(11)]
    assert answers == [422] * 10 + [429]


def test_who_came_in_just_now_is_not_asked(sign_in, export):
    assert send(sign_in("coordination"), export, who="todas").status_code == 200
