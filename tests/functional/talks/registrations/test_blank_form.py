"""The form as it is first opened, which is kept."""

import re

import pytest

from tests.factories import a_cooperative, a_talk

SAFE = {"base_url": "https://localhost"}


@pytest.fixture(autouse=True)
def frozen(time_machine, now):
    time_machine.move_to(now, tick=False)


@pytest.fixture
def talk(database, settings):
    with database.transaction() as session:
        return a_talk(session, title="Créditos", slug="creditos-blanco", capacity_room=2)


def tokens_of(client, talk):
    page = client.get(f"/charlas/{talk.slug}/inscripcion", **SAFE).text
    assert "\x00" not in page
    return [re.search(rf'name="{name}"\s+value="([^"]+)"', page)[1] for name in NAMES]


NAMES = ("csrf_token", "form_key")


def test_each_reader_gets_tokens_of_their_own(app, talk):
    first, second = (tokens_of(app.test_client(), talk) for _ in range(2))

    assert first[0] != second[0]
    assert first[1] != second[1]


def test_the_tokens_that_a_second_reader_gets_are_taken(app, talk):
    tokens_of(app.test_client(), talk)
    browser = app.test_client()
    sent = dict(zip(NAMES, tokens_of(browser, talk), strict=True))

    answer = browser.post(
        f"/charlas/{talk.slug}/inscripcion",
        headers={"Referer": "https://localhost/"},
        data={
            **sent,
            "organisation": "otra",
            "organisation_name": "Junta de vecinos",
            "people-0-name": "Rosa Paillán",
            "people-0-email": "rosa@vecinos.example",
        },
        **SAFE,
    )

    assert answer.status_code == 303


def test_a_new_cooperative_is_offered_at_once(app, database, talk):
    tokens_of(app.test_client(), talk)
    with database.transaction() as session:
        a_cooperative(session, name="Recién Llegada")

    page = app.test_client().get(f"/charlas/{talk.slug}/inscripcion", **SAFE).text

    assert "Recién Llegada" in page


def test_a_closed_form_sets_no_cookie(app, database, talk, time_machine):
    time_machine.move_to(talk.starts_at, tick=False)

    answer = app.test_client().get(f"/charlas/{talk.slug}/inscripcion", **SAFE)

    assert "csrf_token" not in answer.text
    assert "Set-Cookie" not in answer.headers
