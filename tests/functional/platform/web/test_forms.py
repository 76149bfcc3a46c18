"""AU-07: nobody's browser is made to send a form that its owner did not send."""

import pytest
from werkzeug.routing import AnyConverter, IntegerConverter

UNSAFE = ("POST", "PUT", "PATCH", "DELETE")
#: Mail programs post here by themselves (RFC 8058): the secret in the address is the proof, so
#: nobody's browser can be made to send it who does not hold that.
BY_SECRET = {"privacy.unsubscribe", "privacy.resubscribe"}


def some_value(converter):
    if isinstance(converter, IntegerConverter):
        return 1
    return min(converter.items) if isinstance(converter, AnyConverter) else "x"


def unsafe_routes(app):
    """Yield a way to call every route that changes something."""
    for rule in app.url_map.iter_rules():
        if rule.endpoint in BY_SECRET:
            continue
        for method in sorted(rule.methods & set(UNSAFE)):
            converters = rule._converters.items()  # noqa: SLF001 (Werkzeug shows them nowhere else)
            values = {name: some_value(converter) for name, converter in converters}
            path = app.url_map.bind("localhost").build(rule.endpoint, values, method=method)
            yield method, path


def test_AU_07_no_form_is_taken_without_a_token(app, client):  # noqa: N802
    client.get("/ingresar")
    routes = list(unsafe_routes(app))
    assert len(routes) > 5
    taken = [r for r in routes if client.open(r[1], method=r[0]).status_code != 400]
    assert taken == []


def test_AU_07_no_form_is_taken_with_somebody_elses_token(app, client, token):  # noqa: N802
    client.get("/ingresar")
    stolen = token(app.test_client())
    taken = [
        (method, path)
        for method, path in unsafe_routes(app)
        if client.open(path, method=method, data={"csrf_token": stolen}).status_code != 400
    ]
    assert taken == []


def test_AU_07_no_form_is_taken_without_a_cookie(app, client, token):  # noqa: N802
    data = {"csrf_token": token(client)}
    assert app.test_client().post("/prueba/envio", data=data).status_code == 400


def test_AU_07_a_token_that_was_changed_is_refused(client, token):  # noqa: N802
    for wrong in ("", "x", token(client)[:-1], token(client) + "x"):
        assert client.post("/prueba/envio", data={"csrf_token": wrong}).status_code == 400


def test_a_token_of_ones_own_is_taken(client, token):
    assert client.post("/prueba/envio", data={"csrf_token": token(client)}).status_code == 200


@pytest.mark.parametrize(
    ("site", "status"),
    [("cross-site", 400), ("same-origin", 200), ("same-site", 200), ("none", 200)],
)
def test_A27_a_form_that_another_site_sends_is_refused(client, token, site, status):  # noqa: N802
    response = client.post(
        "/prueba/envio", data={"csrf_token": token(client)}, headers={"Sec-Fetch-Site": site}
    )
    assert response.status_code == status


@pytest.mark.parametrize(
    ("referrer", "status"),
    [
        ("https://localhost/", 200),
        ("https://localhost/ingresar", 200),
        (None, 400),
        ("https://evil.cl/", 400),
        ("http://localhost/", 400),
        ("https://localhost.evil.cl/", 400),
    ],
)
def test_over_https_a_form_says_where_it_was_filled_in(client, token, referrer, status):
    response = client.post(
        "/prueba/envio",
        base_url="https://localhost",
        data={"csrf_token": token(client)},
        headers={"Referer": referrer} if referrer else {},
    )
    assert response.status_code == status
