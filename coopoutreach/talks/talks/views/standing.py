"""Publish a talk, call it off, and take either back before anybody is told."""

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user
from sqlalchemy.orm import Session

from coopoutreach.events import entries
from coopoutreach.platform.access.guard import requires
from coopoutreach.platform.access.permissions import Permission
from coopoutreach.platform.core.clock import utcnow
from coopoutreach.platform.web.forms import INVALID
from coopoutreach.platform.web.transaction import reading, transaction
from coopoutreach.talks.talks import commands, pending, queries
from coopoutreach.talks.talks.cancel_form import CancelForm
from coopoutreach.talks.talks.models import Talk
from coopoutreach.talks.talks.views.blueprint import bp, talk_of


@bp.post("/charlas/<public_id>/publicar")
@requires(Permission.TALK_EDIT, talk_of, into="talk")
def publish(talk: Talk) -> ResponseReturnValue:
    """Show the talk to everybody."""
    with transaction() as session:
        commands.publish_talk(session, talk, actor=current_user.actor, now=utcnow())
        target = url_for(".talk", public_id=talk.public_id, hecho=1)
    return redirect(target, code=303)


@bp.post("/charlas/<public_id>/publicar/deshacer")
@requires(Permission.TALK_EDIT, talk_of, into="talk")
def undo_publication(talk: Talk) -> ResponseReturnValue:
    """Make it a draft again."""
    with transaction() as session:
        commands.undo_publication(session, talk, actor=current_user.actor, now=utcnow())
        flash(_("Deshecho: es un borrador otra vez, y ya no está en el sitio."), "success")
        target = url_for(".talk", public_id=talk.public_id)
    return redirect(target, code=303)


@bp.get("/charlas/<public_id>/cancelar")
@requires(Permission.TALK_EDIT, talk_of, into="talk")
def cancel_form(talk: Talk) -> ResponseReturnValue:
    """Ask for the reason and for another date; say whom it will be told to, and when."""
    return _cancel_page(reading(), talk, CancelForm())


@bp.post("/charlas/<public_id>/cancelar")
@requires(Permission.TALK_EDIT, talk_of, into="talk")
def cancel(talk: Talk) -> ResponseReturnValue:
    """Call the talk off."""
    with transaction() as session:
        form = CancelForm(request.form)
        found = queries.proposals(session, talk, now=utcnow())
        choices = {other.public_id: other for other in (*found.sessions, *found.on_topic)}
        if not form.read(choices):
            return _cancel_page(session, talk, form), INVALID
        commands.cancel_talk(
            session,
            talk,
            reason=form.reason.data,
            replacement=choices.get(form.replacement.data),
            actor=current_user.actor,
            now=utcnow(),
        )
        target = url_for(".talk", public_id=talk.public_id, hecho=1)
    return redirect(target, code=303)


@bp.post("/charlas/<public_id>/cancelar/deshacer")
@requires(Permission.TALK_EDIT, talk_of, into="talk")
def undo_cancellation(talk: Talk) -> ResponseReturnValue:
    """Let it take place after all."""
    with transaction() as session:
        commands.undo_cancellation(session, talk, actor=current_user.actor, now=utcnow())
        flash(_("Deshecho: la charla sigue en pie. Nadie recibió el aviso."), "success")
        target = url_for(".talk", public_id=talk.public_id)
    return redirect(target, code=303)


@bp.post("/charlas/<public_id>/avisar")
@requires(Permission.TALK_EDIT, talk_of, into="talk")
def tell_now(talk: Talk) -> ResponseReturnValue:
    """Tell people at once of what waits to be told."""
    with transaction() as session:
        commands.tell_now(session, talk, actor=current_user.actor, now=utcnow())
        flash(_("El aviso está saliendo por correo."), "success")
        target = url_for(".talk", public_id=talk.public_id)
    return redirect(target, code=303)


def _cancel_page(session: Session, talk: Talk, form: CancelForm) -> str:
    now = utcnow()
    found = queries.proposals(session, talk, now=now)
    outlook = pending.outlook_of_cancellation(session, talk, now=now)
    return render_template(
        "talks/talks/cancel.html",
        talk=talk,
        form=form,
        errors={name: errors[0] for name, errors in form.errors.items() if errors},
        outlook=outlook,
        can_undo=not outlook.at_once,
        options=[
            {"value": "", "label": _("Nada por ahora")},
            *(_option(other, _("Otra sesión")) for other in found.sessions),
            *(_option(other, _("Sobre el mismo tema")) for other in found.on_topic),
        ],
    )


def _option(talk: Talk, why: str) -> dict[str, str]:
    when = f"{entries.when_line(talk)}. {entries.place_line(talk)}"
    return {"value": talk.public_id, "label": talk.title, "hint": f"{why} · {when}"}
