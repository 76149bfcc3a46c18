"""Writing the questions of a talk."""

import pytest

from coopoutreach.talks.questions import commands, queries
from coopoutreach.talks.questions.errors import QuestionRefused
from coopoutreach.talks.questions.fields import QuestionFields
from coopoutreach.talks.questions.rules import (
    MOST_QUESTIONS,
    Audience,
    Condition,
    Given,
    Kind,
    Need,
)


@pytest.fixture
def add(session, talk, now):
    def add(text="¿?", kind=Kind.YES_NO, **more):
        fields = QuestionFields(kind=kind, text=text, **more)
        return commands.add(session, talk, fields, actor="user:1", now=now)

    return add


@pytest.fixture
def edit(session, now):
    def edit(question, **more):
        fields = QuestionFields(
            **{
                "kind": question.kind,
                "text": question.text,
                "options": tuple(question.options),
                "audience": question.audience,
                **more,
            }
        )
        commands.edit(session, question, fields, actor="user:1", now=now)

    return edit


@pytest.fixture
def answer(session, invite, now):
    def answer(question, *, value):
        given = Given({question.id: value})
        invitee = invite()
        commands.keep(session, invitee, given, actor="x", now=now)
        return invitee

    return answer


def texts(session, talk):
    return [question.text for question in queries.asking(session, talk).questions]


def test_a_talk_says_whether_it_asks_anything(session, talk, add, now):
    assert not talk.asks
    question = add()
    assert talk.asks
    commands.retire(session, question, actor="user:1", now=now)
    assert not talk.asks


def test_questions_stay_in_the_order_that_they_are_put_in(session, talk, add, now):
    first, second, third = add("A"), add("B"), add("C")
    commands.move(session, third, up=True, actor="user:1", now=now)
    commands.move(session, first, up=False, actor="user:1", now=now)
    assert texts(session, talk) == ["C", "A", "B"]
    commands.move(session, third, up=True, actor="user:1", now=now)
    commands.move(session, second, up=False, actor="user:1", now=now)
    assert texts(session, talk) == ["C", "A", "B"]


def test_a_question_never_comes_before_the_one_it_depends_on(session, talk, add, now):
    first = add("¿Viaja?")
    then = add("¿Desde dónde?", condition=Condition(first.public_id, "yes"))
    for question, up in ((then, True), (first, False)):
        with pytest.raises(QuestionRefused, match="va después"):
            commands.move(session, question, up=up, actor="user:1", now=now)


@pytest.mark.parametrize("value", ["maybe", "", "Sí"])
def test_a_condition_is_an_answer_that_can_be_given(add, value):
    first = add()
    with pytest.raises(QuestionRefused, match="pregunta anterior"):
        add(condition=Condition(first.public_id, value))


def test_a_condition_is_on_a_question_before_it_of_the_same_talk(add, edit):
    first, second = add(), add()
    with pytest.raises(QuestionRefused, match="pregunta anterior"):
        edit(first, condition=Condition(second.public_id, "yes"))
    with pytest.raises(QuestionRefused, match="Elija otra vez"):
        edit(second, condition=Condition("de-otra-charla", "yes"))
    with pytest.raises(QuestionRefused, match="pregunta anterior"):
        edit(first, condition=Condition(first.public_id, "yes"))


def test_a_question_that_another_depends_on_is_not_retired_nor_loses_the_answer(
    session, add, edit, now
):
    first = add("Ciudad", Kind.ONE, options=("Calama", "Otra"))
    add("¿Cuál?", Kind.TEXT, condition=Condition(first.public_id, "Otra"))
    with pytest.raises(QuestionRefused, match="depende de esta"):
        commands.retire(session, first, actor="user:1", now=now)
    with pytest.raises(QuestionRefused, match="ya no estaría"):
        edit(first, options=("Calama", "Arica"))
    edit(first, options=("Otra", "Calama", "Arica"))


def test_what_was_answered_stays_when_its_question_is_retired(session, add, answer, now):
    question = add()
    invitee = answer(question, value=True)
    commands.retire(session, question, actor="user:1", now=now)
    assert queries.answers_of(session, invitee.id)[question.id].value is True


def test_once_answered_neither_the_kind_changes_nor_more_people_see_it(add, answer, edit):
    question = add()
    edit(question, kind=Kind.TEXT)
    edit(question, kind=Kind.YES_NO, audience=Audience.COOPERATIVE)
    edit(question, audience=Audience.COORDINATION)
    answer(question, value=True)
    with pytest.raises(QuestionRefused, match="tipo"):
        edit(question, kind=Kind.TEXT)
    with pytest.raises(QuestionRefused, match="solo a la coordinación"):
        edit(question, audience=Audience.COOPERATIVE)
    edit(question, text="¿Viaja usted?")
    assert question.text == "¿Viaja usted?"


def test_a_need_is_asked_once_never_required_and_seen_by_the_coordination_alone(
    session, talk, edit, now
):
    first, again = (
        commands.ask_about_need(session, talk, Need.DIETARY, actor="user:1", now=now)
        for _ in range(2)
    )
    assert first is again
    assert (first.required, first.audience, first.kind) == (
        False,
        Audience.COORDINATION,
        Kind.PARAGRAPH,
    )
    for more in ({"required": True}, {"audience": Audience.COOPERATIVE}):
        with pytest.raises(QuestionRefused, match="sin obligar"):
            edit(first, **more)


def test_a_talk_does_not_become_a_survey(add):
    for _ in range(MOST_QUESTIONS):
        add()
    with pytest.raises(QuestionRefused, match="a lo más"):
        add()
