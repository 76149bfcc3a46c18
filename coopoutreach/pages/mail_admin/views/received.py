"""What came in by mail: what each message led to and why, and what a person has to look at."""

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user
from sqlalchemy.orm import Session

from coopoutreach.mail.incoming import commands as inbound
from coopoutreach.mail.incoming import queries
from coopoutreach.mail.incoming.models import InboundMessage
from coopoutreach.mail.incoming.rules import Reason
from coopoutreach.pages.mail_admin import commands, forms, received
from coopoutreach.pages.mail_admin import queries as mails
from coopoutreach.pages.mail_admin.errors import CannotAnswer
from coopoutreach.pages.mail_admin.views.blueprint import bp
from coopoutreach.platform.access.guard import requires
from coopoutreach.platform.access.permissions import Permission
from coopoutreach.platform.core import settings
from coopoutreach.platform.core.clock import utcnow
from coopoutreach.platform.web.transaction import reading, transaction
from coopoutreach.talks.materials import showing

#: What the list is narrowed to: what is to be looked at, or one reason.
_TO_LOOK_AT = "por-verificar"
_TO_ANSWER = "por-responder"


def _received(session: Session, received_id: int) -> InboundMessage | None:
    return queries.message_by_id(session, received_id)


@bp.get("/recibidos")
@requires(Permission.MESSAGE_SEE)
def received_messages() -> ResponseReturnValue:
    """List what came in by mail, by why it led to what it did."""
    session, now = reading(), utcnow()
    asked = request.args.get("motivo", "")
    reason = Reason(asked) if asked in set(Reason) else None
    number = forms.filters_from(request.args).page
    page = queries.messages(
        session,
        reasons=[reason] if reason else [],
        unseen=asked == _TO_LOOK_AT,
        written=asked == _TO_ANSWER,
        page=number,
    )
    options = [
        ("", _("Cualquiera")),
        (_TO_ANSWER, _("Esperan respuesta")),
        (_TO_LOOK_AT, _("Por revisar")),
    ]
    options += [(one.value, words[0]) for one, words in received.REASONS.items()]
    wanted = asked if reason or asked in (_TO_LOOK_AT, _TO_ANSWER) else ""
    return render_template(
        "pages/mail_admin/received.html",
        page=page,
        lines=received.lines(session, page),
        number=number,
        wanted=wanted,
        options=options,
        reasons=received.REASONS,
        answers=received.ANSWERS,
        to_look_at=queries.count_to_look_at(session),
        to_look_at_url=url_for(".received_messages", motivo=_TO_LOOK_AT),
        page_url=lambda one: url_for(".received_messages", motivo=wanted or None, pagina=one),
        reads_mail=bool(settings.current().inbox_url),
        outage=queries.outage(session),
        now=now,
    )


@bp.get("/recibidos/<int:received_id>")
@requires(Permission.MESSAGE_SEE, _received, into="message")
def received_message(message: InboundMessage) -> ResponseReturnValue:
    """Show what one message led to, and why, and what somebody wrote, to be answered."""
    return _page(message, forms.AnswerForm())


@bp.post("/recibidos/<int:received_id>/vista")
@requires(Permission.MESSAGE_MANAGE, _received, into="message")
def mark_received_seen(message: InboundMessage) -> ResponseReturnValue:
    """Keep that somebody looked at a message, or dealt with what it says."""
    with transaction() as session:
        inbound.mark_seen(session, message, actor=current_user.actor, now=utcnow())
        done = _("El mensaje queda como atendido.") if message.waits else None
        flash(done or _("El mensaje queda como visto."), "success")
        narrowed = _TO_ANSWER if message.waits else _TO_LOOK_AT
    return redirect(url_for(".received_messages", motivo=narrowed), code=303)


@bp.post("/recibidos/<int:received_id>/respuesta")
@requires(Permission.MESSAGE_MANAGE, _received, into="message")
def answer_received(message: InboundMessage) -> ResponseReturnValue:
    """Answer somebody who wrote, by mail."""
    form = forms.AnswerForm(request.form)
    if not form.validate():
        return _page(message, form), 422
    try:
        with transaction() as session:
            commands.answer(
                session,
                message,
                text=form.text.data or "",
                actor=current_user.actor,
                now=utcnow(),
            )
            flash(_("La respuesta sale en unos segundos."), "success")
            target = url_for(".received_message", received_id=message.id)
    except CannotAnswer as no:
        form.text.errors = [str(no)]
        return _page(message, form), 422
    return redirect(target, code=303)


@bp.post("/recibidos/<int:received_id>/aviso")
@requires(Permission.MESSAGE_MANAGE, _received, into="message")
def forward_received(message: InboundMessage) -> ResponseReturnValue:
    """Tell a colleague that somebody wrote, so that they deal with it."""
    asked = request.form.get("colleague", "")
    with transaction() as session:
        found = {str(one.id): one for one in mails.colleagues(session)}
        colleague = found.get(asked)
        if colleague is None:
            flash(_("Elija a quién avisar."), "error")
        else:
            commands.forward(session, message, to=colleague, actor=current_user.actor, now=utcnow())
            flash(_("Avisamos a %(name)s por correo.", name=colleague.name), "success")
        target = url_for(".received_message", received_id=message.id)
    return redirect(target, code=303)


def _page(message: InboundMessage, form: forms.AnswerForm) -> str:
    session = reading()
    [line] = received.lines(session, queries.Page([message], 1))
    others = [one for one in mails.colleagues(session) if one.id != current_user.id]
    by_address = mails.only_person_of(session, message.sender) if not line.person else None
    return render_template(
        "pages/mail_admin/received_message.html",
        line=line,
        message=message,
        form=form,
        errors=form.errors,
        colleagues=[(str(one.id), one.name) for one in others],
        by_address=by_address,
        deeds=received.deeds(session, message),
        words=received.REASONS[message.reason],
        answers=received.ANSWERS,
        size=showing.size,
    )
