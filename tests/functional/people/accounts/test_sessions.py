from datetime import timedelta
from threading import Event, Thread

import pytest
import sqlalchemy as sa
import time_machine
from flask import flash

from coopoutreach.people.accounts import sessions
from coopoutreach.people.accounts.models import UserSession
from coopoutreach.platform.core.clock import utcnow

COOKIE = "__Host-mesa"


def rows(database):
    with database.reading() as session:
        statement = sa.select(UserSession.last_seen_at, UserSession.flashes)
        return session.execute(statement).all()


def test_A20_the_cookie_is_for_this_host_only_and_out_of_reach(client, app):  # noqa: N802
    cookie = client.get("/ingresar").headers["Set-Cookie"]
    name, _, rest = cookie.partition("=")
    value, *attributes = rest.split("; ")
    assert name == COOKIE
    assert len(value.removeprefix("~")) == 43
    assert sorted(attributes) == ["HttpOnly", "Path=/", "SameSite=Lax", "Secure"]


def test_A21_every_cookie_says_that_it_is_not_for_other_sites(  # noqa: N802
    client, account, enter, send
):
    account()
    responses = [client.get("/ingresar"), enter(client), send(client, "/salir")]
    cookies = [c for r in responses for c in r.headers.getlist("Set-Cookie")]
    assert cookies
    for cookie in cookies:
        assert {"Secure", "HttpOnly", "SameSite=Lax", "Path=/"} <= set(cookie.split("; "))
        assert "Domain" not in cookie


def test_who_has_no_account_leaves_no_row(client, database, app):
    client.get("/ingresar")
    client.get("/ingresar/enlace")
    assert rows(database) == []


def test_a_cookie_is_given_once(client, app):
    assert "Set-Cookie" in client.get("/ingresar").headers
    assert "Set-Cookie" not in client.get("/ingresar").headers


def test_a_page_without_a_form_gives_no_cookie(client, app):
    assert "Set-Cookie" not in client.get("/clave/guardada").headers


def test_a_page_that_asks_nobody_costs_no_query(app, database, client, account, enter):
    account()
    enter(client)
    statements = []

    def note(_connection, _cursor, statement, *_):
        statements.append(statement)

    engines = {database.engine, app.extensions["database"].engine}
    for engine in engines:
        sa.event.listen(engine, "before_cursor_execute", note)
    try:
        client.get("/clave/guardada")
    finally:
        for engine in engines:
            sa.event.remove(engine, "before_cursor_execute", note)
    assert statements == []


@pytest.mark.both_engines
def test_a_session_that_is_in_use_is_noted_once_a_minute(client, account, enter, database):
    account()
    with time_machine.travel(utcnow(), tick=False) as traveller:
        enter(client)
        begin = rows(database)[0].last_seen_at
        traveller.shift(timedelta(seconds=59))
        client.get("/mi-cuenta")
        assert rows(database)[0].last_seen_at == begin
        traveller.shift(timedelta(seconds=2))
        client.get("/mi-cuenta")
        assert rows(database)[0].last_seen_at == begin + timedelta(seconds=61)


@pytest.mark.parametrize(
    ("role", "idle", "longest"),
    [("coordination", 30, 12 * 60), ("registrar", 12 * 60, 14 * 24 * 60)],
)
def test_a_session_ends_when_nobody_uses_it_and_in_any_case_later(
    client, account, enter, role, idle, longest
):
    account(role=role)
    with time_machine.travel(utcnow(), tick=False) as traveller:
        enter(client)
        begin = utcnow()
        while utcnow() + timedelta(minutes=idle - 2) < begin + timedelta(minutes=longest):
            traveller.shift(timedelta(minutes=idle - 2))
            assert client.get("/mi-cuenta").status_code == 200
        traveller.move_to(begin + timedelta(minutes=longest))
        assert client.get("/mi-cuenta").status_code == 303
        enter(client)
        traveller.shift(timedelta(minutes=idle))
        assert client.get("/mi-cuenta").status_code == 303


