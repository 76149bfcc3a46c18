"""Save what is typed, show what was there before, take down decisions and commitments."""

from typing import Any

from flask import Response, flash, jsonify, redirect, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user
from sqlalchemy.orm import Session

from coopoutreach.committee.minutes import commands, dialects, queries, rules, showing
from coopoutreach.committee.minutes.commands import Outcome, Saved, Typed
from coopoutreach.committee.minutes.forms import OwedForm, choice_of
from coopoutreach.committee.minutes.models import Decision, Minutes, MinutesPart
from coopoutreach.committee.minutes.views import editor
from coopoutreach.committee.minutes.views.blueprint import bp
from coopoutreach.committee.minutes.views.editor import Wrong
from coopoutreach.committee.minutes.views.loading import (
    CONFLICT,
    decision_of,
    editor_of,
    minutes_of,
    part_of,
    wants_json,
)
from coopoutreach.platform.access.guard import requires
from coopoutreach.platform.access.permissions import Permission
from coopoutreach.platform.core.clock import utcnow
from coopoutreach.platform.core.errors import DomainError, NotFound
from coopoutreach.platform.web.forms import INVALID
from coopoutreach.platform.web.transaction import reading, transaction

_PATH = "/reuniones/<public_id>/acta"
#: How many revisions a page of them shows.
_MOST_REVISIONS = 60


@bp.post(f"{_PATH}/partes/<part>")
@requires(Permission.MINUTES_EDIT, part_of, into="part")
def save_part(part: MinutesPart) -> ResponseReturnValue:
    """Save what was typed into a part; where both wrote in the same lines, show both."""
    typed = _typed()
    target, number = editor_of(part.minutes.meeting, part), part.id
    try:
        with transaction() as session:
            saved = commands.save(session, part, typed, actor=current_user.actor, now=utcnow())
    except DomainError as refusal:
        if not wants_json():
            raise
        return jsonify(outcome="refused", sentence=str(refusal)), refusal.status
    session = reading()
    part = session.get_one(MinutesPart, number)
    if wants_json():
        return _as_json(session, part, typed, saved)
    if saved.outcome is Outcome.CONFLICT:
        return _conflict(
            session, part, typed, saved, page="committee/minutes/conflict.html"
        ), CONFLICT
    words = {
        Outcome.SAVED: _("Guardamos el punto."),
        Outcome.MERGED: _("Guardamos el punto, junto con lo que otra persona escribió entretanto."),
    }
    flash(words[saved.outcome], "success")
    return redirect(target, code=303)


def _typed() -> Typed:
    given = request.form
    base = given.get("base", "")
    return Typed(
        text=given.get("text", ""),
        base=int(base) if base.isdecimal() and len(base) < 10 else -1,  # noqa: PLR2004 (a number that fits)
        before=given.get("before"),
        chosen=given.get("chosen") == "1",
    )


def _as_json(session: Session, part: MinutesPart, typed: Typed, saved: Saved) -> Response:
    conflict = ""
    moment = utcnow()
    if saved.outcome is Outcome.CONFLICT:
        conflict = _conflict(session, part, typed, saved, page="committee/minutes/_conflict.html")
    return jsonify(
        outcome=saved.outcome.value,
        text=saved.text,
        revision=saved.revision,
        html=dialects.html(saved.text),
        words=showing.saved_words(moment, now=moment),
        conflict=conflict,
    )


def _conflict(session: Session, part: MinutesPart, typed: Typed, saved: Saved, *, page: str) -> str:
    names = queries.names_of(session, {part.saved_by})
    return render_template(
        page,
        part=part,
        meeting=part.minutes.meeting,
        mine=typed.text,
        mine_html=dialects.html(typed.text),
        theirs=saved.text,
        theirs_html=dialects.html(saved.text),
        who=names.get(part.saved_by, _("Otra persona")),
        revision=saved.revision,
    )


@bp.get(f"{_PATH}/partes/<part>/historial")
@requires(Permission.MINUTES_EDIT, part_of, into="part")
def history(part: MinutesPart) -> ResponseReturnValue:
    """Show what a part said before, who wrote it, and what each changed."""
    session = reading()
    found = queries.part_revisions(session, part)
    names = queries.names_of(session, {one.by for one in found})
    shown: list[dict[str, Any]] = []
    for one in found[:_MOST_REVISIONS]:
        before = next((old for old in found if old.number < one.number and not old.aside), None)
        shown.append(
            {
                "who": names.get(one.by, ""),
                "at": one.at,
                "aside": one.aside,
                "first": before is None,
                "lines": rules.differences(before.text if before else "", one.text),
            }
        )
    return render_template(
        "committee/minutes/history.html",
        part=part,
        meeting=part.minutes.meeting,
        revisions=shown,
        left_out=max(len(found) - _MOST_REVISIONS, 0),
    )


