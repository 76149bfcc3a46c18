"""The page of a talk's questions, in the coordination's editor."""

from collections.abc import Sequence
from typing import Any

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user
from sqlalchemy.orm import Session

from coopoutreach.platform.access.guard import requires
from coopoutreach.platform.access.permissions import Permission
from coopoutreach.platform.core.clock import utcnow
from coopoutreach.platform.core.errors import DomainError
from coopoutreach.platform.web.edits import edited
from coopoutreach.platform.web.forms import INVALID
from coopoutreach.platform.web.transaction import reading, transaction
from coopoutreach.talks.questions import commands, queries
from coopoutreach.talks.questions.forms import AUDIENCE_NAMES, QuestionForm, data_of
from coopoutreach.talks.questions.models import Question
from coopoutreach.talks.questions.rules import (
    DECIDING,
    KIND_NAMES,
    MOST_QUESTIONS,
    PRESETS,
    Asked,
    Asking,
    Need,
)
from coopoutreach.talks.talks import queries as talks
from coopoutreach.talks.talks.models import Talk

bp = Blueprint("questions", __name__, url_prefix="/plan/charlas/<public_id>/preguntas")


def _talk(session: Session, public_id: str) -> Talk | None:
    return talks.talk_by_public_id(session, public_id)


def _question(session: Session, public_id: str, question: str) -> Question | None:
    talk = talks.talk_by_public_id(session, public_id)
    return queries.by_public_id(session, talk.id, question) if talk else None


@bp.get("")
@requires(Permission.TALK_EDIT, _talk, into="talk")
def editor(talk: Talk) -> ResponseReturnValue:
    """Show what a talk asks those who register, and the form of one more question."""
    return _page(reading(), talk, QuestionForm())


@bp.post("")
@requires(Permission.TALK_EDIT, _talk, into="talk")
def add(talk: Talk) -> ResponseReturnValue:
    """Ask one more question."""
    form = QuestionForm(request.form)
    try:
        with transaction() as session:
            if not form.read():
                return _page(session, talk, form), INVALID
            commands.add(session, talk, form.fields(), actor=current_user.actor, now=utcnow())
            flash(_("Agregamos la pregunta."), "success")
            target = _back(talk)
    except DomainError as refusal:
        if not refusal.field:
            raise
        form.wrong(refusal.field, str(refusal))
        return _page(reading(), talk, form), INVALID
    return redirect(target, code=303)


@bp.post("/necesidad")
@requires(Permission.TALK_EDIT, _talk, into="talk")
def add_need(talk: Talk) -> ResponseReturnValue:
    """Ask about a need, with its own consent."""
    need = request.form.get("need", "")
    if need not in {item.value for item in PRESETS}:
        abort(400)
    with transaction() as session:
        commands.ask_about_need(session, talk, Need(need), actor=current_user.actor, now=utcnow())
        flash(_("Agregamos la pregunta, con su autorización."), "success")
        target = _back(talk)
    return redirect(target, code=303)


@bp.get("/<question>")
@requires(Permission.TALK_EDIT, _question, into="question")
def edit_form(question: Question) -> ResponseReturnValue:
    """Show the form of a question."""
    return _edit_page(reading(), question, QuestionForm(data=data_of(question)))


@bp.post("/<question>")
@requires(Permission.TALK_EDIT, _question, into="question")
def edit(question: Question) -> ResponseReturnValue:
    """Change a question."""
    form = edited(QuestionForm(data=data_of(question)))
    if question.need is not Need.NONE:
        form.keep_as_need()
    try:
        with transaction() as session:
            if not form.read():
                return _edit_page(session, question, form), INVALID
            commands.edit(session, question, form.fields(), actor=current_user.actor, now=utcnow())
            flash(_("Guardamos la pregunta."), "success")
            target = _back(question.talk)
    except DomainError as refusal:
        if not refusal.field:
            raise
        form.wrong(refusal.field, str(refusal))
        return _edit_page(reading(), question, form), INVALID
    return redirect(target, code=303)


@bp.post("/<question>/retirar")
@requires(Permission.TALK_EDIT, _question, into="question")
def retire(question: Question) -> ResponseReturnValue:
    """Ask a question no more."""
    return _change(question, commands.retire, _("Ya no se pregunta. Las respuestas quedan."))


@bp.post("/<question>/mover")
@requires(Permission.TALK_EDIT, _question, into="question")
def move(question: Question) -> ResponseReturnValue:
    """Put a question one place further up or down."""
    up = request.form.get("direction") == "up"
    return _change(question, commands.move, "", up=up)


def _change(question: Question, command: Any, done: str, **how: object) -> ResponseReturnValue:
    """Do something to a question; a refusal is told on the page where it was asked for."""
    target = _back(question.talk)
    try:
        with transaction() as session:
            command(session, question, **how, actor=current_user.actor, now=utcnow())
            if done:
                flash(done, "success")
    except DomainError as refusal:
        flash(str(refusal), "error")
    return redirect(target, code=303)


def _back(talk: Talk) -> str:
    return url_for(".editor", public_id=talk.public_id)


def _page(session: Session, talk: Talk, form: QuestionForm) -> str:
    questions = queries.of_talk(session, talk.id)
    asking = Asking(tuple(queries.asked(question) for question in questions))
    needs = {question.need for question in questions}
    return render_template(
        "talks/questions/editor.html",
        talk=talk,
        questions=list(zip(questions, asking.questions, strict=True)),
        asking=asking,
        answered=queries.counts(session, talk.id),
        retired=[q for q in queries.of_talk(session, talk.id, retired=True) if q.retired_at],
        form=form,
        conditions=_conditions(asking.questions),
        presets=[
            (need.value, name) for need, (name, _hint) in PRESETS.items() if need not in needs
        ],
        is_full=len(questions) >= MOST_QUESTIONS,
    )


def _edit_page(session: Session, question: Question, form: QuestionForm) -> str:
    questions = queries.of_talk(session, question.talk_id)
    before = [queries.asked(q) for q in questions if q.position < question.position]
    return render_template(
        "talks/questions/edit.html",
        talk=question.talk,
        question=question,
        form=form,
        conditions=_conditions(before),
        answered=queries.counts(session, question.talk_id).get(question.id, 0),
        is_need=question.need is not Need.NONE,
    )


@bp.context_processor
def _choices() -> dict[str, Any]:
    """Give the form what can be chosen."""
    return {"kind_names": KIND_NAMES, "audience_names": AUDIENCE_NAMES}


def _conditions(asked: Sequence[Asked]) -> list[dict[str, Any]]:
    """Return the choices of «Preguntar solo si», a group for each question."""
    return [
        {
            "label": question.text,
            "options": [
                (f"{question.id}:{value}", _("… es «%(answer)s»", answer=words))
                for value, words in question.choices
            ],
        }
        for question in asked
        if question.kind in DECIDING and question.need is Need.NONE
    ]
