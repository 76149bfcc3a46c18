"""The public form: anybody asks about their data, and shows that the address is theirs."""

from contextlib import suppress

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from coopoutreach.mail.outgoing.mime import address_of
from coopoutreach.people.directory.contact import mailbox_key
from coopoutreach.platform.access.guard import by_link, public
from coopoutreach.platform.audit import commands as audit
from coopoutreach.platform.core import settings
from coopoutreach.platform.core.clock import utcnow
from coopoutreach.platform.core.errors import NotFound
from coopoutreach.platform.limits.errors import TooOften
from coopoutreach.platform.web.forms import INVALID
from coopoutreach.platform.web.transaction import reading, transaction
from coopoutreach.privacy import commands, copies, queries, rules, showing
from coopoutreach.privacy.forms import RIGHTS, RequestForm
from coopoutreach.privacy.models import DataCase
from coopoutreach.privacy.views.blueprint import bp, count, download, network


@bp.get("/privacidad/solicitud")
@public
def new_request() -> ResponseReturnValue:
    """Ask what somebody wants about their data."""
    return _form(RequestForm())


@bp.post("/privacidad/solicitud")
@public
def request_right() -> ResponseReturnValue:
    """Take the request in; the answer is the same whether or not we know the address."""
    form = RequestForm(request.form)
    if not form.validate():
        return _form(form), INVALID
    count(data_request_per_network=network())
    # Too many to one address are left out without a word: nobody's mailbox is filled by others.
    with suppress(TooOften):
        count(data_request_per_address=mailbox_key(form.email.data))
        block = form.also_block.data and form.chosen in rules.MAY_BLOCK_MEANWHILE
        with transaction() as session:
            commands.request(session, form.asked, also_block=block, now=utcnow())
    return redirect(url_for(".request_received"), code=303)


@bp.get("/privacidad/solicitud/recibida")
@public
def request_received() -> ResponseReturnValue:
    """Say what comes next, in the same words to everybody."""
    contact = address_of(settings.current().mail_from)
    return render_template(
        "privacy/request_received.html", days=rules.CONFIRM_DAYS, contact=contact
    )


@bp.get("/privacidad/solicitudes/<token>")
@by_link
def case_by_link(token: str) -> ResponseReturnValue:
    """Show a request to whoever holds its link; looking does not confirm it."""
    session = reading()
    case = _case(session, token)
    shown = [showing.case(one, now=utcnow()) for one in queries.cases_of_form(session, case)]
    return render_template(
        "privacy/case_by_link.html",
        token=token,
        cases=shown,
        unverified=case.state is rules.CaseState.UNVERIFIED,
        may_copy=_may_copy(case),
        known=case.person_id is not None,
        blocked=case.person is not None and case.person.blocked_at is not None,
    )


@bp.post("/privacidad/solicitudes/<token>")
@by_link
def verify_case(token: str) -> ResponseReturnValue:
    """Take the request as that of whoever has the address."""
    with transaction() as session:
        commands.verify(session, _case(session, token), now=utcnow())
    return redirect(url_for(".case_by_link", token=token), code=303)


@bp.post("/privacidad/solicitudes/<token>/copia")
@by_link
def copy_by_case(token: str) -> ResponseReturnValue:
    """Send a copy of the data of whoever a confirmed request is from."""
    count(data_copy_per_person=token)
    now = utcnow()
    with transaction() as session:
        case = _case(session, token)
        if not _may_copy(case) or case.person is None:
            raise NotFound
        actor = f"link:data-case:{case.id}"
        subject = queries.subject_of(session, case.person)
        copy = copies.copy_of(session, subject, now=now)
        thing = ("person", case.person.id)
        audit.record(session, thing, action="person.copied", actor=actor, now=now)
        commands.note_copy(session, case.person, actor=actor, now=now)
    return download(copy)


def _may_copy(case: DataCase) -> bool:
    is_confirmed = case.verified_at is not None and case.person is not None
    return is_confirmed and case.person is not None and not queries.is_erased(case.person)


def _case(session: Session, token: str) -> DataCase:
    found = queries.case_by_token(session, token)
    if found is None:
        raise NotFound
    return found


def _form(form: RequestForm) -> str:
    return render_template("privacy/new_request.html", form=form, rights=RIGHTS)