@bp.post(f"{_PATH}/puntos")
@requires(Permission.MINUTES_EDIT, minutes_of, into="minutes")
def follow_agenda(minutes: Minutes) -> ResponseReturnValue:
    """Add parts for the items that came into the agenda since the minutes were begun."""
    target = editor_of(minutes.meeting)
    with transaction() as session:
        commands.follow_agenda(session, minutes, actor=current_user.actor, now=utcnow())
    return redirect(target, code=303)


@bp.post(f"{_PATH}/partes/<part>/acuerdos")
@requires(Permission.MINUTES_EDIT, part_of, into="part")
def add_decision(part: MinutesPart) -> ResponseReturnValue:
    """Take down a decision in a part."""
    target, number = editor_of(part.minutes.meeting, part), part.id
    text = request.form.get("text", "")
    try:
        with transaction() as session:
            to = _addressed_to(session, part.minutes)
            made = commands.add_decision(
                session, part, text, addressed_to_id=to, actor=current_user.actor, now=utcnow()
            )
            said = _("Anotamos el acuerdo %(number)s.", number=made.number)
    except DomainError as refusal:
        return _again(refusal, part_id=number, wrong=Wrong(number, text=text, error=str(refusal)))
    flash(said, "success")
    return redirect(target, code=303)


@bp.post(f"{_PATH}/acuerdos/<decision>")
@requires(Permission.MINUTES_EDIT, decision_of, into="decision")
def edit_decision(decision: Decision) -> ResponseReturnValue:
    """Change what a decision says, or for whom it is."""
    part_id = decision.part_id or 0
    target, number = editor_of(decision.minutes.meeting, decision.part), decision.id
    text = request.form.get("text", "")
    try:
        with transaction() as session:
            to = _addressed_to(session, decision.minutes)
            commands.edit_decision(
                session, decision, text, addressed_to_id=to, actor=current_user.actor, now=utcnow()
            )
    except DomainError as refusal:
        wrong = Wrong(decision_id=number, text=text, error=str(refusal))
        return _again(refusal, part_id=part_id, wrong=wrong)
    return redirect(target, code=303)


@bp.post(f"{_PATH}/acuerdos/<decision>/quitar")
@requires(Permission.MINUTES_EDIT, decision_of, into="decision")
def remove_decision(decision: Decision) -> ResponseReturnValue:
    """Take a decision out of the minutes."""
    target = editor_of(decision.minutes.meeting, decision.part)
    with transaction() as session:
        commands.remove_decision(session, decision, actor=current_user.actor, now=utcnow())
    flash(_("Quitamos el acuerdo."), "success")
    return redirect(target, code=303)


@bp.post(f"{_PATH}/partes/<part>/compromisos")
@requires(Permission.MINUTES_EDIT, part_of, into="part")
def add_commitment(part: MinutesPart) -> ResponseReturnValue:
    """Take down a commitment in a part."""
    target, number = editor_of(part.minutes.meeting, part), part.id
    form, made = OwedForm.read(request.form), None
    try:
        with transaction() as session:
            meeting = part.minutes.meeting
            parties = {one.public_id: one.id for one in queries.parties(session, meeting)}
            people = editor.meanings(session, meeting)
            owed = form.owed(people, parties, today=editor.today())
            if owed is not None:
                made = commands.add_commitment(
                    session, part, owed, actor=current_user.actor, now=utcnow()
                ).number
    except DomainError as refusal:
        form.errors[refusal.field or "action"] = str(refusal)
        return _again(refusal, part_id=number, wrong=Wrong(number, owed=form))
    if made is None:
        return _again(None, part_id=number, wrong=Wrong(number, owed=form))
    flash(_("Anotamos el compromiso %(number)s.", number=made), "success")
    return redirect(target, code=303)


def _addressed_to(session: Session, minutes: Minutes) -> int | None:
    parties = queries.parties(session, minutes.meeting)
    given = request.form.get("addressed_to", "")
    return choice_of(given, [(one.public_id, one.id) for one in parties])


def _again(refusal: DomainError | None, *, part_id: int, wrong: Wrong) -> ResponseReturnValue:
    """Show the editor again with what was typed; of what stands in the way of all, only that."""
    if refusal is not None and refusal.field is None:
        raise refusal
    session = reading()
    part = session.get(MinutesPart, part_id)
    if part is None:
        raise NotFound
    return editor.page(session, part.minutes, wrong=wrong), INVALID
