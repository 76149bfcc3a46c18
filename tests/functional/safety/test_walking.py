"""Somebody who walks through addresses meets the same wall everywhere, and is noticed."""

from datetime import timedelta

import pytest

from coopoutreach.people.accounts import reactions as accounts
from coopoutreach.platform.access.permissions import Role
from coopoutreach.platform.audit import commands as audit
from coopoutreach.platform.scheduler.happenings import AttentionAsked
from tests.factories import a_cooperative, a_talk, a_user

SECURE = "https://localhost"


@pytest.fixture
def paths(database):
    with database.transaction() as session:
        return [
            f"/cooperativas/{a_cooperative(session).public_id}",
            f"/plan/charlas/{a_talk(session).public_id}",
            "/mensajes",
            "/datos-personales",
        ]


def variants(path):
    """Yield other ways to write an address that a careless guard would let through."""
    yield path + "/"
    yield path.upper()
    yield path.replace("/", "/%2e/", 1)
    yield path.replace("/", "/%2e%2e/", 1)
    yield path + "%00"
    yield path + ";a=b"
    yield path + "?_method=POST"


def test_ac_16_no_other_way_to_write_an_address_opens_it(app, sign_in, paths):
    stranger = sign_in("counterpart")
    assert all(stranger.get(path, base_url=SECURE).status_code == 404 for path in paths)
    for path in paths:
        for other in variants(path):
            answer = stranger.get(other, base_url=SECURE)
            assert answer.status_code in {308, 400, 404}, other
            if answer.status_code == 308:
                again = stranger.get(answer.headers["Location"], base_url=SECURE)
                assert again.status_code == 404, other


@pytest.mark.parametrize("method", ["HEAD", "OPTIONS", "TRACE", "PUT", "PATCH", "DELETE", "BREW"])
def test_ac_16_no_other_method_opens_it(app, sign_in, paths, method):
    stranger = sign_in("counterpart")
    for path in paths:
        answer = stranger.open(path, method=method, base_url=SECURE)
        assert answer.status_code in {200, 400, 404, 405}
        assert answer.status_code != 200 or method == "OPTIONS"
        assert not answer.data or answer.status_code in {400, 404, 405}


@pytest.mark.parametrize("name", ["X-HTTP-Method-Override", "X-HTTP-Method", "X-Original-URL"])
def test_ac_16_a_header_that_asks_for_another_method_or_address_is_ignored(
    app, sign_in, paths, name
):
    stranger = sign_in("counterpart")
    desk = sign_in("coordination")
    for path in paths:
        assert stranger.get(path, base_url=SECURE, headers={name: "POST"}).status_code == 404
        assert desk.get(path, base_url=SECURE, headers={name: "DELETE"}).status_code == 200


@pytest.mark.parametrize(
    "path", ["/.git/config", "/.env", "/instance/coopoutreach.sqlite3", "/openapi.json", "/debug"]
)
def test_nw_09_what_helps_an_intruder_is_not_there(client, path):
    assert client.get(path, base_url=SECURE).status_code == 404


def test_ac_15_sixty_refusals_in_ten_minutes_are_told_to_the_coordination(database, now):
    with database.transaction() as session:
        walker = a_user(session, role=Role.MANAGER, name="Quien Camina")
        patient = a_user(session, role=Role.MANAGER, name="Quien Se Equivoca")
        for number in range(60):
            for user, gap in ((walker, 9), (patient, 60)):
                audit.record(
                    session,
                    ("path", f"/cooperativas/{number}"),
                    action="access.denied",
                    actor=user.actor,
                    now=now - timedelta(hours=2) + timedelta(seconds=number * gap),
                )
        [concern] = accounts.concerns(session, AttentionAsked(), now=now)
        assert "60 páginas" in concern.text
        assert "Quien Camina" in concern.detail
        assert concern.serious
        assert accounts.concerns(session, AttentionAsked(), now=now + timedelta(days=2)) == []
