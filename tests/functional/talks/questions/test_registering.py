"""A talk's questions in the registration form."""

import re

import pytest
from sqlalchemy import select

from coopoutreach.events.models import Invitee
from coopoutreach.people.directory.models import Person
from coopoutreach.talks.consents.models import Consent
from coopoutreach.talks.consents.rules import Channel, Purpose
from coopoutreach.talks.questions.models import QuestionAnswer
from coopoutreach.talks.registrations.models import Registration
from tests.factories import a_talk

SAFE = {"base_url": "https://localhost"}
FORM = "/charlas/creditos/inscripcion"


@pytest.fixture
def answers(database):
    def answers():
        """What each person answered, by name and question."""
        with database.reading() as session:
            rows = session.execute(
                select(Person.name, QuestionAnswer.question_id, QuestionAnswer.value)
                .join(Invitee, Invitee.id == QuestionAnswer.invitee_id)
                .join(Person, Person.id == Invitee.person_id)
            ).all()
        found = {}
        for name, question, value in rows:
            found.setdefault(name, {})[question] = value
        return found

    return answers


@pytest.fixture
def consents(database):
    def consents():
        with database.reading() as session:
            return session.execute(
                select(Person.name, Consent.purpose, Consent.channel).join(Consent.person)
            ).all()

    return consents


def test_each_person_answers_for_themselves(fill, ana, asked, answers):
    bea = {
        "name": "Bea Soto",
        "email": "bea@coop.example",
        asked.travels: "yes",
        asked.origin: "Calama",
        asked.topics: ["Riesgo", "Garantías"],
    }
    assert fill(ana, bea).status_code == 303
    keys = asked.keys
    assert answers() == {
        "Ana Díaz": {keys["travels"]: False},
        "Bea Soto": {
            keys["travels"]: True,
            keys["origin"]: "Calama",
            keys["topics"]: ["Garantías", "Riesgo"],
        },
    }


def test_what_is_wrong_stands_beside_the_field_and_all_that_was_typed_stays(fill, ana, asked):
    ana[asked.travels] = "yes"
    ana[asked.topics] = ["Riesgo"]
    ana[asked.food] = "Soy celíaca"
    page = fill(ana)
    assert page.status_code == 422
    assert f'id="people-0-{asked.origin}-error"' in page.text
    assert 'id="people-0-consent-dietary-error"' in page.text
    assert "Soy celíaca" in page.text
    assert re.search(r'value="Riesgo"\s+checked', page.text)
    assert re.search(r'<option value="yes"\s+selected', page.text)


def test_an_answer_whose_condition_does_not_hold_is_dropped(fill, ana, asked, answers):
    ana[asked.origin] = "Calama"
    assert fill(ana).status_code == 303
    assert answers() == {"Ana Díaz": {asked.keys["travels"]: False}}


def test_who_answers_reads_who_sees_it(client, asked):
    page = client.get(FORM, **SAFE).text
    hints = re.findall(r'id="people-0-([^"]*)-hint">[^<]*También la verá su coop', page)
    assert hints == [asked.travels]


def test_pr_17_no_box_is_ticked_beforehand(client, asked):
    page = client.get(FORM, **SAFE).text
    boxes = re.findall(r"<input[^>]*consent-[^>]*>", page)
    assert len(boxes) == 4  # two consents, in the row and in the model of a new one
    assert not [box for box in boxes if "checked" in box]


@pytest.mark.both_engines
def test_pr_17_a_need_is_kept_with_its_box_alone(fill, ana, asked, answers, consents):
    ana[asked.food] = "Soy celíaca"
    assert fill(ana).status_code == 422
    assert answers() == {}
    ana["consent-dietary"] = "dietary-1"
    assert fill(ana).status_code == 303
    assert answers()["Ana Díaz"][asked.keys["food"]] == "Soy celíaca"
    assert consents() == [("Ana Díaz", Purpose.DIETARY, Channel.REGISTRATION)]


@pytest.mark.parametrize("forged", ["on", "", "photos-0"])
def test_pr_17_a_forged_version_of_the_text_is_refused_and_unticked(
    fill, ana, forged, database, consents
):
    page = fill({**ana, "consent-photos": forged})
    assert page.status_code == 422
    assert "El texto de la autorización cambió" in page.text
    assert consents() == []
    with database.reading() as session:
        assert session.scalars(select(Registration)).all() == []


def test_pr_17_no_box_no_consent(fill, ana, consents):
    fill(ana)
    assert consents() == []


def test_a_colleague_says_of_each_who_agreed(fill, ana, asked, consents):
    bea = {"name": "Bea Soto", "email": "bea@coop.example", asked.travels: "no"}
    fill({**ana, "consent-photos": "photos-1"}, bea)
    assert consents() == [("Ana Díaz", Purpose.PHOTOS, Channel.REGISTRAR)]


def test_whoever_registers_somebody_again_does_not_change_their_answers(
    fill, ana, asked, answers, consents
):
    fill(ana)
    again = {
        **ana,
        asked.travels: "yes",
        asked.origin: "Otra persona",
        "consent-photos": "photos-1",
    }
    assert fill(again).status_code == 303
    assert answers() == {"Ana Díaz": {asked.keys["travels"]: False}}
    assert consents() == []


def test_a_row_of_answers_without_a_name_is_not_thrown_away(fill, ana, asked):
    page = fill(ana, {asked.travels: "yes", asked.origin: "Tocopilla"})
    assert page.status_code == 422
    assert "Tocopilla" in page.text
    assert 'id="people-1-name-error"' in page.text


def test_the_answers_follow_their_person_when_a_row_between_was_left_blank(
    fill, ana, asked, answers
):
    blank = {"name": "", "email": ""}
    cleo = {
        "name": "Cleo Paz",
        "email": "cleo@coop.example",
        asked.travels: "yes",
        asked.origin: "Arica",
    }
    assert fill(ana, blank, cleo).status_code == 303
    assert answers()["Cleo Paz"][asked.keys["origin"]] == "Arica"
    assert asked.keys["origin"] not in answers()["Ana Díaz"]


def test_a_question_added_meanwhile_is_asked_at_once(client, sign_in, post, asked):
    client.get(FORM, **SAFE)
    coordination = sign_in("coordination")
    path = f"{asked.plan}/preguntas"
    assert post(path, coordination, text="¿Trae notebook?", kind="yes-no").status_code == 303
    assert "¿Trae notebook?" in client.get(FORM, **SAFE).text


def test_a_talk_without_questions_asks_the_database_for_none(app, database, statements):
    with database.transaction() as session:
        a_talk(session, slug="sin-preguntas")
    app.test_client().get("/charlas/sin-preguntas/inscripcion", **SAFE)
    with statements() as seen:
        app.test_client().get("/charlas/sin-preguntas/inscripcion", **SAFE)
    assert seen
    assert not [statement for statement in seen if "question" in statement.partition("FROM")[2]]


@pytest.fixture
def statements(app):
    from contextlib import contextmanager  # noqa: PLC0415

    from sqlalchemy import event  # noqa: PLC0415

    @contextmanager
    def statements():
        seen = []

        def note(_connection, _cursor, statement, *_more):
            seen.append(statement)

        engine = app.extensions["database"].engine
        event.listen(engine, "before_cursor_execute", note)
        yield seen
        event.remove(engine, "before_cursor_execute", note)

    return statements
