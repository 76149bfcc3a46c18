from datetime import timedelta

import pytest
import sqlalchemy as sa
import time_machine

from coopoutreach.people.accounts import passwords
from coopoutreach.people.accounts.models import User, UserSession
from coopoutreach.platform.audit.models import Entry
from coopoutreach.platform.core.clock import utcnow

COOKIE = "__Host-mesa"


@pytest.mark.parametrize(
    ("role", "home"),
    [
        ("administration", "/panel"),
        ("coordination", "/panel"),
        ("counterpart", "/mesa"),
        ("manager", "/mi-cooperativa"),
        ("registrar", "/mi-cooperativa"),
    ],
)
def test_each_role_begins_at_home(client, account, enter, role, home):
    account(role=role)
    response = enter(client)
    assert (response.status_code, response.location) == (303, home)


def test_the_address_may_be_typed_in_any_case(client, account, enter):
    account()
    assert enter(client, email=" Persona@COOP.example ").status_code == 303


def test_who_is_in_already_is_led_on(client, account, enter):
    account()
    enter(client)
    assert client.get("/ingresar").location == "/mi-cooperativa"
    assert client.get("/ingresar?next=/mi-cuenta").location == "/mi-cuenta"


def test_a_wrong_password_says_nothing_about_the_account(client, account, enter):
    account()
    wrong = enter(client, password="otra clave muy larga")
    unknown = enter(client, email="nadie@coop.example", password="otra clave muy larga")
    assert wrong.status_code == unknown.status_code == 422
    assert "El correo o la clave no coinciden." in wrong.text
    assert _same_but_for_address(wrong.text, unknown.text)


def _same_but_for_address(one, other):
    def plain(text):
        lines = [line for line in text.splitlines() if "csrf_token" not in line]
        return "\n".join(lines).replace("nadie@", "X@").replace("persona@", "X@")

    return plain(one) == plain(other)


def test_what_was_typed_stays_but_for_the_password(client, account, enter):
    response = enter(client, email="rosa@coop.example", password="no-se-muestra-nunca")
    assert 'value="rosa@coop.example"' in response.text
    assert "no-se-muestra-nunca" not in response.text


@pytest.mark.parametrize(
    ("email", "password", "sentence"),
    [
        ("", "x", "Escriba su correo."),
        ("nada", "x", "Escriba un correo como"),
        ("a@b.cl", "", "Escriba su clave."),
        ("a" * 300 + "@b.cl", "x", "demasiado largo"),
    ],
)
def test_what_is_missing_is_said_beside_the_field(client, app, enter, email, password, sentence):
    response = enter(client, email=email, password=password)
    assert response.status_code == 422
    assert sentence in response.text


@pytest.mark.both_engines
def test_a_closed_account_does_not_come_in(client, account, enter, database):
    account()
    with database.transaction() as session:
        session.execute(sa.update(User).values(active=False))
    assert enter(client).status_code == 422


def test_an_account_without_a_password_does_not_come_in(client, account, enter):
    account(password=None)
    assert enter(client, password="").status_code == 422
    assert enter(client, password="una cualquiera larga").status_code == 422


@pytest.mark.both_engines
def test_a_hash_by_older_parameters_is_renewed(client, account, enter, database, monkeypatch):
    account()
    with database.reading() as session:
        before = session.scalar(sa.select(User.password_hash))
    stronger = type(passwords.hasher)(time_cost=2, memory_cost=64, parallelism=1)
    monkeypatch.setattr(passwords, "hasher", stronger)
    assert enter(client).status_code == 303
    with database.reading() as session:
        after = session.scalar(sa.select(User.password_hash))
    assert "t=1" in before
    assert "t=2" in after


@pytest.mark.both_engines
def test_signing_in_and_failing_to_are_in_the_trail(client, account, enter, database):
    account()
    enter(client, password="otra clave muy larga")
    enter(client, email="nadie@coop.example")
    enter(client)
    with database.reading() as session:
        rows = session.execute(
            sa.select(Entry.action, Entry.thing_id, Entry.address).order_by(Entry.id)
        ).all()
    assert [(action, address) for action, _thing, address in rows[1:]] == [
        ("user.sign_in_refused", "127.0.0.1"),
        ("user.sign_in_refused", "127.0.0.1"),
        ("user.signed_in", "127.0.0.1"),
    ]
    assert rows[2].thing_id == "unknown"


def test_AU_01_after_ten_tries_even_the_right_password_waits(client, account, enter):  # noqa: N802
    account()
    with time_machine.travel(utcnow(), tick=False) as traveller:
        for _ in range(10):
            assert enter(client, password="otra clave muy larga").status_code == 422
        refused = enter(client)
        assert refused.status_code == 429
        wait = int(refused.headers["Retry-After"])
        assert 0 < wait <= 600
        traveller.shift(timedelta(seconds=wait))
        assert enter(client).status_code == 303


def test_AU_01_no_password_is_checked_while_somebody_must_wait(  # noqa: N802
    client, account, enter, monkeypatch
):
    account()
    for _ in range(10):
        enter(client, password="otra clave muy larga")
    monkeypatch.setattr(passwords, "matches", lambda *_: pytest.fail("checked"))
    assert enter(client).status_code == 429


def test_AU_02_who_is_tried_from_elsewhere_still_comes_in(  # noqa: N802
    app, account, enter, token, mailed
):
    account()
    attacker, owner = app.test_client(), app.test_client()
    elsewhere = {"REMOTE_ADDR": "203.0.113.9"}
    for _ in range(11):
        data = {
            "csrf_token": token(attacker),
            "email": "persona@coop.example",
            "password": "otra clave muy larga",
        }
        response = attacker.post("/ingresar", data=data, environ_base=elsewhere)
    assert response.status_code == 429
    assert enter(owner).status_code == 303
    # And its owner is told.
    assert mailed() == ("/ingresar/enlace", 1)


