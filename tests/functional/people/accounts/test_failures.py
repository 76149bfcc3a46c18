"""What still works when something else does not."""

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import OperationalError

from coopoutreach.people.accounts import commands, sessions
from coopoutreach.people.accounts.errors import LinkSpent
from coopoutreach.people.accounts.models import UserSession


@pytest.mark.both_engines
def test_a_page_is_shown_though_its_session_cannot_be_noted(
    client, account, enter, database, monkeypatch
):
    account()
    enter(client)
    with database.transaction() as session:
        session.execute(sa.update(UserSession).values(flashes=[["info", "Algo que decir."]]))

    def refuse():
        raise OperationalError("update", {}, Exception("database is locked"))

    monkeypatch.setattr(sessions, "separate_transaction", refuse)
    page = client.get("/mi-cuenta")
    assert page.status_code == 200
    assert "Algo que decir." in page.text


def test_a_link_that_is_used_up_while_a_password_is_hashed_sets_none(
    client, account, send, mailed, monkeypatch
):
    account()
    send(client, "/clave/olvidada", email="persona@coop.example")

    def spent(*_args, **_kwargs):
        raise LinkSpent

    monkeypatch.setattr(commands, "reset_password", spent)
    response = send(client, mailed()[0], password="otra clave bien distinta")
    assert response.status_code == 410


@pytest.mark.parametrize("path", ["/clave/olvidada", "/ingresar/enlace"])
def test_what_is_no_address_is_told_beside_the_field(client, app, send, path):
    response = send(client, path, email="nada")
    assert response.status_code == 422
    assert "Escriba un correo como" in response.text


@pytest.mark.both_engines
def test_one_closes_one_of_ones_own_sessions_and_all_that_are_left(
    client, account, enter, token, database
):
    account()
    for _ in range(3):
        enter(client.application.test_client())
    enter(client)

    def close(wanted):
        data = {"csrf_token": token(client, "/mi-cuenta"), "session": wanted}
        return client.post("/mi-cuenta/sesiones/cerrar", data=data).status_code

    def numbers():
        with database.reading() as session:
            return session.scalars(sa.select(UserSession.id).order_by(UserSession.id)).all()

    assert close(numbers()[0]) == 303
    assert len(numbers()) == 3
    assert close("others") == 303
    assert len(numbers()) == 1
    assert close("others") == 303
