"""What came in by mail: what each message led to and why, and what a person has to look at."""

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user
from sqlalchemy.orm import Session

from coopoutreach.access.guard import requires
from coopoutreach.access.permissions import Permission
from coopoutreach.core import settings
from coopoutreach.core.clock import utcnow
from coopoutreach.inbound import commands, queries
from coopoutreach.inbound.models import InboundMessage
from coopoutreach.inbound.rules import Reason
from coopoutreach.mailroom import forms, received
from coopoutreach.mailroom.views.blueprint import bp
from coopoutreach.web.transaction import reading, transaction

#: What the list is narrowed to: what is to be looked at, or one reason.
_TO_LOOK_AT = "por-verificar"


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
        page=number,
    )
    options = [("", _("Cualquiera")), (_TO_LOOK_AT, _("Por revisar"))]
    options += [(one.value, words[0]) for one, words in received.REASONS.items()]
    wanted = asked if reason or asked == _TO_LOOK_AT else ""
    return render_template(
        "mailroom/received.html",
        page=page,
        lines=received.lines(session, page),
        number=number,
        wanted=wanted,
        options=options,
        reasons=received.REASONS,
        answers=received.ANSWERS,
        to_look_at=sum(queries.counts_to_look_at(session).values()),
        to_look_at_url=url_for(".received_messages", motivo=_TO_LOOK_AT),
        page_url=lambda one: url_for(".received_messages", motivo=wanted or None, pagina=one),
        reads_mail=bool(settings.current().inbox_url),
        outage=queries.outage(session),
        now=now,
    )


@bp.get("/recibidos/<int:received_id>")
@requires(Permission.MESSAGE_SEE, _received, into="message")
def received_message(message: InboundMessage) -> ResponseReturnValue:
    """Show what one message led to, and why."""
    session = reading()
    [line] = received.lines(session, queries.Page([message], 1))
    return render_template(
        "mailroom/received_message.html",
        line=line,
        message=message,
        words=received.REASONS[message.reason],
        answers=received.ANSWERS,
    )


@bp.post("/recibidos/<int:received_id>/vista")
@requires(Permission.MESSAGE_MANAGE, _received, into="message")
def mark_received_seen(message: InboundMessage) -> ResponseReturnValue:
    """Keep that somebody looked at a message."""
    with transaction() as session:
        commands.mark_seen(session, message, actor=current_user.actor, now=utcnow())
        flash(_("El mensaje queda como visto."), "success")
    return redirect(url_for(".received_messages", motivo=_TO_LOOK_AT), code=303)
