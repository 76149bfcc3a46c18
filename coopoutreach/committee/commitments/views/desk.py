"""What the coordination writes: the words of a commitment, another date, its end or its return."""

from collections.abc import Callable, Mapping

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user
from sqlalchemy.orm import Session

from coopoutreach.committee.commitments import commands, queries
from coopoutreach.committee.commitments.forms import DateForm, FieldsForm, NoteForm, errors_of
from coopoutreach.committee.commitments.models import Commitment
from coopoutreach.committee.commitments.views import acting
from coopoutreach.committee.commitments.views.blueprint import bp
from coopoutreach.committee.commitments.views.commitment import by_public_id, opening
from coopoutreach.platform.access.guard import requires
from coopoutreach.platform.access.permissions import Permission
from coopoutreach.platform.core.clock import utcnow
from coopoutreach.platform.core.errors import DomainError, NotFound
from coopoutreach.platform.web.edits import edited
from coopoutreach.platform.web.forms import INVALID
from coopoutreach.platform.web.transaction import reading, transaction

_ACTS: dict[str, Callable[..., None]] = {
    "negar": commands.decline_extension,
    "desestimar": commands.dismiss,
    "reabrir": commands.reopen,
}


def _change(session: Session, public_id: str, change: str) -> Commitment | None:
    return by_public_id(session, public_id) if change in _ACTS else None


@bp.get("/compromisos/<public_id>/editar")
@requires(Permission.COMMITMENT_EDIT, by_public_id, into="commitment")
def edit_form(commitment: Commitment) -> ResponseReturnValue:
    """Show the form of a commitment's words."""
    return _edit_page(commitment, FieldsForm.of(commitment), {})


@bp.post("/compromisos/<public_id>/editar")
@requires(Permission.COMMITMENT_EDIT, by_public_id, into="commitment")
def edit(commitment: Commitment) -> ResponseReturnValue:
    """Change what a commitment says, or who answers for it."""
    form, public_id = edited(FieldsForm.of(commitment)), commitment.public_id
    try:
        with transaction() as session:
            organisations, people = _offered(session, commitment)
            if not form.validate() or not form.check_choices(organisations, people):
                return _edit_page(commitment, form, errors_of(form)), INVALID
            fields = form.fields(organisations, people)
            commands.edit(session, commitment, fields, actor=current_user.actor, now=utcnow())
    except DomainError as refusal:
        if refusal.field is None:
            raise
        return _edit_page(_again(public_id), form, {refusal.field: str(refusal)}), INVALID
    flash(_("Guardamos los cambios."), "success")
    return _back(public_id)


@bp.get("/compromisos/<public_id>/mover")
@requires(Permission.COMMITMENT_EDIT, by_public_id, into="commitment")
def extend_form(commitment: Commitment) -> ResponseReturnValue:
    """Show the form of another date; filled with the one that was asked for, if one was."""
    pending = queries.asked_extension(reading(), commitment)
    day = pending.to_due_on if pending else None
    form = DateForm(data={"due_on": day.isoformat() if day else ""})
    return _extend_page(commitment, form, {})


@bp.post("/compromisos/<public_id>/mover")
@requires(Permission.COMMITMENT_EDIT, by_public_id, into="commitment")
def extend(commitment: Commitment) -> ResponseReturnValue:
    """Move the date of a commitment, with the reason."""
    public_id = commitment.public_id
    form, errors = acting.extend(opening(commitment), actor=current_user.actor)
    if errors:
        return _extend_page(_again(public_id), form, errors), INVALID
    flash(_("El plazo quedó cambiado y lo contamos como prórroga."), "success")
    return _back(public_id)


@bp.get("/compromisos/<public_id>/cambios/<change>")
@requires(Permission.COMMITMENT_EDIT, _change)
def change_form(thing: Commitment) -> ResponseReturnValue:
    """Ask for the reason to keep the date, to let a commitment go, or to take it up again."""
    return _change_page(thing, _named(), NoteForm(), {})


@bp.post("/compromisos/<public_id>/cambios/<change>")
@requires(Permission.COMMITMENT_EDIT, _change)
def change(thing: Commitment) -> ResponseReturnValue:
    """Keep the date, let a commitment go, or take it up again, with the reason."""
    public_id, name = thing.public_id, _named()
    form, errors = acting.with_reason(opening(thing), _ACTS[name], actor=current_user.actor)
    if errors:
        return _change_page(_again(public_id), name, form, errors), INVALID
    flash(_("Quedó guardado en la historia del compromiso."), "success")
    return _back(public_id)


def _named() -> str:
    """Return what the address asks to happen; the guard looked for the commitment alone."""
    return str((request.view_args or {})["change"])


def _again(public_id: str) -> Commitment:
    """Return a commitment as it stands now that the writing transaction is over."""
    found = by_public_id(reading(), public_id)
    if found is None:
        raise NotFound
    return found


def _back(public_id: str) -> ResponseReturnValue:
    return redirect(url_for(".commitment", public_id=public_id), code=303)


def _offered(
    session: Session, commitment: Commitment
) -> tuple[Mapping[str, int], Mapping[str, int]]:
    """Return the institutions and the people that a commitment may be of, by public id."""
    parties = queries.institutions_for(session, commitment)
    people = queries.people_for(session, commitment)
    return (
        {found.public_id: found.id for found in parties},
        {found.public_id: found.id for found in people},
    )


def _edit_page(commitment: Commitment, form: FieldsForm, errors: Mapping[str, str]) -> str:
    session = reading()
    parties = queries.institutions_for(session, commitment)
    return render_template(
        "committee/commitments/edit.html",
        commitment=commitment,
        form=form,
        errors=errors,
        fixed=queries.why_words_are_fixed(session, commitment.event_id, now=utcnow()),
        parties=[(found.public_id, found.short_name) for found in parties],
        people=[(found.public_id, found.name) for found in queries.people_for(session, commitment)],
    )


def _extend_page(commitment: Commitment, form: DateForm, errors: Mapping[str, str]) -> str:
    return render_template(
        "committee/commitments/extend.html",
        commitment=commitment,
        form=form,
        errors=errors,
        pending=queries.asked_extension(reading(), commitment),
    )


def _change_page(
    commitment: Commitment, name: str, form: NoteForm, errors: Mapping[str, str]
) -> str:
    return render_template(
        "committee/commitments/change.html",
        commitment=commitment,
        change=name,
        form=form,
        errors=errors,
    )
