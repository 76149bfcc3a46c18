"""A person's own answers to a talk's questions: in the form, on their own page, and corrected."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from coopoutreach.events import queries as events
from coopoutreach.events.rules import ACTIVE_STATES
from coopoutreach.platform.access.guard import by_link
from coopoutreach.platform.core.clock import utcnow
from coopoutreach.platform.web.forms import INVALID
from coopoutreach.platform.web.shown_again import unsent
from coopoutreach.platform.web.transaction import reading, transaction
from coopoutreach.talks.consents import commands as consents
from coopoutreach.talks.consents import queries as consent_queries
from coopoutreach.talks.consents import rules as consent_rules
from coopoutreach.talks.consents.rules import Channel, Purpose, Scope, Source
from coopoutreach.talks.questions import commands as questions
from coopoutreach.talks.questions import queries as question_queries
from coopoutreach.talks.questions import rules
from coopoutreach.talks.questions.forms import AnswerForm
from coopoutreach.talks.questions.models import Question, QuestionAnswer
from coopoutreach.talks.questions.rules import Need
from coopoutreach.talks.registrations import queries
from coopoutreach.talks.registrations.forms import RegistrationForm
from coopoutreach.talks.registrations.models import Registration
from coopoutreach.talks.registrations.request import Registrant
from coopoutreach.talks.registrations.rules import LIVE
from coopoutreach.talks.registrations.views.blueprint import bp


@dataclass(frozen=True, slots=True)
class Line:
    """One question and what was answered to it, in words."""

    question: str
    answer: str
    erased: bool = False
    need: bool = False


@dataclass(frozen=True, slots=True)
class OwnAnswers:
    """What a person's own page says of their answers and of what they agreed to."""

    lines: Sequence[Line]
    can_correct: bool
    #: Purposes that they agree to now, each with its words; and photos, if they are asked about.
    agreed: Sequence[tuple[Purpose, str]]
    photos_text_id: str
    photos_text: str


def with_answers(form: RegistrationForm, *, by_colleague: bool) -> list[Registrant]:
    """Return the people of a form that can be registered, each with their answers.

    Who fills the form in for several says of each that they agreed.
    """
    all_answers = [*form.picked_answers.values(), *form.answers]
    if not all_answers:
        return form.people
    channel = Channel.REGISTRAR if by_colleague or len(form.people) > 1 else Channel.REGISTRATION
    source = Source(channel, request.remote_addr or "")
    return [
        replace(someone, given=answers.given(source))
        for someone, answers in zip(form.people, all_answers, strict=True)
    ]


@bp.get("/inscripciones/<token>/respuestas")
@by_link
def answers_form(token: str) -> ResponseReturnValue:
    """Show somebody's answers, to be corrected until the talk begins."""
    session = reading()
    registration = _registration(session, token)
    asking = question_queries.asking(session, registration.talk)
    found = question_queries.answers_of(session, registration.invitee_id)
    agreed = consent_queries.purposes_standing(
        session, registration.person_id, registration.talk_id
    )
    form = AnswerForm.of(asking, _values(found), agreed)
    return _page(session, registration, token, form)


@bp.post("/inscripciones/<token>/respuestas")
@by_link
def correct_answers(token: str) -> ResponseReturnValue:
    """Correct one's answers."""
    with transaction() as session:
        registration = _registration(session, token)
        asking = replace(question_queries.asking(session, registration.talk), photos=False)
        form = AnswerForm.parse(request.form, asking)
        if unsent(form.errors):
            return _page(session, registration, token, form), INVALID
        questions.correct(
            session,
            registration.talk,
            registration.invitee,
            form.given(_own_page()),
            actor=f"link:invitee:{registration.invitee_id}",
            now=utcnow(),
        )
        flash(_("Guardamos sus respuestas."), "success")
    return redirect(url_for(".own", token=token), code=303)


