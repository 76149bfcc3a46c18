"""Who is behind a proxy: through each server, behind none, one and two real proxies.

The client's address is what limits, the log and the trail go by; `/metrics` is for this machine
alone; what a client itself says about where it comes from has no effect.
"""

import http.client
import json
from contextlib import ExitStack
from itertools import count
from urllib.parse import urlencode

import pytest

from tests.support import nginx, registering
from tests.support.application import Application, stop, wait_for

#: Each test has visitors of its own: limits remember addresses.
_visitors = count(2)
FORGED = {
    "X-Forwarded-For": "203.0.113.7, 203.0.113.8",
    "X-Forwarded-Proto": "http",
    "X-Forwarded-Host": "evil.example",
    "Forwarded": "for=203.0.113.9;proto=http;host=evil.example",
    "X-Real-IP": "203.0.113.10",
}
WAYS = {
    "serve": lambda application: application.serve("--no-worker"),
    "gunicorn": lambda application: application.gunicorn(workers=1),
}


@pytest.fixture
def engine_name():
    """No database has a part in it."""
    return "sqlite"


def somebody():
    """An address that nobody has come from."""
    number = next(_visitors)
    return f"127.7.{number // 250}.{number % 250 + 1}"


class Site:
    """A running application, and the port that visitors use."""

    def __init__(self, application, port, hops):
        self.application, self.port, self.hops = application, port, hops

    def ask(self, path, *, source="127.0.0.1", headers=None, form=None, port=None):
        connection = http.client.HTTPConnection(
            "127.0.0.1", port or self.port, timeout=60, source_address=(source, 0)
        )
        headers = {"Host": f"127.0.0.1:{self.application.port}", **(headers or {})}
        if form is not None:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        try:
            body = None if form is None else urlencode(form)
            connection.request("GET" if form is None else "POST", path, body, headers)
            answer = connection.getresponse()
            return answer.status, answer.headers, answer.read().decode()
        finally:
            connection.close()

    def addresses(self):
        """The addresses of the requests so far, as the log has them."""
        lines = self.application.log.read_text().splitlines()
        events = [json.loads(line) for line in lines if line.startswith('{"at"')]
        return [one["address"] for one in events if one["event"] == "request"]

    def last_address(self, count):
        wait_for(lambda: len(self.addresses()) >= count)
        return self.addresses()[-1]


@pytest.fixture(scope="module")
def ready(tmp_path_factory):
    """An application with a talk, made once: its processes come and go."""
    folder = tmp_path_factory.mktemp("proxy")
    made = Application(folder, f"sqlite:///{folder / 'own.sqlite3'}", f"file:{folder / 'mail'}")
    made.prepare(seats=500)
    return made


@pytest.fixture(scope="module", params=[0, 1, 2], ids=["no-proxy", "one-proxy", "two-proxies"])
def hops(request):
    return request.param


@pytest.fixture(scope="module", params=WAYS)
def site(request, ready, hops, tmp_path_factory):
    tmp_path = tmp_path_factory.mktemp("site")
    application = Application(
        tmp_path,
        ready.database_url,
        ready.mail_url,
        {
            "PROXY_HOPS": str(hops),
            "SECRET_KEY": "prueba-" * 8,
            "BASE_URL": "https://agenda.example" if hops else "http://127.0.0.1",
            "TRUSTED_HOSTS": "127.0.0.1,agenda.example",
        },
    )
    with ExitStack() as stack:
        port = application.port
        if hops == 2:
            port = stack.enter_context(nginx.before(port, tmp_path / "inner", nearest=False))
        if hops:
            port = stack.enter_context(nginx.before(port, tmp_path / "outer"))
        process = WAYS[request.param](application)
        stack.callback(stop, process)
        application.wait_until_it_answers()
        made = Site(application, port, hops)
        wait_for(lambda: made.ask("/healthz")[0] == 200)
        yield made


def test_the_address_is_the_clients_and_nothing_that_it_says_of_itself(site):
    for source in (somebody(), somebody()):
        for headers in ({}, FORGED):
            before = len(site.addresses())
            assert site.ask("/privacidad", source=source, headers=headers)[0] == 200
            assert site.last_address(before + 1) == source


def test_metrics_are_for_this_machine_and_not_for_who_comes_through_a_proxy(site):
    for source in (somebody(), "127.0.0.1"):
        # Whoever sits at this machine comes directly; what a proxy brings is from elsewhere.
        expected = 404 if site.hops else 200
        assert site.ask("/metrics", source=source)[0] == expected
        assert site.ask("/metrics", source=source, headers=FORGED)[0] == 404
    assert site.ask("/metrics", port=site.application.port)[0] == 200


def form_of(site, source, headers=None):
    status, answered, page = site.ask(registering.PATH, source=source, headers=headers)
    assert status == 200
    return page, answered["Set-Cookie"].partition(";")[0]


def test_limits_are_apart_for_two_who_come_through_the_same_proxy(site):
    """Eleven wrong passwords of one person do not lock out everybody behind the proxy."""
    ana, luis = somebody(), somebody()
    allowed = 0
    while True:
        status = try_to_register(
            site, ana, headers=dict(FORGED, **{"X-Forwarded-For": f"203.0.113.{allowed}"})
        )
        if status == 429:
            break
        allowed += 1
        assert allowed < 200, "nobody is ever told to wait"
    assert allowed > 30
    assert try_to_register(site, luis) == 422


def try_to_register(site, source, headers=None):
    """Send a form with nothing in it: it counts, and registers nobody."""
    page, cookie = form_of(site, source)
    sent = {"Cookie": cookie, "Referer": f"{referrer(site)}{registering.PATH}", **(headers or {})}
    return site.ask(registering.PATH, source=source, headers=sent, form=registering.hidden(page))[0]


def referrer(site):
    return f"https://127.0.0.1:{site.application.port}" if site.hops else site.application.url


def test_the_scheme_is_what_the_visitor_speaks(site):
    """Over https a form must say where it was sent from; over http no browser says that."""
    luis = somebody()
    page, cookie = form_of(site, luis)
    for headers in ({}, FORGED):
        status = site.ask(
            registering.PATH,
            source=luis,
            headers={"Cookie": cookie, **headers},
            form=registering.hidden(page),
        )[0]
        assert status == (400 if site.hops else 422)