def test_AU_04_a_copied_cookie_is_worth_nothing_after_signing_out(  # noqa: N802
    app, client, account, enter, send, database
):
    account()
    enter(client)
    thief = app.test_client()
    thief.set_cookie(COOKIE, client.get_cookie(COOKIE).value)
    assert thief.get("/mi-cuenta").status_code == 200
    send(client, "/salir")
    assert rows(database) == []
    assert thief.get("/mi-cuenta").status_code == 303


def test_AU_04_what_is_in_flight_does_not_bring_a_session_back(  # noqa: N802
    client, account, enter, send, database, monkeypatch
):
    account()
    enter(client)
    slow = client.application.test_client()
    slow.set_cookie(COOKIE, client.get_cookie(COOKIE).value)
    looked, signed_out = Event(), Event()
    real = sessions._keep  # noqa: SLF001

    def late(browser):
        looked.set()
        assert signed_out.wait(10)
        flash("Demasiado tarde.")
        real(browser)

    statuses = []
    with monkeypatch.context() as patched:
        patched.setattr(sessions, "_keep", late)
        thread = Thread(target=lambda: statuses.append(slow.get("/mi-cuenta").status_code))
        thread.start()
        assert looked.wait(10)
        patched.undo()
        send(client, "/salir")
        signed_out.set()
        thread.join()
    assert statuses == [200]
    assert rows(database) == []
    assert slow.get("/mi-cuenta").status_code == 303


def test_A61_signing_out_has_the_browser_forget(client, account, enter, send):  # noqa: N802
    account()
    enter(client)
    response = send(client, "/salir")
    assert response.status_code == 303
    assert response.headers["Clear-Site-Data"] == '"cache", "storage"'
    assert "Max-Age=0" in response.headers["Set-Cookie"]
    assert client.get_cookie(COOKIE) is None


def test_looking_at_the_page_to_leave_leaves_nothing(client, account, enter, database):
    account()
    enter(client)
    assert "Está ingresado como Rosa de Prueba" in client.get("/salir").text
    assert len(rows(database)) == 1
    assert client.get("/mi-cuenta").status_code == 200


def test_who_is_not_in_may_leave_too(client, app, send, token):
    data = {"csrf_token": token(client)}
    assert client.post("/salir", data=data).status_code == 303
    assert "No hay ninguna sesión" in client.get("/salir").text


def test_what_was_said_is_shown_once(client, account, enter, database, token):
    account()
    enter(client)
    other = client.application.test_client()
    enter(other)
    other_id = max(row.id for row in _all(database))
    data = {"csrf_token": token(client, "/mi-cuenta"), "session": other_id}
    assert client.post("/mi-cuenta/sesiones/cerrar", data=data).status_code == 303
    assert rows(database)[0].flashes == [["success", "La sesión quedó cerrada."]]
    assert "La sesión quedó cerrada." in client.get("/mi-cuenta").text
    assert rows(database)[0].flashes == []
    assert "La sesión quedó cerrada." not in client.get("/mi-cuenta").text


def _all(database):
    with database.reading() as session:
        return session.execute(sa.select(UserSession.id)).all()


def test_nothing_is_kept_for_who_is_not_signed_in(app, client, database):
    client.get("/ingresar")
    with app.test_request_context("/", headers={"Cookie": f"{COOKIE}={'x' * 43}"}):
        flash("No se guarda.")
        assert sessions.browser_session().row is None
    assert rows(database) == []


def test_the_session_keeps_nothing_else(app):
    with app.test_request_context("/"):
        found = sessions.browser_session()
        with pytest.raises(KeyError):
            found["carrito"] = 1
        with pytest.raises(KeyError):
            del found["carrito"]
        assert list(found) == []
        assert len(found) == 0


def test_a_form_that_is_sent_when_the_session_has_ended_is_told_so(
    client, account, enter, token, database
):
    account()
    enter(client)
    data = {"csrf_token": token(client, "/clave"), "current": "x", "password": "y"}
    with database.transaction() as session:
        session.execute(sa.delete(UserSession))
    response = client.post("/clave", data=data)
    assert response.status_code == 401
    assert "Ingrese para continuar" in response.text
