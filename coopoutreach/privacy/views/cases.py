"""The coordination's list of requests: their clocks, answers and copies."""

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user
from sqlalchemy.orm import Session

from coopoutreach.people.directory import contact
from coopoutreach.people.directory import queries as directory
from coopoutreach.platform.access.guard import may, requires
from coopoutreach.platform.access.permissions import Permission
from coopoutreach.platform.core.clock import utcnow
from coopoutreach.platform.core.errors import DomainError
from coopoutreach.platform.web.forms import INVALID, Form
from coopoutreach.platform.web.transaction import reading, transaction
from coopoutreach.privacy import commands, queries, rules, showing
from coopoutreach.privacy.data_map.retention import ELSEWHERE, RULES
from coopoutreach.privacy.forms import AnswerForm, ExtensionForm
from coopoutreach.privacy.models import DataCase
from coopoutreach.privacy.views.blueprint import bp

_CASE = "/datos-personales/casos/<public_id>"


def case_of(session: Session, public_id: str) -> DataCase | None:
    """Return the case that a page is about."""
    return queries.case_by_public_id(session, public_id)


@bp.get("/datos-personales")
@requires(Permission.DATA_CASE_MANAGE)
def cases() -> ResponseReturnValue:
    """List what people ask about their data, what is due first on top."""
    session, now = reading(), utcnow()
    return render_template(
        "privacy/cases.html",
        open=[showing.case(one, now=now) for one in queries.open_cases(session)],
        closed=[showing.case(one, now=now) for one in queries.closed_cases(session)],
        inactive=queries.inactive_people(session, now=now),
        sees_retention=may(Permission.RETENTION_SEE),
    )


@bp.get(_CASE)
@requires(Permission.DATA_CASE_MANAGE, case_of, into="case")
def case(case: DataCase) -> ResponseReturnValue:
    """Show one request, its clock, and the forms that answer it."""
    return _page(reading(), case)


@bp.post(f"{_CASE}/persona")
@requires(Permission.DATA_CASE_MANAGE, case_of, into="case")
def assign_case(case: DataCase) -> ResponseReturnValue:
    """Say whose data a request is about."""
    with transaction() as session:
        person = directory.person_by_public_id(session, request.form.get("person", ""))
        if person is not None:
            commands.assign(session, case, person, actor=current_user.actor, now=utcnow())
    return redirect(url_for(".case", public_id=case.public_id), code=303)


@bp.post(f"{_CASE}/prorroga")
@requires(Permission.DATA_CASE_MANAGE, case_of, into="case")
def extend_case(case: DataCase) -> ResponseReturnValue:
    """Put the answer off, once."""
    form = ExtensionForm(request.form)
    public_id = case.public_id
    if not form.validate():
        return _page(reading(), case, extension=form), INVALID
    try:
        with transaction() as session:
            commands.extend(
                session, case, reason=form.reason.data, actor=current_user.actor, now=utcnow()
            )
    except DomainError as refusal:
        form.reason.errors = [str(refusal)]
        return _again(public_id, extension=form)
    flash(_("El plazo se amplió y la persona ya tiene el aviso."), "success")
    return redirect(url_for(".case", public_id=public_id), code=303)


@bp.post(f"{_CASE}/respuesta")
@requires(Permission.DATA_CASE_MANAGE, case_of, into="case")
def answer_case(case: DataCase) -> ResponseReturnValue:
    """Answer a request; the answer is mailed and kept."""
    form = AnswerForm(request.form)
    public_id = case.public_id
    if not form.validate():
        return _page(reading(), case, answer=form), INVALID
    try:
        with transaction() as session:
            commands.answer(
                session,
                case,
                granted=form.outcome.data == "granted",
                words=form.words.data,
                actor=current_user.actor,
                now=utcnow(),
            )
    except DomainError as refusal:
        form.words.errors = [str(refusal)]
        return _again(public_id, answer=form)
    flash(_("La respuesta quedó guardada y va en camino."), "success")
    return redirect(url_for(".case", public_id=public_id), code=303)


@bp.get("/datos-personales/retencion")
@requires(Permission.RETENTION_SEE)
def retention() -> ResponseReturnValue:
    """Show what the nightly job would purge now, and what it did."""
    session, now = reading(), utcnow()
    due = commands.count_due(session, now=now)
    return render_template(
        "privacy/retention.html",
        rules=[(rule.says, due[rule.name]) for rule in RULES],
        elsewhere=ELSEWHERE,
        runs=showing.runs(queries.retention_runs(session)),
        inactive=len(queries.inactive_people(session, now=now)),
        uses=showing.uses(),
    )


def _again(public_id: str, **forms: Form) -> ResponseReturnValue:
    # The transaction was rolled back: the case is read again, as it stands.
    session = reading()
    found = queries.case_by_public_id(session, public_id)
    assert found is not None  # noqa: S101 (it was there a moment ago)
    return _page(session, found, **forms), INVALID


def _page(
    session: Session,
    case: DataCase,
    *,
    answer: Form | None = None,
    extension: Form | None = None,
) -> str:
    now = utcnow()
    key = contact.email_key(case.email)
    return render_template(
        "privacy/case.html",
        case=case,
        shown=showing.case(case, now=now),
        is_open=case.state is rules.CaseState.OPEN,
        may_extend=case.right is not rules.Right.BLOCK and case.extended_at is None,
        is_erasure=case.right is rules.Right.ERASURE,
        candidates=queries.people_of_address(session, key) if case.person is None else [],
        mentions=queries.mentions(session, [case.name, case.email]),
        answer=answer or AnswerForm(),
        extension=extension or ExtensionForm(),
        author=showing.author(session, case.answered_by),
    )