def test_AU_02_a_mailed_link_works_while_passwords_must_wait(  # noqa: N802
    client, account, enter, send, mailed
):
    account()
    for _ in range(11):
        enter(client, password="otra clave muy larga")
    send(client, "/ingresar/enlace", email="persona@coop.example")
    path, _count = mailed()
    assert send(client, path).status_code == 303


def test_AU_03_a_new_id_at_sign_in_and_the_one_before_is_dead(  # noqa: N802
    app, client, account, enter
):
    account()
    client.get("/ingresar")
    before = client.get_cookie(COOKIE).value
    enter(client)
    after = client.get_cookie(COOKIE).value
    assert after != before
    thief = app.test_client()
    thief.set_cookie(COOKIE, before)
    assert thief.get("/mi-cuenta").status_code == 303


def test_AU_03_an_id_in_the_address_is_ignored(app, client, account, enter):  # noqa: N802
    account()
    enter(client)
    secret = client.get_cookie(COOKIE).value
    assert app.test_client().get(f"/mi-cuenta?{COOKIE}={secret}").status_code == 303


@pytest.mark.parametrize("planted", ["", "corto", "x" * 44, "ñ" * 43, "a b" * 15, "../" * 15])
def test_AU_03_a_cookie_that_is_none_of_ours_is_replaced(client, app, planted):  # noqa: N802
    client.set_cookie(COOKIE, planted)
    assert client.get("/ingresar").status_code == 200
    assert client.get_cookie(COOKIE).value != planted


def test_AU_06_one_goes_on_to_the_page_one_asked_for(client, account, enter):  # noqa: N802
    account()
    asked = client.get("/mi-cuenta?de=aqui")
    assert asked.status_code == 303
    assert asked.location == "/ingresar?next=/mi-cuenta?de%3Daqui"
    page = client.get(asked.location).text
    assert 'name="next" value="/mi-cuenta?de=aqui"' in page
    assert enter(client, next="/mi-cuenta?de=aqui").location == "/mi-cuenta?de=aqui"


@pytest.mark.parametrize(
    "wanted",
    [
        "//evil.cl",
        "/\\evil.cl",
        "///evil.cl",
        "\\\\evil.cl",
        "https://evil.cl/mi-cuenta",
        "https:evil.cl",
        "javascript:alert(1)",
        "/\t/evil.cl",
        "/no-hay-tal-pagina",
        "mi-cuenta",
        "@evil.cl",
        "/mi-cuenta\r\nSet-Cookie: a=b",
    ],
    ids=repr,
)
def test_AU_06_nobody_is_led_elsewhere(client, account, enter, wanted):  # noqa: N802
    account()
    assert enter(client, next=wanted).location == "/mi-cooperativa"
    assert client.get("/ingresar", query_string={"next": wanted}).location == "/mi-cooperativa"


def test_AU_11_an_unknown_address_costs_one_check_too(  # noqa: N802
    client, account, enter, monkeypatch
):
    account()
    account(email="sin@coop.example", password=None)
    checked = []

    class Spy:
        def __getattr__(self, name):
            return getattr(real, name)

        def verify(self, password_hash, password):
            checked.append(password)
            return real.verify(password_hash, password)

    real = passwords.hasher
    monkeypatch.setattr(passwords, "hasher", Spy())
    for email in ("persona@coop.example", "nadie@coop.example", "sin@coop.example"):
        enter(client, email=email, password="otra clave muy larga")
    assert checked == ["otra clave muy larga"] * 3


def test_AU_12_a_very_long_password_is_refused_unhashed(  # noqa: N802
    client, account, enter, monkeypatch
):
    account()
    monkeypatch.setattr(passwords, "hasher", None)
    assert enter(client, password="x" * 100_000).status_code == 422
    assert enter(client, password="x" * 1_100_000).status_code == 413


def test_AU_13_an_unknown_host_is_refused(client, app):  # noqa: N802
    assert client.get("/ingresar", headers={"Host": "evil.cl"}).status_code == 400


def test_AU_14_a_forged_address_does_not_help(client, account, token):  # noqa: N802
    account()
    for number in range(11):
        response = client.post(
            "/ingresar",
            headers={
                "X-Forwarded-For": f"198.51.100.{number}",
                "X-Real-IP": f"198.51.100.{number}",
                "Forwarded": f"for=198.51.100.{number}",
            },
            data={
                "csrf_token": token(client),
                "email": "persona@coop.example",
                "password": "otra clave muy larga",
            },
        )
    assert response.status_code == 429


@pytest.mark.both_engines
def test_the_password_is_checked_outside_any_writing_transaction(
    client, account, enter, database, monkeypatch
):
    account()
    real = passwords.matches

    def while_another_writes(password_hash, password):
        with database.transaction() as session:
            session.execute(sa.update(UserSession).values(address="x"))
        return real(password_hash, password)

    monkeypatch.setattr(passwords, "matches", while_another_writes)
    assert enter(client).status_code == 303


@pytest.mark.both_engines
def test_a_password_that_changes_while_it_is_checked_does_not_let_in(
    client, account, enter, database, monkeypatch
):
    account()
    real = passwords.matches

    def while_it_changes(password_hash, password):
        with database.transaction() as session:
            session.execute(sa.update(User).values(password_hash="$otra$"))
        return real(password_hash, password)

    monkeypatch.setattr(passwords, "matches", while_it_changes)
    assert enter(client).status_code == 422
