"""Seeing and correcting one's own answers, and giving and withdrawing consents."""

import pytest
from sqlalchemy import select

from coopoutreach.events.models import Invitee
from coopoutreach.events.rules import LINK
from coopoutreach.platform.core import settings as process_settings
from coopoutreach.talks.consents import queries as consent_queries
from coopoutreach.talks.consents.rules import Purpose, Scope
from coopoutreach.talks.questions import jobs
from coopoutreach.talks.questions.models import QuestionAnswer
from coopoutreach.talks.talks.models import Talk

SAFE = {"base_url": "https://localhost"}


@pytest.fixture
def own(fill, ana, asked, database):
    """Register Ana with a need and a yes to photographs; return her page."""
    need = {asked.food: "Soy celíaca", "consent-dietary": "dietary-1"}
    assert fill({**ana, **need, "consent-photos": "photos-1"}).status_code == 303
    with database.reading() as session:
        invitee = session.scalars(select(Invitee)).one()
        links = process_settings.current().links
        return "/inscripciones/" + links.token(LINK, invitee.public_id, invitee.nonce)


@pytest.fixture
def values(database, asked):
    def values():
        names = {key: name for name, key in asked.keys.items()}
        with database.reading() as session:
            return {
                names[answer.question_id]: answer.value
                for answer in session.scalars(select(QuestionAnswer))
            }

    return values


@pytest.fixture
def agrees(database, asked):
    def agrees(purpose):
        with database.reading() as session:
            scope = Scope(Purpose(purpose), asked.talk_id)
            return bool(consent_queries.people_who_agreed(session, scope))

    return agrees


def test_the_page_shows_what_was_answered_and_agreed_to(client, own):
    page = client.get(own, **SAFE).text
    assert "Soy celíaca" in page
    assert "Autorizó: uso de fotos y videos." in page
    assert "Autorizó: alimentación." in page


def test_answers_are_corrected_until_the_talk_begins(client, own, post, asked, values):
    form = client.get(f"{own}/respuestas", **SAFE)
    assert "Soy celíaca" in form.text
    answer = post(
        f"{own}/respuestas",
        **{
            asked.travels: "yes",
            asked.origin: "Calama",
            asked.food: "Sin gluten",
            "consent-dietary": "dietary-1",
        },
    )
    assert (answer.status_code, answer.location) == (303, own)
    assert values() == {"travels": True, "origin": "Calama", "food": "Sin gluten"}


def test_what_is_wrong_is_said_and_nothing_typed_is_lost(own, post, asked, values):
    page = post(f"{own}/respuestas", **{asked.travels: "yes", asked.food: "Sin lactosa"})
    assert page.status_code == 422
    assert f'id="{asked.origin}-error"' in page.text
    assert "Sin lactosa" in page.text
    assert values()["food"] == "Soy celíaca"


def test_once_it_has_begun_they_only_read(client, own, post, asked, database, time_machine, values):
    with database.reading() as session:
        time_machine.move_to(session.get_one(Talk, asked.talk_id).starts_at, tick=False)
    assert "Corregir mis respuestas" not in client.get(own, **SAFE).text
    assert client.get(f"{own}/respuestas", **SAFE).status_code == 404
    assert post(f"{own}/respuestas", **{asked.travels: "yes"}).status_code in {404, 409, 422}
    assert values()["travels"] is False


@pytest.mark.parametrize("purpose", ["photos", "dietary"])
def test_pr_17_one_press_withdraws_as_one_gave(own, post, agrees, purpose):
    assert agrees(purpose)
    for _ in range(2):
        answer = post(f"{own}/autorizaciones", purpose=purpose, withdraw="1")
        assert (answer.status_code, answer.location) == (303, own)
    assert not agrees(purpose)


def test_withdrawing_the_consent_for_a_need_erases_it_at_once(client, own, post, values):
    post(f"{own}/autorizaciones", purpose="dietary", withdraw="1")
    assert values()["food"] is None
    page = client.get(own, **SAFE).text
    assert "Soy celíaca" not in page
    assert "Eliminado" in page


def test_photographs_are_agreed_to_again_with_the_words_in_force_alone(own, post, agrees):
    post(f"{own}/autorizaciones", purpose="photos", withdraw="1")
    for forged in ("", "photos-0", "on"):
        assert post(f"{own}/autorizaciones", purpose="photos", text=forged).status_code == 409
    assert not agrees("photos")
    assert post(f"{own}/autorizaciones", purpose="photos", text="photos-1").status_code == 303
    assert agrees("photos")


def test_a_need_is_not_agreed_to_without_saying_it(own, post, agrees):
    post(f"{own}/autorizaciones", purpose="dietary", withdraw="1")
    answer = post(f"{own}/autorizaciones", purpose="dietary", text="dietary-1")
    assert answer.status_code == 400
    assert not agrees("dietary")


def test_p_07_thirty_days_later_the_page_says_that_it_is_erased(
    client, own, database, asked, time_machine
):
    from datetime import timedelta  # noqa: PLC0415

    with database.reading() as session:
        later = session.get_one(Talk, asked.talk_id).ends_at + timedelta(days=30)
    jobs.erase_needs(database, later)
    time_machine.move_to(later, tick=False)
    page = client.get(own, **SAFE).text
    assert "Soy celíaca" not in page
    assert "Eliminado" in page


@pytest.mark.parametrize("rest", ["/respuestas", "/autorizaciones"])
def test_another_token_opens_nothing(client, own, post, rest):
    forged = own[:-3] + "xyz"
    if rest == "/respuestas":
        assert client.get(forged + rest, **SAFE).status_code == 404
    assert post(forged + rest, purpose="photos", withdraw="1").status_code == 404
