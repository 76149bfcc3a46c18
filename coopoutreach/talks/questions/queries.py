"""Find the questions of a talk, and what was answered."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session, joinedload

from coopoutreach.events.models import Event, Invitee
from coopoutreach.events.rules import Standing
from coopoutreach.people.directory.models import Person
from coopoutreach.talks.questions.models import Question, QuestionAnswer
from coopoutreach.talks.questions.rules import NEEDS_LAST, Asked, Asking, Audience, Condition, Need
from coopoutreach.talks.talks.models import Talk


def asking(session: Session, talk: Talk) -> Asking:
    """Return what a talk asks now; of one that asks nothing the database is not asked either."""
    questions = of_talk(session, talk.id) if talk.asks else ()
    return Asking(tuple(asked(question) for question in questions), talk.photos)


def asked(question: Question) -> Asked:
    """Return a question as a form asks it."""
    on = question.condition_question
    return Asked(
        id=question.public_id,
        key=question.id,
        kind=question.kind,
        text=question.text,
        hint=question.hint,
        options=tuple(question.options),
        required=question.required,
        need=question.need,
        is_shared=question.audience is Audience.COOPERATIVE,
        condition=Condition(on.public_id, question.condition_value) if on else None,
    )


def of_talk(session: Session, talk_id: int, *, retired: bool = False) -> Sequence[Question]:
    """Return a talk's questions in their order: those asked now, or with those that were."""
    wanted = select(Question).where(Question.talk_id == talk_id)
    if not retired:
        wanted = wanted.where(Question.retired_at.is_(None))
    return session.scalars(
        wanted.options(joinedload(Question.condition_question)).order_by(
            Question.position, Question.id
        )
    ).all()


def by_public_id(session: Session, talk_id: int, public_id: str) -> Question | None:
    """Return a question of a talk that is asked now."""
    return session.scalars(
        select(Question).where(
            Question.talk_id == talk_id,
            Question.public_id == public_id,
            Question.retired_at.is_(None),
        )
    ).one_or_none()


def counts(session: Session, talk_id: int) -> dict[int, int]:
    """Return how many people answered each of a talk's questions."""
    rows = session.execute(
        select(QuestionAnswer.question_id, func.count())
        .join(QuestionAnswer.question)
        .where(Question.talk_id == talk_id)
        .group_by(QuestionAnswer.question_id)
    )
    found: dict[int, int] = dict(rows.all())
    return found


def dependents(session: Session, question: Question) -> Sequence[Question]:
    """Return the questions that are asked only of who answered this one in some way."""
    return session.scalars(
        select(Question)
        .where(Question.condition_question_id == question.id, Question.retired_at.is_(None))
        .order_by(Question.position)
    ).all()


def answers_of(session: Session, invitee_id: int) -> dict[int, QuestionAnswer]:
    """Return what somebody answered, by question's id, erased ones too."""
    found = session.scalars(select(QuestionAnswer).where(QuestionAnswer.invitee_id == invitee_id))
    return {answer.question_id: answer for answer in found}


def answers_of_talk(session: Session, talk_id: int) -> dict[int, dict[int, QuestionAnswer]]:
    """Return what everybody answered, by invitee's id and question's; nothing of who is blocked."""
    found = session.scalars(
        select(QuestionAnswer)
        .join(QuestionAnswer.question)
        .join(QuestionAnswer.invitee)
        .join(Invitee.person)
        .where(Question.talk_id == talk_id, Person.blocked_at.is_(None))
    )
    by_invitee: dict[int, dict[int, QuestionAnswer]] = {}
    for answer in found:
        by_invitee.setdefault(answer.invitee_id, {})[answer.question_id] = answer
    return by_invitee


def needs_to_erase(session: Session, *, talk_id: int, now: datetime) -> Sequence[QuestionAnswer]:
    """Return a talk's answers about needs whose time is over.

    That is thirty days after the talk, and at once for who gave up their place.
    """
    return session.scalars(
        select(QuestionAnswer)
        .join(QuestionAnswer.question)
        .join(QuestionAnswer.invitee)
        .join(Event, Event.id == Question.talk_id)
        .where(
            Question.talk_id == talk_id,
            Question.need != Need.NONE,
            QuestionAnswer.erased_at.is_(None),
            or_(Event.ends_at <= now - NEEDS_LAST, Invitee.standing == Standing.WITHDRAWN),
        )
    ).all()


def talk_ids_with_needs_to_erase(session: Session, *, now: datetime) -> list[int]:
    """Return the talks that have such answers."""
    return list(
        session.scalars(
            select(Question.talk_id)
            .join(QuestionAnswer, QuestionAnswer.question_id == Question.id)
            .join(QuestionAnswer.invitee)
            .join(Event, Event.id == Question.talk_id)
            .where(
                Question.need != Need.NONE,
                QuestionAnswer.erased_at.is_(None),
                or_(Event.ends_at <= now - NEEDS_LAST, Invitee.standing == Standing.WITHDRAWN),
            )
            .distinct()
            .order_by(Question.talk_id)
        )
    )


def needs_of_person(
    session: Session, person_id: int, need: Need, *, event_id: int | None
) -> Sequence[QuestionAnswer]:
    """Return what somebody told of a need and is not erased yet: of one event, or of all."""
    wanted = (
        select(QuestionAnswer)
        .join(QuestionAnswer.question)
        .join(QuestionAnswer.invitee)
        .where(
            Invitee.person_id == person_id,
            Question.need == need,
            QuestionAnswer.erased_at.is_(None),
        )
    )
    if event_id is not None:
        wanted = wanted.where(Question.talk_id == event_id)
    return session.scalars(wanted).all()
