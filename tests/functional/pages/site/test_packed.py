"""What is sent packed, to whom, and what never is."""

import gzip

import pytest

from coopoutreach.platform.core.shipped import BUNDLE
from coopoutreach.platform.web.formats import asset
from tests.factories import a_cooperative, a_talk
from tests.support.crawling import addresses

SECURE = {"base_url": "https://localhost"}
GZIP = {"Accept-Encoding": "gzip, deflate, br"}


@pytest.fixture
def talk(database, settings):
    with database.transaction() as session:
        a_cooperative(session)
        return a_talk(session, slug="creditos").slug


@pytest.mark.parametrize("name", ["app.css", "app.js", "minutes.css", "minutes.js"])
@pytest.mark.parametrize(
    ("accepted", "coding"),
    [
        ("gzip, deflate, br", "br"),
        ("gzip", "gzip"),
        ("gzip, br;q=0", "gzip"),
        ("identity", None),
        ("", None),
        ("gzip;q=0, br;q=0", None),
    ],
)
def test_built_files_are_sent_as_the_reader_takes_them(client, name, accepted, coding):
    path = asset(name)
    answer = client.get(path, headers={"Accept-Encoding": accepted}, buffered=True, **SECURE)
    plain = (BUNDLE / path.rpartition("/")[2]).read_bytes()
    assert answer.status_code == 200
    assert answer.headers.get("Content-Encoding") == coding
    assert "Accept-Encoding" in answer.headers["Vary"]
    assert answer.content_type.startswith("text/css" if name.endswith("css") else "text/javascript")
    assert answer.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    if coding is None:
        assert answer.data == plain
    elif coding == "gzip":
        assert gzip.decompress(answer.data) == plain
    assert len(answer.data) <= len(plain)
    again = client.get(
        path,
        headers={"Accept-Encoding": accepted, "If-None-Match": answer.headers["ETag"]},
        buffered=True,
        **SECURE,
    )
    assert again.status_code == 304


def test_each_form_of_a_built_file_has_a_name_of_its_own(client):
    tags = {
        client.get(
            asset("app.css"), headers={"Accept-Encoding": one}, buffered=True, **SECURE
        ).headers["ETag"]
        for one in ("br", "gzip", "identity")
    }
    assert len(tags) == 3


def test_nothing_outside_is_reached_by_a_packed_name(client):
    for path in ("/static/../../etc/passwd", "/static/dist/..%2f..%2fapp.py", "/static/x.css"):
        assert client.get(path, headers=GZIP, buffered=True, **SECURE).status_code == 404


@pytest.mark.parametrize(
    "path",
    [
        "/charlas",
        "/charlas?cuando=pasadas",
        "/charlas/creditos",
        "/calendario?vista=agenda",
        "/calendario/charlas.ics",
    ],
)
def test_kept_pages_and_feeds_are_packed_once_and_named_apart(client, talk, path, monkeypatch):
    plain = client.get(path, buffered=True, **SECURE)
    packed = client.get(path, headers=GZIP, buffered=True, **SECURE)
    assert "Content-Encoding" not in plain.headers
    assert packed.headers["Content-Encoding"] == "gzip"
    assert gzip.decompress(packed.data) == plain.data
    assert len(packed.data) < len(plain.data)
    assert plain.headers["Vary"] == packed.headers["Vary"] == "Accept-Encoding"
    assert plain.headers["ETag"] != packed.headers["ETag"]
    monkeypatch.setattr(gzip, "compress", lambda *_args, **_named: pytest.fail("packed again"))
    again = client.get(path, headers=GZIP, buffered=True, **SECURE)
    assert again.data == packed.data
    assert int(again.headers["Content-Length"]) == len(packed.data)
    head = client.head(path, headers=GZIP, buffered=True, **SECURE)
    assert (head.data, head.headers["Content-Encoding"]) == (b"", "gzip")
    for known in (plain, packed):
        for headers in ({}, GZIP):
            named = {**headers, "If-None-Match": known.headers["ETag"]}
            answer = client.get(path, headers=named, buffered=True, **SECURE)
            assert (answer.status_code, answer.data) == (304, b"")
            assert answer.headers["Vary"] == "Accept-Encoding"
            assert "Content-Encoding" not in answer.headers


def test_no_page_with_a_form_to_send_or_for_somebody_is_packed(app, client, sign_in, talk):
    """How well a page packs tells what is in it, to whoever can put words of theirs there."""
    browsers = [client, *(sign_in(role) for role in ("administration", "coordination", "manager"))]
    packed = 0
    for _rule, address in addresses(app, {"slug": [talk]}):
        bodies = set()
        for browser in browsers:
            answer = browser.get(address, headers=GZIP, buffered=True, **SECURE)
            if answer.headers.get("Content-Encoding") is None:
                continue
            packed += 1
            page = gzip.decompress(answer.data).decode()
            assert "csrf_token" not in page, address
            assert 'method="post"' not in page, address
            assert "Set-Cookie" not in answer.headers, address
            bodies.add(answer.data)
        assert len(bodies) <= 1, f"{address} is not the same for everybody"
    assert packed > 20
