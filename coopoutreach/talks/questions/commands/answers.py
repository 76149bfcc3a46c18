"""Keep, correct and erase what people answer."""

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from coopoutreach.events.models import Invitee
from coopoutreach.platform.audit import commands as audit
from coopoutreach.talks.consents import commands as consents
from coopoutreach.talks.consents.rules import Purpose, Scope
from coopoutreach.talks.questions import queries
from coopoutreach.talks.questions.errors import NotAgreed, NotAsked
from coopoutreach.talks.questions.models import Question, QuestionAnswer
from coopoutreach.talks.questions.rules import NEED_OF, PURPOSE_OF, Given, Need
from coopoutreach.talks.talks.models import Talk


def keep(session: Session, invitee: Invitee, given: Given, *, actor: str, now: datetime) -> None:
    """Keep what somebody answered, in place of what they had answered, and what they agreed to.

    An answer about a need is kept only with the consent that it needs: the form has asked for it.
    The answers to questions that are no longer asked stay as they are.

    :raises OtherWords: if they agreed to other words than those in force
    :raises NotAgreed: if they did not agree that what they told of a need is kept
    """
    _hold(session, invitee)
    source = given.source
    if source is not None:
        for purpose, text_id in given.agreed.items():
            consents.give(
                session,
                invitee.person,
                Scope(purpose, invitee.event_id),
                text_id=text_id,
                source=source,
                actor=actor,
                now=now,
            )
    _replace(session, invitee, given, now=now)
    audit.record(
        session,
        ("invitee", invitee.id),
        action="answers.given",
        actor=actor,
        now=now,
        # Never what was answered: the trail cannot be erased.
        after={"questions": sorted(given.answers)},
    )


def correct(
    session: Session, talk: Talk, invitee: Invitee, given: Given, *, actor: str, now: datetime
) -> None:
    """Keep what somebody answers now, on their own page, until the talk begins.

    An answer about a need that they emptied ends the consent that it was kept by.

    :raises NotAsked: if the talk has begun
    """
    if now >= talk.starts_at:
        raise NotAsked("La charla ya comenzó: las respuestas no cambian más.")
    asked = queries.of_talk(session, talk.id)
    emptied = {
        PURPOSE_OF[question.need]
        for question in asked
        if question.need is not Need.NONE and question.id not in given.answers
    }
    if given.source is not None:
        for purpose in sorted(emptied):
            consents.withdraw(
                session,
                invitee.person,
                Scope(purpose, invitee.event_id),
                source=given.source,
                actor=actor,
                now=now,
            )
    keep(session, invitee, given, actor=actor, now=now)


def transfer(session: Session, invitee: Invitee, *, to: Invitee, actor: str, now: datetime) -> None:
    """Let the answers of somebody who was registered under a wrong address be the right one's.

    Not what they told of a need: that is kept by a consent, which they give anew.
    """
    has, moved = queries.answers_of(session, to.id), []
    for key, answer in queries.answers_of(session, invitee.id).items():
        if answer.question.need is Need.NONE and key not in has:
            answer.invitee_id = to.id
            moved.append(key)
    session.flush()
    if moved:
        audit.record(
            session,
            ("invitee", to.id),
            action="answers.handed-on",
            actor=actor,
            now=now,
            after={"questions": sorted(moved)},
        )


def erase_needs_of_talk(session: Session, talk_id: int, *, now: datetime) -> int:
    """Erase a talk's answers about needs whose time is over; return how many there were."""
    found = queries.needs_to_erase(session, talk_id=talk_id, now=now)
    return _erase(session, found, actor="job:needs", now=now)


def erase_needs_of_person(
    session: Session, person_id: int, purpose: Purpose, *, event_id: int | None, now: datetime
) -> int:
    """Erase what somebody told of a need, of one event or (None) of all; return how much it was."""
    need = NEED_OF.get(purpose)
    if need is None:
        return 0
    found = queries.needs_of_person(session, person_id, need, event_id=event_id)
    return _erase(session, found, actor="consent:withdrawn", now=now)


def _erase(
    session: Session, answers: Iterable[QuestionAnswer], *, actor: str, now: datetime
) -> int:
    erased = list(answers)
    for answer in erased:
        answer.value = None
        answer.erased_at = now
    session.flush()
    if erased:
        audit.record(
            session,
            ("event", erased[0].question.talk_id),
            action="needs.erased",
            actor=actor,
            now=now,
            after={"answers": len(erased)},
        )
    return len(erased)


def _hold(session: Session, invitee: Invitee) -> None:
    # Who sends their answers twice at once is heard twice, one after the other.
    session.execute(
        select(Invitee.id).where(Invitee.id == invitee.id).with_for_update(key_share=True)
    )


def _replace(session: Session, invitee: Invitee, given: Given, *, now: datetime) -> None:
    before = queries.answers_of(session, invitee.id)
    asked = {question.id: question for question in queries.of_talk(session, invitee.event_id)}
    for key, value in given.answers.items():
        if key not in asked:
            continue
        _check_agreed(asked[key], given)
        answer = before.get(key)
        if answer is None:
            answer = QuestionAnswer(question_id=key, invitee_id=invitee.id)
            session.add(answer)
        elif answer.value == value and answer.erased_at is None:
            continue
        answer.value, answer.answered_at, answer.erased_at = value, now, None
    for key, answer in before.items():
        # What was erased says so as long as it is not answered anew.
        if key in asked and key not in given.answers and answer.erased_at is None:
            session.delete(answer)
    session.flush()


def _check_agreed(question: Question, given: Given) -> None:
    purpose = PURPOSE_OF.get(question.need)
    if purpose is not None and purpose not in given.agreed:
        raise NotAgreed(f"Sin su autorización no guardamos lo que escribió en «{question.text}».")
