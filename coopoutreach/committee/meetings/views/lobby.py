"""Whether a meeting must be registered under the Ley del Lobby, and where it is."""

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from coopoutreach.committee.meetings import commands
from coopoutreach.committee.meetings.forms.meeting import LobbyForm
from coopoutreach.committee.meetings.models import Meeting
from coopoutreach.committee.meetings.views import loading
from coopoutreach.committee.meetings.views.blueprint import bp
from coopoutreach.committee.meetings.views.meeting import facts
from coopoutreach.platform.access.guard import requires
from coopoutreach.platform.access.permissions import Permission
from coopoutreach.platform.core.clock import utcnow
from coopoutreach.platform.web.edits import edited
from coopoutreach.platform.web.forms import INVALID
from coopoutreach.platform.web.transaction import transaction


@bp.get("/reuniones/<public_id>/lobby")
@requires(Permission.LOBBY_EDIT, loading.meeting_of, into="meeting")
def lobby_form(meeting: Meeting) -> ResponseReturnValue:
    """Show what is known of a meeting under the Ley del Lobby."""
    return _page(meeting, _stored(meeting))


@bp.post("/reuniones/<public_id>/lobby")
@requires(Permission.LOBBY_EDIT, loading.meeting_of, into="meeting")
def set_lobby(meeting: Meeting) -> ResponseReturnValue:
    """Keep whether the meeting must be registered, its folio and link."""
    form = edited(_stored(meeting))
    if not form.validate():
        return _page(meeting, form), INVALID
    target = url_for(".meeting", public_id=meeting.public_id)
    with transaction() as session:
        commands.set_lobby(session, meeting, form.lobby(), actor=current_user.actor, now=utcnow())
    flash(_("Guardamos los datos de Ley del Lobby."), "success")
    return redirect(target, code=303)


def _stored(meeting: Meeting) -> LobbyForm:
    return LobbyForm(
        data={
            "need": meeting.lobby.value,
            "folio": meeting.lobby_folio,
            "link": meeting.lobby_link,
        }
    )


def _page(meeting: Meeting, form: LobbyForm) -> str:
    return render_template("committee/meetings/lobby.html", **facts(meeting), form=form)
