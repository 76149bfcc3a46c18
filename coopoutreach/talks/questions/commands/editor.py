"""Write the questions of a talk."""

from datetime import datetime

from sqlalchemy.orm import Session

from coopoutreach.platform.audit import commands as audit
from coopoutreach.talks.questions import queries
from coopoutreach.talks.questions.errors import QuestionRefused
from coopoutreach.talks.questions.fields import QuestionFields
from coopoutreach.talks.questions.models import Question
from coopoutreach.talks.questions.rules import (
    DECIDING,
    MOST_QUESTIONS,
    NO,
    OF_OPTIONS,
    PRESETS,
    YES,
    Audience,
    Kind,
    Need,
)
from coopoutreach.talks.talks import queries as talks
from coopoutreach.talks.talks.models import Talk


def add(
    session: Session, talk: Talk, fields: QuestionFields, *, actor: str, now: datetime
) -> Question:
    """Add a question after those that the talk asks already.

    :raises QuestionRefused: if there are too many, or its condition is none
    """
    return _add(session, talk, fields, Need.NONE, actor=actor, now=now)


def ask_about_need(
    session: Session, talk: Talk, need: Need, *, actor: str, now: datetime
) -> Question:
    """Ask about a need, with the hint that goes with it; asking twice changes nothing more."""
    for question in queries.of_talk(session, talk.id):
        if question.need is need:
            return question
    name, hint = PRESETS[need]
    fields = QuestionFields(kind=Kind.PARAGRAPH, text=name, hint=hint)
    return _add(session, talk, fields, need, actor=actor, now=now)


def edit(
    session: Session, question: Question, fields: QuestionFields, *, actor: str, now: datetime
) -> None:
    """Change a question. Once it was answered, neither its kind nor who sees more of it changes.

    :raises QuestionRefused: if answers would no longer be what they were given as
    """
    _hold(session, question.talk)
    answered = queries.counts(session, question.talk_id).get(question.id, 0)
    if answered and fields.kind is not question.kind:
        raise QuestionRefused(
            "Ya tiene respuestas: no puede cambiar de tipo. Retírela y haga otra.", field="kind"
        )
    wider = fields.audience is Audience.COOPERATIVE is not question.audience
    if answered and wider:
        raise QuestionRefused(
            "Ya hay respuestas dadas solo a la coordinación. Retírela y haga otra.",
            field="audience",
        )
    if question.need is not Need.NONE and (fields.required or fields.condition or wider):
        raise QuestionRefused("Lo que alguien necesita se pregunta siempre sin obligar.")
    _check_dependents(session, question, fields)
    before = {"text": question.text, "kind": question.kind.value}
    _set(session, question, fields)
    audit.record(
        session,
        ("question", question.id),
        action="question.edited",
        actor=actor,
        now=now,
        before=before,
        after={"text": question.text, "kind": question.kind.value},
    )


def retire(session: Session, question: Question, *, actor: str, now: datetime) -> None:
    """Ask a question no more; what was answered stays.

    :raises QuestionRefused: if another one depends on it
    """
    talk = _hold(session, question.talk)
    if question.retired_at is not None:
        return
    for other in queries.dependents(session, question):
        raise QuestionRefused(f"«{other.text}» depende de esta pregunta. Cambie esa primero.")
    question.retired_at = now
    session.flush()
    talk.asks = bool(queries.of_talk(session, talk.id))
    audit.record(
        session,
        ("question", question.id),
        action="question.retired",
        actor=actor,
        now=now,
        before={"text": question.text},
    )


def move(session: Session, question: Question, *, up: bool, actor: str, now: datetime) -> None:
    """Put a question one place further up or down; the first stays first, the last stays last.

    :raises QuestionRefused: if one would be asked before the one that it depends on
    """
    _hold(session, question.talk)
    order = list(queries.of_talk(session, question.talk_id))
    here = order.index(question)
    there = here - 1 if up else here + 1
    if not 0 <= there < len(order):
        return
    first, second = sorted((order[here], order[there]), key=order.index)
    if second.condition_question_id == first.id:
        raise QuestionRefused(f"«{second.text}» depende de «{first.text}»: va después.")
    order[here], order[there] = order[there], order[here]
    for position, each in enumerate(order):
        each.position = position
    audit.record(
        session,
        ("event", question.talk_id),
        action="questions.reordered",
        actor=actor,
        now=now,
        after={"order": [each.id for each in order]},
    )


def _add(
    session: Session, talk: Talk, fields: QuestionFields, need: Need, *, actor: str, now: datetime
) -> Question:
    talk = _hold(session, talk)
    before = queries.of_talk(session, talk.id)
    if len(before) >= MOST_QUESTIONS:
        raise QuestionRefused(f"Una charla hace a lo más {MOST_QUESTIONS} preguntas.")
    position = before[-1].position + 1 if before else 0
    question = Question(talk_id=talk.id, position=position, need=need)
    _set(session, question, fields)
    session.add(question)
    session.flush()
    talk.asks = True
    audit.record(
        session,
        ("question", question.id),
        action="question.added",
        actor=actor,
        now=now,
        after={"event": talk.id, "text": fields.text, "kind": fields.kind.value},
    )
    return question


def _hold(session: Session, talk: Talk) -> Talk:
    # Two people who write the questions of a talk at once do so one after the other.
    return talks.lock_talk(session, talk.id)


def _set(session: Session, question: Question, fields: QuestionFields) -> None:
    question.kind = fields.kind
    question.text = fields.text
    question.hint = fields.hint
    question.options = list(fields.options) if fields.kind in OF_OPTIONS else []
    question.required = fields.required
    question.audience = fields.audience
    question.condition_question, question.condition_value = _condition(session, question, fields)


def _condition(
    session: Session, question: Question, fields: QuestionFields
) -> tuple[Question | None, str]:
    if fields.condition is None:
        return None, ""
    on = queries.by_public_id(session, question.talk_id, fields.condition.question)
    value = fields.condition.value
    if on is None or on.kind not in DECIDING or on.need is not Need.NONE:
        raise QuestionRefused("Elija otra vez de qué respuesta depende.", field="condition")
    possible = (YES, NO) if on.kind is Kind.YES_NO else on.options
    if value not in possible or on.position >= question.position:
        raise QuestionRefused("Elija una respuesta de una pregunta anterior.", field="condition")
    return on, value


def _check_dependents(session: Session, question: Question, fields: QuestionFields) -> None:
    """Refuse to take away the answer that another question waits for."""
    possible = (YES, NO) if fields.kind is Kind.YES_NO else fields.options
    for other in queries.dependents(session, question):
        if fields.kind not in DECIDING or other.condition_value not in possible:
            raise QuestionRefused(
                f"«{other.text}» depende de una respuesta que ya no estaría. Cambie esa primero.",
                field="options",
            )
