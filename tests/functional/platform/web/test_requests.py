import json
import re

import pytest
import structlog

import config

BROKEN = {
    "NUL in the path": ("GET", "/ingresar%00", {}),
    "half a letter in the path": ("GET", "/charlas/%C3", {}),
    "a lone surrogate in the path": ("GET", "/charlas/%ED%A0%80", {}),
    "NUL in the query": ("GET", "/ingresar?next=%00", {}),
    "half a letter in the query": ("GET", "/ingresar?next=%ff", {}),
    "a lone surrogate in the query": ("GET", "/ingresar?%ED%A0%80=1", {}),
    "NUL in a form": ("POST", "/prueba/envio", {"data": b"name=a%00b"}),
    "NUL in a form, bare": ("POST", "/prueba/envio", {"data": b"name=a\x00b"}),
    "half a letter in a form": ("POST", "/prueba/envio", {"data": b"name=%C3"}),
    "half a letter in a form, bare": ("POST", "/prueba/envio", {"data": b"name=\xc3"}),
    "a lone surrogate in a form": ("POST", "/prueba/envio", {"data": b"name=%ED%A0%80"}),
    "a lone surrogate in a field's name": ("POST", "/prueba/envio", {"data": b"%ED%A0%80=1"}),
}
URLENCODED = {"content_type": "application/x-www-form-urlencoded"}


@pytest.mark.parametrize("case", BROKEN)
def test_IN_18_what_is_no_text_is_refused(client, app, case):  # noqa: N802
    method, path, more = BROKEN[case]
    response = client.open(path, method=method, **more, **(URLENCODED if more else {}))
    assert response.status_code == 400
    assert "No pudimos leer la solicitud" in response.text


@pytest.mark.parametrize("value", [b"a\x00b", b"\xc3", b"\xed\xa0\x80"])
def test_IN_18_what_is_no_text_is_refused_in_parts_too(client, app, token, value):  # noqa: N802
    body = b'--x\r\nContent-Disposition: form-data; name="name"\r\n\r\n' + value + b"\r\n--x--\r\n"
    response = client.post(
        "/prueba/envio", data=body, content_type="multipart/form-data; boundary=x"
    )
    assert response.status_code == 400


def test_text_of_any_language_passes(client, app, token):
    sent = {"name": "Ñandú 🦊 密码 \u202eal revés", "csrf_token": token(client)}
    response = client.post("/prueba/envio", data=sent)
    assert response.json["form"] == sent
    parts = client.post("/prueba/envio", data=sent, content_type="multipart/form-data")
    assert parts.json["form"] == sent


def part(name, value):
    return f'--x\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'


PARTS = {"content_type": "multipart/form-data; boundary=x"}


@pytest.mark.parametrize(
    "sent",
    [
        {"data": "name=" + "x" * 1_100_000, **URLENCODED},
        {"data": part("name", "x" * 600_000) + "--x--\r\n", **PARTS},
        {"data": "".join(part(n, "x") for n in range(600)) + "--x--\r\n", **PARTS},
    ],
    ids=["body", "field", "parts"],
)
def test_what_is_too_large_is_refused(client, app, sent):
    assert client.post("/prueba/envio", **sent).status_code == 413


@pytest.mark.parametrize("host", ["evil.cl", "localhost.evil.cl", "evil.cl:8000", "127.0.0.1.cl"])
def test_AU_13_an_unknown_host_is_refused(client, app, host):  # noqa: N802
    response = client.get("/prueba/quien", headers={"Host": host})
    assert response.status_code == 400
    assert host not in response.text


FORGED = {
    "X-Forwarded-For": "198.51.100.9",
    "X-Forwarded-Host": "evil.cl",
    "X-Forwarded-Proto": "https",
    "X-Forwarded-Prefix": "/evil",
    "X-Real-IP": "198.51.100.9",
    "Forwarded": "for=198.51.100.9;host=evil.cl;proto=https",
    "X-HTTP-Method-Override": "POST",
}


def test_AU_14_what_a_visitor_says_about_itself_is_not_believed(client, app):  # noqa: N802
    told = client.get("/prueba/quien", headers=FORGED).json
    assert told == {
        "address": "127.0.0.1",
        "url": "http://localhost/prueba/quien",
        "scheme": "http",
    }


def test_AU_14_behind_one_proxy_its_word_counts_and_the_visitors_does_not(make):  # noqa: N802
    client = make(proxy_hops=1).test_client()
    headers = {**FORGED, "X-Forwarded-For": "198.51.100.9, 203.0.113.5"}
    told = client.get("/prueba/quien", headers=headers).json
    assert told["address"] == "203.0.113.5"
    assert told["url"] == "https://localhost/prueba/quien"


def test_AU_15_nothing_that_helps_developers_is_left_open(app, client):  # noqa: N802
    assert not app.debug
    assert app.config["PROPAGATE_EXCEPTIONS"] is False
    assert len(app.secret_key) >= 32
    assert app.jinja_env.autoescape("x.txt") is False
    assert app.jinja_env.autoescape("x.html") is True
    for path in ("/_debug", "/console", "/?__debugger__=yes&cmd=resource&f=debugger.js"):
        assert "Werkzeug" not in client.get(path).text


