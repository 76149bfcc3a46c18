import re

import pytest

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
    "font-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; "
    "frame-ancestors 'none'; object-src 'none'"
)
EVERYWHERE = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "strict-origin",
    "Permissions-Policy": (
        "camera=(), microphone=(), geolocation=(), payment=(), usb=(), browsing-topics=()"
    ),
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}
ANSWERS = {
    "200": (200, "GET", "/ingresar", {}),
    "200, public": (200, "GET", "/prueba/publica", {}),
    "303": (303, "GET", "/mi-cuenta", {}),
    "304": (304, "GET", "/prueba/publica", {"headers": {"If-None-Match": '"igual"'}}),
    "400": (400, "POST", "/ingresar", {"data": {"email": "a@b.cl"}}),
    "400, host": (400, "GET", "/ingresar", {"headers": {"Host": "evil.cl"}}),
    "400, NUL": (400, "GET", "/ingresar?a=%00", {}),
    "404": (404, "GET", "/no-hay", {}),
    "405": (405, "DELETE", "/ingresar", {}),
    "409": (409, "GET", "/prueba/regla", {}),
    "413": (413, "POST", "/ingresar", {"data": {"email": "x" * 1_200_000}}),
    "429": (429, "GET", "/prueba/limite", {}),
    "500": (500, "GET", "/prueba/fallo", {}),
    "head": (200, "HEAD", "/ingresar", {}),
    "options": (200, "OPTIONS", "/ingresar", {}),
    "static": (200, "GET", "/static/img/favicon.svg", {}),
    "static, missing": (404, "GET", "/static/no-hay.css", {}),
}


def ask(client, case):
    status, method, path, more = ANSWERS[case]
    response = client.open(path, method=method, buffered=True, **more)
    assert response.status_code == status
    return response


@pytest.mark.parametrize("case", ANSWERS)
def test_NW_02_every_answer_carries_the_headers(client, case):  # noqa: N802
    headers = ask(client, case).headers
    assert {name: headers.getlist(name) for name in EVERYWHERE} == {
        name: [value] for name, value in EVERYWHERE.items()
    }


@pytest.mark.parametrize("case", ANSWERS)
def test_no_answer_opens_a_door_or_says_what_runs_here(client, case):
    names = {name.lower() for name, _ in ask(client, case).headers}
    assert not {n for n in names if n.startswith("access-control-")}
    assert not names & {"server", "x-powered-by", "x-xss-protection"}


@pytest.mark.parametrize(
    "case", [case for case in ANSWERS if case not in ("200, public", "304", "static")]
)
def test_NW_03_what_is_not_for_everybody_is_kept_by_nobody(client, case):  # noqa: N802
    headers = ask(client, case).headers
    assert headers["Cache-Control"] == "no-store"
    assert "Cookie" in headers["Vary"]
    assert headers["X-Robots-Tag"] == "noindex, nofollow"


@pytest.mark.parametrize("case", ["200, public", "304"])
def test_NW_03_what_is_for_everybody_carries_no_cookie(client, case):  # noqa: N802
    client.get("/ingresar")
    headers = ask(client, case).headers
    assert headers["Cache-Control"] == "public, no-cache"
    assert not {"Set-Cookie", "Vary", "X-Robots-Tag"} & set(headers.keys())


def test_NW_03_a_token_on_a_page_for_everybody_takes_it_back(client, app):  # noqa: N802
    for _ in ("given a cookie", "with the cookie it has"):
        headers = client.get("/prueba/publica-con-formulario").headers
        assert headers["Cache-Control"] == "no-store"
        assert "Cookie" in headers["Vary"]


def test_a_download_may_be_stricter(client, app):
    headers = client.get("/prueba/descarga").headers
    assert headers.getlist("Content-Security-Policy") == ["sandbox; default-src 'none'"]


def test_the_bundle_may_be_kept_for_ever_and_nothing_else(client, app):
    page = client.get("/ingresar").text
    hashed = re.findall(r'"(/static/dist/[^"]+)"', page)
    assert hashed
    for path in hashed:
        response = client.get(path, buffered=True)
        assert response.headers["Cache-Control"] == "public, max-age=31536000, immutable"
        assert response.headers.getlist("X-Content-Type-Options") == ["nosniff"]
    assert client.get("/static/dist/no-hay-ABCDEFGH.css").headers["Cache-Control"] == "no-store"
    plain = client.get("/static/img/favicon.svg", buffered=True)
    assert "immutable" not in plain.headers["Cache-Control"]


def test_A22_https_is_insisted_on_where_it_is_used(make):  # noqa: N802
    assert "Strict-Transport-Security" not in make().test_client().get("/ingresar").headers
    secure = make(base_url="https://agenda.example", trusted_hosts=("agenda.example",))
    for path in ("/ingresar", "/no-hay"):
        headers = secure.test_client().get(path, base_url="https://agenda.example").headers
        assert headers["Strict-Transport-Security"] == "max-age=63072000; includeSubDomains"


def test_text_says_how_it_is_written(client, app):
    for case in ("200", "404", "429", "500"):
        assert ask(client, case).headers["Content-Type"] == "text/html; charset=utf-8"
