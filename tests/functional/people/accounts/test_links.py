import pytest
import sqlalchemy as sa

from coopoutreach.people.accounts.models import SignInLink, UserSession


@pytest.fixture
def link(client, account, send, mailed):
    account()
    send(client, "/ingresar/enlace", email="persona@coop.example")
    path, _count = mailed()
    return path


def test_the_answer_is_the_same_for_everybody(client, account, send, mailed):
    account()
    known = send(client, "/ingresar/enlace", email="persona@coop.example")
    unknown = send(client, "/ingresar/enlace", email="nadie@coop.example")
    assert (known.status_code, known.location) == (303, "/ingresar/enlace/enviado")
    assert (unknown.status_code, unknown.location) == (known.status_code, known.location)
    assert mailed()[1] == 1
    assert "Si hay una cuenta con ese correo" in client.get(known.location).text


def test_one_address_gets_no_more_than_five_an_hour_and_nobody_can_tell(
    client, account, send, mailed
):
    account()
    answers = {
        send(client, "/ingresar/enlace", email="persona@coop.example").location for _ in range(8)
    }
    assert answers == {"/ingresar/enlace/enviado"}
    assert mailed()[1] == 5


def test_a_network_that_asks_too_often_is_told(client, account, send):
    for number in range(30):
        send(client, "/ingresar/enlace", email=f"p{number}@coop.example")
    response = send(client, "/ingresar/enlace", email="otra@coop.example")
    assert response.status_code == 429


def test_what_is_no_address_is_told_beside_the_field(client, app, send):
    response = send(client, "/ingresar/enlace", email="nada")
    assert response.status_code == 422
    assert "Escriba un correo como" in response.text


@pytest.mark.both_engines
def test_AU_08_looking_at_the_link_uses_nothing_up(app, client, link, database):  # noqa: N802
    scanner = app.test_client()
    for _ in range(3):
        assert scanner.get(link).status_code == 200
        assert scanner.head(link).status_code == 200
        assert scanner.options(link).status_code == 200
    with database.reading() as session:
        assert session.scalars(sa.select(SignInLink.used_at)).all() == [None]
        assert session.scalars(sa.select(UserSession.id)).all() == []


def test_AU_08_the_button_lets_in_once(client, link, send):  # noqa: N802
    assert 'name="email"' not in client.get(link).text
    response = send(client, link)
    assert (response.status_code, response.location) == (303, "/mi-cooperativa")
    assert client.get("/mi-cuenta").status_code == 200
    again = client.get(link)
    assert again.status_code == 410
    assert "Este enlace ya no sirve" in again.text


def test_AU_08_used_twice_at_once_it_lets_in_once(app, client, link, token):  # noqa: N802
    data = {"csrf_token": token(client, link)}
    first = client.post(link, data=data)
    twin = app.test_client()
    page_token = token(twin)
    second = twin.post(link, data={"csrf_token": page_token, "email": "persona@coop.example"})
    assert (first.status_code, second.status_code) == (303, 410)


def test_AU_08_another_browser_must_say_whose_it_is(app, link, send):  # noqa: N802
    other = app.test_client()
    assert 'name="email"' in other.get(link).text
    missing = send(other, link)
    assert missing.status_code == 422
    assert "Escriba el correo al que le enviamos este enlace." in missing.text
    wrong = send(other, link, email="otra@coop.example")
    assert wrong.status_code == 422
    assert 'value="otra@coop.example"' in wrong.text
    assert send(other, link, email="persona@coop.example").status_code == 303


@pytest.mark.parametrize("path", ["/ingresar/enlace/", "/clave/nueva/"])
def test_a_link_that_nobody_made_is_gone_whatever_it_looks_like(client, app, token, path):
    for secret in ("x", "x" * 43, "%F0%9F%8C%B5", "..%2f", "a" * 500):
        assert client.get(path + secret).status_code in (404, 410)
    response = client.post(path + "x" * 43, data={"csrf_token": token(client)})
    assert response.status_code == 410


def test_pages_with_a_secret_in_their_address_keep_it(client, link):
    headers = client.get(link).headers
    assert headers["Cache-Control"] == "no-store"
    assert headers["Referrer-Policy"] == "strict-origin"
    assert headers["X-Robots-Tag"] == "noindex, nofollow"
