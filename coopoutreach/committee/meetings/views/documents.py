"""The documents of an agenda, to whoever may see their item: always saved, never shown by us."""

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user
from sqlalchemy.orm import Session

from coopoutreach.committee.meetings import commands, queries
from coopoutreach.committee.meetings.models import AgendaFile, AgendaItem
from coopoutreach.committee.meetings.views import loading
from coopoutreach.committee.meetings.views.blueprint import bp
from coopoutreach.committee.meetings.views.meeting import facts
from coopoutreach.platform.access.guard import by_link, may, requires
from coopoutreach.platform.access.permissions import Permission
from coopoutreach.platform.core.clock import utcnow
from coopoutreach.platform.core.errors import DomainError, NotFound
from coopoutreach.platform.files import taking
from coopoutreach.platform.files.handing import hand_out
from coopoutreach.platform.web import uploads
from coopoutreach.platform.web.forms import INVALID
from coopoutreach.platform.web.transaction import reading, transaction

_PATH = "/reuniones/<public_id>/tabla"
#: What a form has besides its file.
_REST = 64 * 1024


def _most_bytes() -> int | None:
    """Return what the coordination may send; from anybody else no file is read."""
    return taking.MOST_BYTES + _REST if may(Permission.MEETING_EDIT) else None


@bp.get(f"{_PATH}/<item>/documentos")
@requires(Permission.MEETING_EDIT, loading.item_of, into="item")
def new_file(item: AgendaItem) -> ResponseReturnValue:
    """Show the documents of an item, and the form that takes another."""
    return _page(item)


@bp.post(f"{_PATH}/<item>/documentos")
@uploads.takes(_most_bytes)
@requires(Permission.MEETING_EDIT, loading.item_of, into="item")
def add_file(item: AgendaItem) -> ResponseReturnValue:
    """Hand out a document with an item."""
    given = request.files.get("file")
    if given is None or not given.filename:
        return _page(item, error=_("Elija un archivo.")), INVALID
    try:
        taken = taking.take(given.stream, given.filename, prefix=commands.PREFIX)
    except taking.NotTaken as refusal:
        return _page(item, error=str(refusal)), INVALID
    public_id, number = item.meeting.public_id, item.public_id
    try:
        with taking.unless_it_fails(taken.stored_as), transaction() as session:
            commands.add_file(session, item, taken, actor=current_user.actor, now=utcnow())
    except DomainError as refusal:
        again = _item(reading(), public_id, number)
        return _page(again, error=str(refusal)), INVALID
    flash(_("Agregamos el documento."), "success")
    return redirect(url_for(".new_file", public_id=public_id, item=number), code=303)


@bp.get(f"{_PATH}/documentos/<file>")
@requires(Permission.AGENDA_SEE, loading.file_of, into="file")
def file(file: AgendaFile) -> ResponseReturnValue:
    """Hand out a document to whoever may see its item."""
    return hand_out(file)


@bp.post(f"{_PATH}/documentos/<file>/quitar")
@requires(Permission.MEETING_EDIT, loading.file_of, into="file")
def remove_file(file: AgendaFile) -> ResponseReturnValue:
    """Take a document back, and erase its bytes."""
    item = file.item
    target = url_for(".new_file", public_id=item.meeting.public_id, item=item.public_id)
    with transaction() as session:
        stored_as = commands.remove_file(session, file, actor=current_user.actor, now=utcnow())
    taking.erase(stored_as)
    flash(_("Quitamos el documento. Nadie más lo puede descargar."), "success")
    return redirect(target, code=303)


@bp.get("/invitaciones/<token>/documentos/<file>")
@by_link
def invited_file(token: str, file: str) -> ResponseReturnValue:
    """Hand out a document of the agenda to whoever holds the link of an invitee who may see it.

    :raises NotFound: of what is not there, or not for them: they look the same
    """
    session = reading()
    seat = queries.seat_by_token(session, token)
    if seat is None:
        raise NotFound
    sides = queries.sides_of_seat(session, seat, now=utcnow())
    found = queries.file_of_seat(session, seat, file, sides=sides)
    if found is None:
        raise NotFound
    return hand_out(found)


def _item(session: Session, public_id: str, item: str) -> AgendaItem:
    found = loading.item_of(session, public_id, item)
    if found is None:
        raise NotFound
    return found


def _page(item: AgendaItem, *, error: str = "") -> str:
    return render_template(
        "committee/meetings/documents.html",
        **facts(item.meeting),
        item=item,
        error=error,
        taken=taking.TAKEN,
        most=taking.MOST_BYTES // 1024**2,
    )
