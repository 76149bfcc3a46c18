"""The queue as a whole: stop it, start it, let go of what was put aside, free an address."""

from flask import flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from coopoutreach.mail.outgoing import commands
from coopoutreach.pages.mail_admin import queries
from coopoutreach.pages.mail_admin.views.blueprint import bp
from coopoutreach.platform.access.guard import requires
from coopoutreach.platform.access.permissions import Permission
from coopoutreach.platform.core.clock import utcnow
from coopoutreach.platform.core.text import clean_line
from coopoutreach.platform.web.transaction import transaction

#: What a reason to stop may be long.
_LONGEST_REASON = 200
_LONGEST_ADDRESS = 320


@bp.post("/detener")
@requires(Permission.MESSAGE_MANAGE)
def pause() -> ResponseReturnValue:
    """Stop the queue by hand."""
    given = clean_line(request.form.get("reason", "")[: _LONGEST_REASON * 4])[:_LONGEST_REASON]
    reason = given or _("La coordinación detuvo el envío.")
    with transaction() as session:
        commands.pause(session, reason=reason, actor=current_user.actor, now=utcnow())
        flash(_("El envío está detenido. Nada se pierde: sale cuando lo reanude."), "success")
    return redirect(url_for(".messages"), code=303)


@bp.post("/reanudar")
@requires(Permission.MESSAGE_MANAGE)
def resume() -> ResponseReturnValue:
    """Let the queue run again."""
    with transaction() as session:
        commands.resume(session, actor=current_user.actor, now=utcnow())
        flash(_("El envío está en marcha."), "success")
    return redirect(url_for(".messages"), code=303)


@bp.post("/retenidos/soltar")
@requires(Permission.MESSAGE_MANAGE)
def release_held() -> ResponseReturnValue:
    """Send everything that was put aside."""
    now = utcnow()
    with transaction() as session:
        held = queries.held_messages(session)
        for message in held:
            commands.retry(session, message, actor=current_user.actor, now=now)
        flash(_("Salen %(n)s correos que estaban retenidos.", n=len(held)), "success")
    return redirect(url_for(".messages"), code=303)


@bp.post("/retenidos/descartar")
@requires(Permission.MESSAGE_MANAGE)
def discard_held() -> ResponseReturnValue:
    """Give everything up that was put aside."""
    now = utcnow()
    with transaction() as session:
        held = queries.held_messages(session)
        for message in held:
            commands.discard(session, message, actor=current_user.actor, now=now)
        flash(_("Se descartaron %(n)s correos retenidos.", n=len(held)), "success")
    return redirect(url_for(".messages"), code=303)


@bp.post("/direcciones/liberar")
@requires(Permission.MESSAGE_MANAGE)
def release_address() -> ResponseReturnValue:
    """Let mail go again to an address that a server once refused; twice is as good as once."""
    address = clean_line(request.form.get("address", "")[:_LONGEST_ADDRESS])
    with transaction() as session:
        commands.release_address(session, address, actor=current_user.actor, now=utcnow())
        flash(_("Los próximos correos a esa dirección se intentan otra vez."), "success")
    return redirect(url_for(".messages") + "#direcciones", code=303)
