"""The page on which the coordination writes a talk's questions."""

import re

import pytest

from coopoutreach.talks.questions import queries

SAFE = {"base_url": "https://localhost"}


@pytest.fixture
def coordination(sign_in):
    return sign_in("coordination")


@pytest.fixture
def path(asked):
    return f"{asked.plan}/preguntas"


@pytest.fixture
def texts(database, asked):
    def texts():
        with database.reading() as session:
            return [question.text for question in queries.of_talk(session, asked.talk_id)]

    return texts


def test_the_page_tells_all_that_is_asked_and_of_whom(coordination, path):
    page = coordination.get(path, **SAFE).text
    for words in ("¿Viaja?", "Solo si en «¿Viaja?» responde «Sí».", "Garantías · Riesgo"):
        assert words in page
    assert "autorización para usar fotos" in page


def test_a_question_is_added_after_the_others(coordination, path, post, texts):
    answer = post(
        path, coordination, text="¿Qué taller?", kind="one", options="Uno\n\n Dos \nUno", hint=""
    )
    assert (answer.status_code, answer.location) == (303, path)
    assert texts()[-1] == "¿Qué taller?"


@pytest.mark.parametrize(
    ("wrong", "field", "sentence"),
    [
        ({"text": ""}, "text", "Escriba la pregunta."),
        ({"kind": "one", "options": "Sola"}, "options", "al menos dos"),
        ({"kind": "slider"}, "kind", "Elija una opción."),
        ({"audience": "everybody"}, "audience", "Elija una opción."),
        ({"condition": "nadie:yes"}, "condition", "Elija otra vez"),
    ],
)
def test_what_is_wrong_stands_beside_its_field_and_nothing_typed_is_lost(
    coordination, path, post, texts, wrong, field, sentence
):
    before = texts()
    data = {"text": "¿Qué taller?", "hint": "Con calma", "kind": "text", **wrong}
    page = post(path, coordination, **data)
    assert page.status_code == 422
    assert re.search(rf'id="{field}-error".*?{re.escape(sentence)}', page.text, re.DOTALL)
    assert "Con calma" in page.text
    assert texts() == before


@pytest.mark.both_engines
def test_a_question_is_edited(coordination, path, post, asked, texts):
    form = coordination.get(f"{path}/{asked.topics_id}", **SAFE).text
    assert "Garantías\nRiesgo" in form
    answer = post(
        f"{path}/{asked.topics_id}",
        coordination,
        text="Temas de interés",
        kind="several",
        options="Garantías\nRiesgo\nFogain",
        audience="coordination",
    )
    assert answer.status_code == 303
    assert "Temas de interés" in texts()


@pytest.mark.both_engines
def test_a_question_about_a_need_stays_one_whatever_is_sent(coordination, path, post, asked, texts):
    answer = post(
        f"{path}/{asked.food_id}",
        coordination,
        text="Comidas",
        kind="text",
        required="y",
        audience="cooperative",
    )
    assert answer.status_code == 303
    page = coordination.get(path, **SAFE).text
    assert "Comidas" in page
    assert page.count("Obligatoria") == 2


def test_questions_move_without_a_script(coordination, path, post, asked, texts):
    post(f"{path}/{asked.topics_id}/mover", coordination, direction="up")
    assert texts() == ["¿Viaja?", "Temas", "¿Desde dónde?", "Alimentación"]
    post(f"{path}/{asked.topics_id}/mover", coordination, direction="down")
    assert texts() == ["¿Viaja?", "¿Desde dónde?", "Temas", "Alimentación"]


def test_what_cannot_be_is_told_on_the_page(coordination, path, post, asked, texts):
    answer = post(f"{path}/{asked.origin_id}/mover", coordination, direction="up")
    assert answer.status_code == 303
    assert "va después" in coordination.get(path, **SAFE).text
    post(f"{path}/{asked.travels_id}/retirar", coordination)
    assert "¿Viaja?" in texts()


def test_a_question_is_retired_and_its_answers_stay(
    coordination, client, path, post, asked, texts, fill, ana
):
    fill({**ana, asked.topics: ["Riesgo"]})
    post(f"{path}/{asked.topics_id}/retirar", coordination)
    assert "Temas" not in texts()
    assert "Temas" not in client.get("/charlas/creditos/inscripcion", **SAFE).text
    assert "Retiradas (1)" in coordination.get(path, **SAFE).text
    assert "Riesgo" in coordination.get(f"{asked.plan}/respuestas", **SAFE).text


def test_needs_are_offered_until_they_are_asked(coordination, path, post, texts):
    page = coordination.get(path, **SAFE).text
    assert "Preguntar por accesibilidad" in page
    assert "Preguntar por alimentación" not in page
    assert post(f"{path}/necesidad", coordination, need="access").status_code == 303
    assert texts()[-1] == "Accesibilidad"
    assert post(f"{path}/necesidad", coordination, need="none").status_code == 400
