import pytest

from coopoutreach.people.accounts import passwords

NEW = "otra clave bien distinta"


@pytest.fixture
def reset(client, account, send, mailed):
    account()
    response = send(client, "/clave/olvidada", email="persona@coop.example")
    assert response.location == "/clave/olvidada/enviado"
    path, _count = mailed()
    return path


def test_the_answer_is_the_same_for_everybody(client, account, send, mailed):
    account()
    known = send(client, "/clave/olvidada", email="persona@coop.example")
    unknown = send(client, "/clave/olvidada", email="nadie@coop.example")
    assert known.location == unknown.location
    assert mailed()[1] == 1
    assert client.get(known.location).status_code == 200


def test_a_forgotten_password_is_chosen_anew(client, reset, send, enter):
    assert client.get(reset).status_code == 200
    response = send(client, reset, password=NEW)
    assert (response.status_code, response.location) == (303, "/clave/guardada")
    assert client.get("/mi-cuenta").status_code == 303, "it signs nobody in"
    assert enter(client).status_code == 422
    assert enter(client, password=NEW).status_code == 303
    assert client.get(reset).status_code == 410


def test_AU_10_a_reset_dies_when_somebody_signs_in(app, client, reset, enter):  # noqa: N802
    assert enter(app.test_client()).status_code == 303
    assert client.get(reset).status_code == 410


def test_AU_05_a_reset_ends_the_sessions_there_are(  # noqa: N802
    app, client, account, send, enter, mailed
):
    account()
    inside = app.test_client()
    enter(inside)
    send(client, "/clave/olvidada", email="persona@coop.example")
    send(client, mailed()[0], password=NEW)
    assert inside.get("/mi-cuenta").status_code == 303


@pytest.mark.parametrize("password", ["corta", "fecrecoop2026", "x" * 2000, ""])
def test_an_unsuitable_password_is_told_beside_the_field(client, reset, send, password):
    response = send(client, reset, password=password)
    assert response.status_code == 422
    assert 'aria-invalid="true"' in response.text
    assert client.get(reset).status_code == 200, "the link is not spent by it"


def test_nothing_is_hashed_for_a_link_that_is_gone(client, app, token, monkeypatch):
    monkeypatch.setattr(passwords, "hasher", None)
    data = {"csrf_token": token(client), "password": NEW}
    assert client.post("/clave/nueva/" + "x" * 43, data=data).status_code == 410


def test_changing_it_asks_for_the_current_one(client, account, enter, send):
    account()
    enter(client)
    response = send(client, "/clave", current="no es esta clave", password=NEW)
    assert response.status_code == 422
    assert "Esta no es su clave actual." in response.text
    assert NEW not in response.text


def test_AU_05_changing_it_ends_the_other_sessions(  # noqa: N802
    app, client, account, enter, send, password
):
    account()
    other = app.test_client()
    enter(other)
    enter(client)
    before = client.get_cookie("__Host-mesa").value
    response = send(client, "/clave", current=password, password=NEW)
    assert (response.status_code, response.location) == (303, "/mi-cuenta")
    assert client.get_cookie("__Host-mesa").value != before
    assert "Su clave cambió." in client.get("/mi-cuenta").text
    assert other.get("/mi-cuenta").status_code == 303


def test_an_unsuitable_new_password_changes_nothing(client, account, enter, send, password):
    account()
    enter(client)
    response = send(client, "/clave", current=password, password="rosadeprueba2026")
    assert response.status_code == 422
    assert "fácil de adivinar" in response.text
    assert send(client, "/clave", current="", password="").status_code == 422


def test_trying_current_passwords_is_limited(client, account, enter, send):
    account()
    enter(client)
    statuses = [
        send(client, "/clave", current="no es esta clave", password=NEW).status_code
        for _ in range(10)
    ]
    assert statuses == [422] * 9 + [429]


def test_one_closes_a_session_of_ones_own(app, client, account, enter, token):
    account()
    other = app.test_client()
    other.environ_base["HTTP_USER_AGENT"] = "Mozilla/5.0 (Windows NT 10.0) Firefox/130.0"
    enter(other)
    enter(client)
    page = client.get("/mi-cuenta").text
    assert "Firefox en Windows" in page
    assert "(este)" in page
    data = {"csrf_token": token(client, "/mi-cuenta"), "session": "others"}
    assert client.post("/mi-cuenta/sesiones/cerrar", data=data).status_code == 303
    assert other.get("/mi-cuenta").status_code == 303
    assert client.get("/mi-cuenta").status_code == 200


@pytest.mark.parametrize("wanted", ["", "0", "99999", "-1", "x", "9" * 30, "١"])
def test_a_session_that_is_not_ones_own_does_not_exist(client, account, enter, token, wanted):
    account()
    enter(client)
    data = {"csrf_token": token(client, "/mi-cuenta"), "session": wanted}
    assert client.post("/mi-cuenta/sesiones/cerrar", data=data).status_code == 404


@pytest.mark.parametrize("path", ["/mi-cuenta", "/clave"])
def test_ones_own_pages_ask_to_sign_in(client, app, path):
    assert client.get(path).location == f"/ingresar?next={path}"


@pytest.mark.parametrize("path", ["/ingresar", "/clave"])
def test_passwords_are_typed_hidden_and_browsers_may_fill_them_in(client, account, enter, path):
    account()
    if path == "/clave":
        enter(client)
    page = client.get(path).text
    assert page.count('type="password"') == page.count('-password"') > 0
    assert "onpaste" not in page