@bp.post("/inscripciones/<token>/autorizaciones")
@by_link
def change_consent(token: str) -> ResponseReturnValue:
    """Agree to something, or agree no longer: one press each."""
    purpose = request.form.get("purpose", "")
    if purpose not in set(Purpose):
        abort(400)
    with transaction() as session:
        registration = _registration(session, token)
        _change_consent(session, registration, Purpose(purpose))
    return redirect(url_for(".own", token=token), code=303)


def _change_consent(session: Session, registration: Registration, purpose: Purpose) -> None:
    scope = Scope(purpose, registration.talk_id)
    actor = f"link:invitee:{registration.invitee_id}"
    person = registration.person
    if request.form.get("withdraw"):
        consents.withdraw(session, person, scope, source=_own_page(), actor=actor, now=utcnow())
        flash(_("Retiramos su autorización."), "success")
    elif purpose is Purpose.PHOTOS:
        words = request.form.get("text", "")
        consents.give(
            session, person, scope, text_id=words, source=_own_page(), actor=actor, now=utcnow()
        )
        flash(_("Guardamos su autorización."), "success")
    else:
        # A need is agreed to together with what it is, in the form of the answers.
        abort(400)


@bp.context_processor
def _of_own_page() -> dict[str, object]:
    """Let a person's own page ask for their answers."""
    return {"own_answers": own_answers}


def own_answers(registration: Registration) -> OwnAnswers | None:
    """Return what the own page says of answers; None where the talk asks nothing."""
    session, talk = reading(), registration.talk
    found = question_queries.answers_of(session, registration.invitee_id)
    agreed = consent_queries.purposes_standing(session, registration.person_id, talk.id)
    if not (talk.asks or talk.photos or found or agreed):
        return None
    photos = consent_rules.in_force(Purpose.PHOTOS)
    return OwnAnswers(
        lines=lines_of(question_queries.of_talk(session, talk.id, retired=True), found),
        can_correct=talk.asks and _takes_answers(registration, now=utcnow()),
        agreed=[(purpose, consent_rules.PURPOSE_NAMES[purpose]) for purpose in sorted(agreed)],
        photos_text_id=photos.id if talk.photos else "",
        photos_text=photos.text,
    )


def lines_of(asked: Sequence[Question], found: Mapping[int, QuestionAnswer]) -> list[Line]:
    """Return what was answered, in the order of the questions: those without an answer too.

    One that is asked no more, or only of some, is told only where it was answered.
    """
    return [
        Line(
            question=question.text,
            answer=_words(question, found.get(question.id)),
            erased=question.id in found and found[question.id].erased_at is not None,
            need=question.need is not Need.NONE,
        )
        for question in asked
        if question.id in found or _is_for_all(question)
    ]


def _is_for_all(question: Question) -> bool:
    return question.retired_at is None and question.condition_question_id is None


def _words(question: Question, answer: QuestionAnswer | None) -> str:
    if answer is None or answer.erased_at is not None:
        return ""
    return rules.words_of(question_queries.asked(question), answer.value)


def _values(found: Mapping[int, QuestionAnswer]) -> dict[int, rules.Value]:
    return {key: answer.value for key, answer in found.items() if answer.erased_at is None}


def _own_page() -> Source:
    return Source(Channel.OWN_PAGE, request.remote_addr or "")


def _takes_answers(registration: Registration, *, now: datetime) -> bool:
    talk = registration.talk
    return registration.state in LIVE and talk.state in ACTIVE_STATES and now < talk.starts_at


def _registration(session: Session, token: str) -> Registration:
    invitee = events.invitee_by_token(session, token) or abort(404)
    return queries.of_invitee(session, invitee) or abort(404)


def _page(session: Session, registration: Registration, token: str, form: AnswerForm) -> str:
    if not _takes_answers(registration, now=utcnow()):
        abort(404)
    asking = question_queries.asking(session, registration.talk)
    return render_template(
        "talks/questions/own.html",
        registration=registration,
        asking=replace(asking, photos=False),
        form=form,
        token=token,
    )
