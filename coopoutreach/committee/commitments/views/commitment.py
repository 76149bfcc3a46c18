"""One commitment: what it says, what happened to it, and what can be done next."""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from typing import Any

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from coopoutreach.committee.commitments import queries, rules, showing
from coopoutreach.committee.commitments.files import TAKEN
from coopoutreach.committee.commitments.forms import DateForm, NoteForm, ReportForm
from coopoutreach.committee.commitments.models import Commitment, Evidence
from coopoutreach.committee.commitments.rules import OWING, EntryKind, State
from coopoutreach.committee.commitments.views import acting
from coopoutreach.committee.commitments.views.blueprint import MOST_BYTES_OF_FORM, bp
from coopoutreach.platform.access.guard import may, requires
from coopoutreach.platform.access.permissions import Permission
from coopoutreach.platform.core import spanish
from coopoutreach.platform.core.clock import utcnow
from coopoutreach.platform.core.errors import NotFound
from coopoutreach.platform.files import handing
from coopoutreach.platform.web import uploads
from coopoutreach.platform.web.forms import INVALID
from coopoutreach.platform.web.transaction import reading, transaction


def by_public_id(session: Session, public_id: str) -> Commitment | None:
    """Return the commitment that a route names."""
    return queries.commitment_by_public_id(session, public_id)


def _evidence(session: Session, public_id: str, evidence: str) -> Evidence | None:
    return queries.evidence_by_public_id(session, public_id, evidence)


def _most_bytes() -> int | None:
    return MOST_BYTES_OF_FORM if may(Permission.COMMITMENT_REPORT) else None


@bp.get("/compromisos/<public_id>")
@requires(Permission.COMMITMENT_SEE, by_public_id, into="commitment")
def commitment(commitment: Commitment) -> ResponseReturnValue:
    """Show a commitment, its history and its files, and what whoever looks may do."""
    return _page(commitment)


@bp.get("/compromisos/<public_id>/respaldos/<evidence>")
@requires(Permission.COMMITMENT_SEE, _evidence, into="evidence")
def evidence(evidence: Evidence) -> Response:
    """Hand out a file that shows what was done."""
    return handing.hand_out(evidence)


@bp.post("/compromisos/<public_id>/avance")
@uploads.takes(_most_bytes)
@requires(Permission.COMMITMENT_REPORT, by_public_id, into="commitment")
def report(commitment: Commitment) -> ResponseReturnValue:
    """Report how it goes, or that it is done."""
    public_id = commitment.public_id
    form, errors = acting.report(opening(commitment), actor=current_user.actor)
    return _answer(public_id, errors, _("Lo guardamos."), report=form)


@bp.post("/compromisos/<public_id>/prorroga")
@requires(Permission.COMMITMENT_REPORT, by_public_id, into="commitment")
def ask_extension(commitment: Commitment) -> ResponseReturnValue:
    """Ask for another date."""
    public_id = commitment.public_id
    form, errors = acting.ask_extension(opening(commitment), actor=current_user.actor)
    told = _("Le avisamos a la otra parte. El plazo no cambia mientras no lo conceda.")
    return _answer(public_id, errors, told, asking=form)


@bp.post("/compromisos/<public_id>/palabra")
@requires(Permission.COMMITMENT_CLOSE, by_public_id, into="commitment")
def give_word(commitment: Commitment) -> ResponseReturnValue:
    """Give the word of the side that it is owed to: fulfilled or not, another date or not."""
    public_id = commitment.public_id
    form, errors = acting.give_word(opening(commitment), actor=current_user.actor)
    return _answer(public_id, errors, _("Su respuesta quedó guardada."), word=form)


def opening(commitment: Commitment) -> acting.Opened:
    """Return what hands the request's transaction and the commitment that its guard checked."""

    @contextmanager
    def opened() -> Iterator[tuple[Session, Commitment]]:
        with transaction() as session:
            yield session, commitment

    return opened


def _answer(public_id: str, errors: acting.Errors, told: str, **forms: Any) -> ResponseReturnValue:
    if errors:
        # The writing transaction is over: it is read anew, as somebody may have changed it.
        found = by_public_id(reading(), public_id)
        if found is None:
            raise NotFound
        return _page(found, errors=errors, **forms), INVALID
    flash(told, "success")
    return redirect(url_for(".commitment", public_id=public_id), code=303)


def _page(commitment: Commitment, *, errors: acting.Errors | None = None, **forms: Any) -> str:
    session = reading()
    allowed = partial(may, thing=commitment)
    state = commitment.state
    acts = {
        "report": state in OWING and allowed(Permission.COMMITMENT_REPORT),
        "word": allowed(Permission.COMMITMENT_CLOSE),
        "edit": allowed(Permission.COMMITMENT_EDIT),
    }
    return render_template(
        "committee/commitments/commitment.html",
        acts=acts,
        may_reopen=rules.may(state, EntryKind.REOPENED),
        **shown(session, commitment, errors=errors, **forms),
    )


def shown(
    session: Session,
    commitment: Commitment,
    *,
    errors: acting.Errors | None = None,
    **forms: Any,
) -> dict[str, Any]:
    """Return what both pages of a commitment show: to accounts, and to holders of a link."""
    today = spanish.wall(utcnow()).date()
    entries = queries.history(session, commitment)
    pending = queries.asked_extension(session, commitment) if commitment.state in OWING else None
    return {
        "commitment": commitment,
        "row": showing.row(commitment, today=today),
        "steps": showing.steps(entries, queries.names_of(session, entries)),
        "pending": pending,
        "is_delivered": commitment.state is State.DELIVERED,
        "is_open": commitment.state in rules.OPEN,
        "errors": errors or {},
        "report": forms.get("report") or ReportForm(data={"progress": str(commitment.progress)}),
        "asking": forms.get("asking") or DateForm(),
        "word": forms.get("word") or NoteForm(),
        "failed": next(iter(forms), ""),
        "taken": TAKEN,
        "today": today,
    }
