"""Who was at a meeting: ticked from the standing list, with the quorum of each institution."""

from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user
from sqlalchemy.orm import Session

from coopoutreach.committee.meetings import commands, queries
from coopoutreach.committee.meetings.forms.meeting import GuestForm, HeldForm
from coopoutreach.committee.meetings.models import Meeting, Seat
from coopoutreach.committee.meetings.values import Presence
from coopoutreach.committee.meetings.views import loading
from coopoutreach.committee.meetings.views.blueprint import bp
from coopoutreach.committee.meetings.views.meeting import facts
from coopoutreach.events.rules import Modality
from coopoutreach.people.directory import commands as directory
from coopoutreach.people.directory import contact
from coopoutreach.people.directory.forms.fields import put_beside
from coopoutreach.platform.access.guard import requires
from coopoutreach.platform.access.permissions import Permission
from coopoutreach.platform.core.clock import utcnow
from coopoutreach.platform.core.errors import DomainError
from coopoutreach.platform.web.forms import INVALID
from coopoutreach.platform.web.transaction import reading, transaction

_PATH = "/reuniones/<public_id>/asistencia"
_ONLINE = "online"


@bp.get(_PATH)
@requires(Permission.MEETING_EDIT, loading.meeting_of, into="meeting")
def attendance(meeting: Meeting) -> ResponseReturnValue:
    """Show who is in the list, to tick who came."""
    return _page(meeting)


@bp.post(_PATH)
@requires(Permission.MEETING_EDIT, loading.meeting_of, into="meeting")
def mark_attendance(meeting: Meeting) -> ResponseReturnValue:
    """Keep who came, who led the meeting, and when it began and ended."""
    target = url_for(".attendance", public_id=meeting.public_id)
    actor, now = current_user.actor, utcnow()
    with transaction() as session:
        form = _held(session, meeting, HeldForm(request.form))
        if not form.validate():
            return _page(meeting, held=form, ticked=dict(request.form)), INVALID
        for seat in queries.seats(session, meeting):
            _mark(session, seat, actor=actor, now=now)
        commands.set_held(session, meeting, form.held(meeting), actor=actor, now=now)
    flash(_("Guardamos la asistencia."), "success")
    return redirect(target, code=303)


@bp.post(f"{_PATH}/invitada")
@requires(Permission.MEETING_EDIT, loading.meeting_of, into="meeting")
def add_on_the_spot(meeting: Meeting) -> ResponseReturnValue:
    """Add somebody who came without being called."""
    public_id = meeting.public_id
    guest = _guest(meeting, GuestForm(request.form))
    if not guest.validate():
        return _page(meeting, guest=guest), INVALID
    address = contact.email(guest.email.data)
    try:
        with transaction() as session:
            now = utcnow()
            person = directory.find_or_create_person(
                session, name=guest.name.data, email=address, now=now
            )
            commands.add_on_the_spot(
                session,
                meeting,
                person,
                guest.place(),
                modality=guest.way(),
                actor=current_user.actor,
                now=now,
            )
    except DomainError as refusal:
        put_beside(guest, refusal)
        again = loading.meeting_of(reading(), public_id)
        return _page(again or meeting, guest=guest), INVALID
    flash(_("Agregamos a %(name)s y marcamos que asistió.", name=guest.name.data), "success")
    return redirect(url_for(".attendance", public_id=public_id), code=303)


@bp.get(f"{_PATH}/lista")
@requires(Permission.MEETING_EDIT, loading.meeting_of, into="meeting")
def signing_list(meeting: Meeting) -> ResponseReturnValue:
    """Show the list that people sign, to be printed."""
    seats = queries.seats(reading(), meeting)
    return render_template("committee/meetings/signing_list.html", **facts(meeting), seats=seats)


def _mark(session: Session, seat: Seat, *, actor: str, now: Any) -> None:
    """Keep what was ticked of somebody; who is not in the form is left as they were."""
    given = request.form.get(f"presence-{seat.invitee.public_id}", "")
    if given not in {presence.value for presence in Presence}:
        return
    way = request.form.get(f"way-{seat.invitee.public_id}", "")
    modality = Modality.ONLINE if way == _ONLINE else Modality.ROOM
    commands.mark_presence(session, seat, Presence(given), modality=modality, actor=actor, now=now)


def _held(session: Session, meeting: Meeting, form: HeldForm) -> HeldForm:
    form.offer(queries.possible_presenters(session, meeting))
    return form


def _guest(meeting: Meeting, form: GuestForm) -> GuestForm:
    form.offer(loading.side_names(reading(), meeting, own=False))
    return form


def _page(
    meeting: Meeting,
    *,
    held: HeldForm | None = None,
    guest: GuestForm | None = None,
    ticked: dict[str, str] | None = None,
) -> str:
    session = reading()
    began, finished = meeting.began_at, meeting.finished_at
    data = {
        "chair": meeting.chair.public_id if meeting.chair else "",
        "secretary": meeting.secretary.public_id if meeting.secretary else "",
        "began": began.strftime("%H:%M") if began else meeting.wall_start.strftime("%H:%M"),
        "finished": finished.strftime("%H:%M") if finished else "",
    }
    seats = queries.seats(session, meeting)
    given = ticked or {}
    return render_template(
        "committee/meetings/attendance.html",
        **facts(meeting),
        rows=[(seat, *_ticked(seat, given)) for seat in seats],
        quorum=queries.quorum(session, meeting),
        held=held or _held(session, meeting, HeldForm(data=data)),
        guest=guest or _guest(meeting, GuestForm()),
        is_open=facts(meeting)["is_standing"] or facts(meeting)["is_held"],
    )


def _ticked(seat: Seat, given: dict[str, str]) -> tuple[str, str]:
    """Return what is ticked of somebody, and how they take part: as typed, or as kept."""
    who = seat.invitee.public_id
    presence = given.get(f"presence-{who}", queries.presence_of(seat).value)
    kept = _ONLINE if seat.modality is Modality.ONLINE else "presencial"
    return presence, given.get(f"way-{who}", kept)
