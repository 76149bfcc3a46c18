"""Who is coming: the coordination's list, on screen and on paper, and who came."""

from collections.abc import Iterable
from typing import Any

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user
from sqlalchemy.orm import Session

from coopoutreach.events import commands as events
from coopoutreach.events import entries
from coopoutreach.events.rules import Attendance
from coopoutreach.platform.access.guard import requires
from coopoutreach.platform.access.permissions import Permission
from coopoutreach.platform.core.clock import utcnow
from coopoutreach.platform.core.text import clean_line
from coopoutreach.platform.web.transaction import reading, transaction
from coopoutreach.talks.registrations import commands, queries
from coopoutreach.talks.registrations.models import Registration
from coopoutreach.talks.registrations.queries import Attendee
from coopoutreach.talks.registrations.rules import Room, State
from coopoutreach.talks.registrations.views.blueprint import bp
from coopoutreach.talks.talks import queries as talks
from coopoutreach.talks.talks.models import Talk

#: What one may look for in the list.
_LONGEST_SEARCH = 100


def _talk(session: Session, public_id: str) -> Talk | None:
    return talks.talk_by_public_id(session, public_id)


def _registration(session: Session, public_id: str, person: str) -> Registration | None:
    talk = talks.talk_by_public_id(session, public_id)
    return queries.by_invitee_public_id(session, talk.id, person) if talk else None


@bp.get("/plan/charlas/<public_id>/asistentes")
@requires(Permission.REGISTRATION_LIST, _talk, into="talk")
def attendees(talk: Talk) -> ResponseReturnValue:
    """Show who has a place, who waits in which order, and who cancelled."""
    text = clean_line(request.args.get("q", "")[: _LONGEST_SEARCH * 4])[:_LONGEST_SEARCH]
    return render_template(
        "talks/registrations/attendees.html", **_lists(reading(), talk, text=text)
    )


@bp.get("/plan/charlas/<public_id>/asistentes/imprimir")
@requires(Permission.REGISTRATION_LIST, _talk, into="talk")
def print_list(talk: Talk) -> ResponseReturnValue:
    """Show the list to be printed and signed."""
    return render_template("talks/registrations/print.html", **_lists(reading(), talk))


@bp.post("/plan/charlas/<public_id>/asistentes/<person>/asistencia")
@requires(Permission.ATTENDANCE_MARK, _registration, into="registration")
def mark(registration: Registration) -> ResponseReturnValue:
    """Mark whether somebody came."""
    given = request.form.get("attendance", "")
    if given not in set(Attendance):
        abort(400)
    with transaction() as session:
        events.mark_attendance(
            session,
            registration.invitee,
            attendance=Attendance(given),
            actor=current_user.actor,
            now=utcnow(),
        )
        target = _back(registration)
    return redirect(target, code=303)


@bp.post("/plan/charlas/<public_id>/asistentes/<person>/cupo")
@requires(Permission.REGISTRATION_SEAT, _registration, into="registration")
def seat(registration: Registration) -> ResponseReturnValue:
    """Give a waiting person a free seat by hand."""
    with transaction() as session:
        commands.give_seat(session, registration, actor=current_user.actor, now=utcnow())
        flash(
            _("%(name)s tiene cupo. Le enviamos la invitación.", name=registration.person.name),
            "success",
        )
        target = _back(registration)
    return redirect(target, code=303)


@bp.post("/plan/charlas/<public_id>/asistentes/<person>/quitar")
@requires(Permission.REGISTRATION_CORRECT, _registration, into="registration")
def remove(registration: Registration) -> ResponseReturnValue:
    """Cancel somebody's registration for them."""
    with transaction() as session:
        commands.cancel(
            session, registration, actor=current_user.actor, by_person=False, now=utcnow()
        )
        flash(
            _("Quitamos a %(name)s y le avisamos por correo.", name=registration.person.name),
            "success",
        )
        target = _back(registration)
    return redirect(target, code=303)


def _back(registration: Registration) -> str:
    public_id = registration.talk.public_id
    return url_for(".attendees", public_id=public_id) + f"#p-{registration.invitee.public_id}"


def _lists(session: Session, talk: Talk, *, text: str = "") -> dict[str, Any]:
    found = queries.attendee_list(session, talk.id, text=text)
    return {
        "talk": talk,
        "text": text,
        "when": entries.when_line(talk),
        "place": entries.place_line(talk),
        "confirmed": [entry for entry in found if entry.state is State.CONFIRMED],
        "lines": _lines(session, talk, found),
        "cancelled": [entry for entry in found if entry.state is State.CANCELLED],
        "seats": queries.seats_of_talks(session, [talk], now=utcnow())[talk.id],
        "written": queries.messages_waiting(session, talk.id),
        "has_begun": utcnow() >= talk.starts_at,
    }


def _lines(
    session: Session, talk: Talk, found: Iterable[Attendee]
) -> list[tuple[str, list[tuple[int, Attendee]]]]:
    """Return who waits for each room, each with their place in the published order."""
    lines = []
    for room in Room:
        waiting = [one for one in found if one.state is State.WAITING and one.room is room]
        if waiting:
            places = queries.order_of_waiting(session, talk, room)
            ordered = sorted((places.get(one.registration_id, 0), one) for one in waiting)
            lines.append((room.value, ordered))
    return lines