def test_NW_10_an_error_says_nothing_but_a_reference(client, app, capsys):  # noqa: N802
    response = client.get("/prueba/fallo")
    assert response.status_code == 500
    for telling in (
        "esto no debe verse",
        "Traceback",
        "RuntimeError",
        "/coopoutreach/",
        "Werkzeug",
    ):
        assert telling not in response.text
    assert "Algo falló de nuestra parte" in response.text
    lines = [json.loads(line) for line in capsys.readouterr().err.splitlines()]
    failed = next(line for line in lines if line["event"] == "request.failed")
    assert failed["request_id"] in response.text
    assert "esto no debe verse" in failed["exception"]
    assert any(
        line["event"] == "request" and line["request_id"] == failed["request_id"] for line in lines
    )


def test_one_line_a_request(client, app, capsys):
    client.get("/prueba/quien?correo=a@b.cl")
    (line,) = capsys.readouterr().err.splitlines()
    told = json.loads(line)
    assert told.pop("at").endswith("+00:00")
    assert re.fullmatch(r"[0-9a-f]{8}-[0-9a-f]+-[0-9a-f]+", told.pop("request_id"))
    assert told.pop("ms") >= 0
    assert told == {
        "event": "request",
        "method": "GET",
        "path": "/prueba/quien",
        "status": 200,
        "address": "127.0.0.1",
    }


@pytest.mark.parametrize(
    "path",
    ["/x%0A{}", "/x%0D%0Aevent", "/x%1B[31mrojo", "/x%E2%80%A8otra", '/x",%20"status":%20"1'],
)
def test_IN_15_a_request_is_one_line_whatever_it_asks_for(client, app, capsys, path):  # noqa: N802
    client.get(path, headers={"User-Agent": "\x1b[2J"})
    written = capsys.readouterr().err
    assert len(written.splitlines()) == 1
    assert written.isascii()
    assert "\x1b" not in written
    assert json.loads(written)["event"] == "request"


def test_IN_15_what_code_logs_is_one_line_too(app, capsys):  # noqa: N802
    structlog.get_logger("prueba").info("algo", nombre="uno\ndos\u2028tres\x1b[0m")
    written = capsys.readouterr().err
    assert len(written.splitlines()) == 1
    assert json.loads(written)["nombre"] == "uno\ndos\u2028tres\x1b[0m"


def rules_with_a_secret(app):
    return [
        rule
        for rule in app.url_map.iter_rules()
        if getattr(app.view_functions[rule.endpoint], "access", None) == "link"
    ]


#: How an address is written a little wrong, or asked for in another way.
WAYS = (
    lambda address: address,
    lambda address: address + "/",
    lambda address: address + "?secreto=canario-secreto",
    lambda address: address.replace("/canario", "//canario"),
    lambda address: address.replace("/canario", "/./canario"),
    lambda address: "/." + address,
    lambda address: "/" + address,
    lambda address: address.upper(),
    lambda address: address.title(),
    lambda address: address.replace("/canario", "%2Fcanario"),
    lambda address: address.replace("canario", "%63anario"),
    lambda address: address + "/otra/cosa",
    lambda address: "/x" + address,
)


@pytest.mark.parametrize("method", ["GET", "HEAD", "POST", "DELETE", "OPTIONS"])
def test_PR_08_a_secret_in_an_address_is_never_logged(client, app, capsys, method):  # noqa: N802
    rules = rules_with_a_secret(app)
    assert len(rules) > 10
    for rule in rules:
        address = re.sub(r"<[^>]+>", "canario-secreto", rule.rule)
        for way in WAYS:
            client.open(way(address), method=method, headers={"Referer": f"/x{address}"})
    written = capsys.readouterr().err
    assert len(written.splitlines()) >= len(rules) * len(WAYS)
    assert "canario" not in written.lower()


def test_a_line_says_which_of_our_addresses_it_was(client, app, capsys):
    for path in ("/charlas", "/charlas", "/charlas/no-hay", "/inscripciones//x", "/otra/cosa"):
        client.get(path)
    paths = [json.loads(line)["path"] for line in capsys.readouterr().err.splitlines()]
    assert paths[:3] == ["/charlas", "/charlas", "/charlas/<slug>"]
    assert set(paths[3:]) <= {"/inscripciones/<token>", "/inscripciones/…", "/…"}


def test_a_secret_is_not_in_the_line_of_a_failure_either(app, capsys, monkeypatch):
    rule = rules_with_a_secret(app)[0]

    def broken(**_values):
        raise ValueError("algo falló")

    monkeypatch.setitem(app.view_functions, rule.endpoint, broken)
    answer = app.test_client().get(re.sub(r"<[^>]+>", "canario-secreto", rule.rule))
    assert answer.status_code == 500
    written = capsys.readouterr().err
    assert "request.failed" in written
    assert "canario" not in written


def test_AU_15_a_weak_key_is_refused_and_one_is_made_where_there_is_none(tmp_path):  # noqa: N802
    with pytest.raises(config.Misconfigured):
        config.load({"SECRET_KEY": "corta", "INSTANCE_PATH": str(tmp_path)})
    made = config.load({"INSTANCE_PATH": str(tmp_path)}).secret_key
    assert len(made) >= 32
    assert config.load({"INSTANCE_PATH": str(tmp_path)}).secret_key == made
    assert (tmp_path / "secret_key").stat().st_mode & 0o777 == 0o600
