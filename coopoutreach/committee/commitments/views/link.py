"""A commitment by the link in a mail, without an account: report, or give one's side's word."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from flask import current_app, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from coopoutreach.committee.commitments import queries
from coopoutreach.committee.commitments.models import Commitment
from coopoutreach.committee.commitments.queries import Holder, Side
from coopoutreach.committee.commitments.rules import OWING
from coopoutreach.committee.commitments.views import acting
from coopoutreach.committee.commitments.views.blueprint import MOST_BYTES_OF_FORM, bp, count_by_link
from coopoutreach.committee.commitments.views.commitment import shown
from coopoutreach.platform.access.guard import by_link
from coopoutreach.platform.core.clock import utcnow
from coopoutreach.platform.core.db import Database
from coopoutreach.platform.core.errors import NotFound
from coopoutreach.platform.files import handing
from coopoutreach.platform.web import uploads
from coopoutreach.platform.web.forms import INVALID
from coopoutreach.platform.web.transaction import reading, transaction

#: What the page says right after something was done by the link.
_TOLD = {
    "avance": "Gracias. Lo guardamos.",
    "prorroga": "Le avisamos a la otra parte. El plazo no cambia mientras no lo conceda.",
    "palabra": "Gracias. Su respuesta quedó guardada.",
}


def _most_bytes() -> int | None:
    """Return what whoever holds a link may send; by any other no file is read."""
    token = (request.view_args or {}).get("token", "")
    database: Database = current_app.extensions["database"]
    with database.reading() as session:
        holder = queries.holder_of(session, token, now=utcnow())
        return MOST_BYTES_OF_FORM if holder and holder.side is Side.OWING else None


@bp.get("/compromisos/informe/<token>")
@by_link
def by_token(token: str) -> ResponseReturnValue:
    """Show a commitment to whoever holds the link. Looking changes nothing."""
    return _page(token)


@bp.get("/compromisos/informe/<token>/respaldos/<evidence>")
@by_link
def evidence_by_token(token: str, evidence: str) -> Response:
    """Hand a file of the commitment out to whoever holds the link."""
    session = reading()
    commitment = _holder(session, token).commitment
    found = queries.evidence_by_public_id(session, commitment.public_id, evidence)
    if found is None:
        raise NotFound
    return handing.hand_out(found)


@bp.post("/compromisos/informe/<token>/avance")
@uploads.takes(_most_bytes)
@by_link
def report_by_token(token: str) -> ResponseReturnValue:
    """Report how it goes, or that it is done."""
    actor = _count(token, Side.OWING)
    form, errors = acting.report(_opening(token), actor=actor)
    return _answer(token, errors, "avance", report=form)


@bp.post("/compromisos/informe/<token>/prorroga")
@by_link
def ask_by_token(token: str) -> ResponseReturnValue:
    """Ask for another date."""
    actor = _count(token, Side.OWING)
    form, errors = acting.ask_extension(_opening(token), actor=actor)
    return _answer(token, errors, "prorroga", asking=form)


@bp.post("/compromisos/informe/<token>/palabra")
@by_link
def word_by_token(token: str) -> ResponseReturnValue:
    """Give the word of the side that it is owed to: fulfilled or not, another date or not."""
    actor = _count(token, Side.OWED)
    form, errors = acting.give_word(_opening(token), actor=actor)
    return _answer(token, errors, "palabra", word=form)


def _holder(session: Session, token: str) -> Holder:
    found = queries.holder_of(session, token, now=utcnow())
    if found is None:
        raise NotFound
    return found


def _count(token: str, side: Side) -> str:
    """Count what is done by a link, if it opens what is asked; return who does it."""
    database: Database = current_app.extensions["database"]
    with database.reading() as session:
        holder = _holder(session, token)
        if holder.side is not side:
            raise NotFound
        actor = holder.actor
    count_by_link(token)
    return actor


def _opening(token: str) -> acting.Opened:
    """Return what opens the transaction and finds the commitment again inside it."""

    @contextmanager
    def opened() -> Iterator[tuple[Session, Commitment]]:
        with transaction() as session:
            yield session, _holder(session, token).commitment

    return opened


def _answer(token: str, errors: acting.Errors, told: str, **forms: Any) -> ResponseReturnValue:
    if errors:
        return _page(token, errors=errors, **forms), INVALID
    return redirect(url_for(".by_token", token=token, dicho=told), code=303)


def _page(token: str, *, errors: acting.Errors | None = None, **forms: Any) -> str:
    session = reading()
    holder = _holder(session, token)
    state = holder.commitment.state
    acts = {
        "report": state in OWING and holder.side is Side.OWING,
        "word": holder.side is Side.OWED,
        "edit": False,
    }
    return render_template(
        "committee/commitments/by_link.html",
        token=token,
        holder=holder,
        told=_TOLD.get(request.args.get("dicho", ""), ""),
        acts=acts,
        **shown(session, holder.commitment, errors=errors, **forms),
    )
