"""Copies of minutes that were signed elsewhere: taken, listed and handed out as they came."""

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user
from sqlalchemy.orm import Session

from coopoutreach.committee.minutes import commands, queries
from coopoutreach.committee.minutes.commands import SignedUpload
from coopoutreach.committee.minutes.errors import Unfit
from coopoutreach.committee.minutes.models import Minutes, SignedCopy
from coopoutreach.committee.minutes.rules import LOCKED, REVIEWED
from coopoutreach.committee.minutes.views.blueprint import bp
from coopoutreach.committee.minutes.views.documents import Kept
from coopoutreach.platform.access.guard import may, requires
from coopoutreach.platform.access.permissions import Permission
from coopoutreach.platform.core.clock import utcnow
from coopoutreach.platform.core.errors import NotFound
from coopoutreach.platform.files import taking
from coopoutreach.platform.files.handing import hand_out
from coopoutreach.platform.files.taking import NotTaken, Taken
from coopoutreach.platform.web import uploads
from coopoutreach.platform.web.forms import INVALID
from coopoutreach.platform.web.transaction import reading, transaction

_PATH = "/reuniones/<public_id>/acta/firmadas"
#: What a form has besides its file.
_REST = 64 * 1024


def _minutes(session: Session, public_id: str) -> Minutes | None:
    """Return the minutes whose words are settled: the newest approved, or those in review."""
    newest = queries.current(session, public_id)
    if newest is None or newest.state in LOCKED | REVIEWED:
        return newest
    return queries.latest_locked(session, newest.meeting_id) or newest


def _copy(session: Session, public_id: str, copy: str) -> SignedCopy | None:
    return queries.signed_copy(session, public_id, copy)


def _most_bytes() -> int | None:
    return taking.MOST_BYTES + _REST if may(Permission.MINUTES_REVIEW) else None


@bp.get(_PATH)
@requires(Permission.MINUTES_SEE, _minutes, into="minutes")
def signed_copies(minutes: Minutes) -> ResponseReturnValue:
    """Show the copies that were signed elsewhere, and the form that takes one more."""
    return _page(minutes)


@bp.post(_PATH)
@uploads.takes(_most_bytes)
@requires(Permission.MINUTES_REVIEW, _minutes, into="minutes")
def add_signed_copy(minutes: Minutes) -> ResponseReturnValue:
    """Keep a PDF that was signed elsewhere."""
    given, note = request.files.get("file"), request.form.get("note", "")
    public_id = minutes.meeting.public_id
    if given is None or not given.filename:
        return _page(minutes, note=note, error=_("Elija el PDF firmado.")), INVALID
    try:
        taken = taking.take(
            given.stream, given.filename, prefix=commands.PREFIX, suffixes=frozenset({"pdf"})
        )
        _keep(minutes, taken, note)
    except (NotTaken, Unfit) as refusal:
        again = _minutes(reading(), public_id)
        if again is None:
            raise NotFound from None
        return _page(again, note=note, error=str(refusal)), INVALID
    flash(_("Guardamos la copia firmada."), "success")
    return redirect(url_for(".signed_copies", public_id=public_id), code=303)


@bp.get(f"{_PATH}/<copy>")
@requires(Permission.MINUTES_SEE, _copy, into="copy")
def signed_copy(copy: SignedCopy) -> ResponseReturnValue:
    """Hand out a signed copy as it came."""
    return hand_out(Kept(copy.stored_as, copy.file_name, copy.size, copy.sha256))


def _keep(minutes: Minutes, taken: Taken, note: str) -> None:
    now = utcnow()
    with taking.unless_it_fails(taken.stored_as), transaction() as session:
        own = queries.side_of_user(session, minutes.meeting, current_user.id, now=now)
        upload = SignedUpload(taken, min(own, default=None), note)
        commands.keep_signed_copy(session, minutes, upload, actor=current_user.actor, now=now)


def _page(minutes: Minutes, *, note: str = "", error: str = "") -> str:
    return render_template(
        "committee/minutes/signed_copies.html",
        minutes=minutes,
        meeting=minutes.meeting,
        copies=queries.signed_copies(reading(), minutes),
        takes=minutes.state in LOCKED | REVIEWED and may(Permission.MINUTES_REVIEW, minutes),
        note=note,
        error=error,
        most=taking.MOST_BYTES // 1024**2,
        longest=commands.LONGEST_NOTE,
    )
