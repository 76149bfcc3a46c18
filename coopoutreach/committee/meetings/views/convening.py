"""Convene a meeting: whom it tells and how, before it does; and who is added or taken off."""

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from coopoutreach.committee.meetings import commands, queries
from coopoutreach.committee.meetings.forms.meeting import GuestForm
from coopoutreach.committee.meetings.models import Meeting, Seat, SeriesMember
from coopoutreach.committee.meetings.rules.agenda import KIND_NAMES
from coopoutreach.committee.meetings.views import loading
from coopoutreach.committee.meetings.views.blueprint import bp
from coopoutreach.committee.meetings.views.meeting import agenda_shown, facts, warned
from coopoutreach.people.directory import commands as directory
from coopoutreach.people.directory import contact
from coopoutreach.people.directory.forms.fields import put_beside
from coopoutreach.platform.access.guard import requires
from coopoutreach.platform.access.permissions import Permission
from coopoutreach.platform.core import addresses, spanish
from coopoutreach.platform.core.clock import utcnow
from coopoutreach.platform.core.errors import DomainError
from coopoutreach.platform.web.forms import INVALID
from coopoutreach.platform.web.transaction import reading, transaction

_PATH = "/reuniones/<public_id>/convocatoria"


@bp.get(_PATH)
@requires(Permission.MEETING_EDIT, loading.meeting_of, into="meeting")
def convocation(meeting: Meeting) -> ResponseReturnValue:
    """Show whom convening would tell, how, and what is amiss with the agenda."""
    return _page(meeting, _offered(meeting, GuestForm()))


@bp.post(_PATH)
@requires(Permission.MEETING_EDIT, loading.meeting_of, into="meeting")
def convene(meeting: Meeting) -> ResponseReturnValue:
    """Convene the meeting: everybody is sent the invitation."""
    target = url_for(".meeting", public_id=meeting.public_id)
    with transaction() as session:
        people = commands.convene(
            session,
            meeting,
            with_agenda=bool(request.form.get("with_agenda")),
            actor=current_user.actor,
            now=utcnow(),
        )
        flash(
            _(
                "Convocamos la reunión N° %(number)s. Enviamos la invitación a %(n)s personas.",
                number=meeting.number,
                n=people,
            ),
            "success",
        )
        unwritable = [
            seat.invitee.person.name
            for seat in queries.seats(session, meeting)
            if not addresses.can_be_written(addresses.for_the_wire(seat.invitee.person.email))
        ]
    if unwritable:
        flash(
            _(
                "No se puede escribir a %(names)s: corrija su correo.",
                names=spanish.listed(unwritable),
            ),
            "warning",
        )
    return redirect(target, code=303)


@bp.post(f"{_PATH}/invitadas")
@requires(Permission.MEETING_EDIT, loading.meeting_of, into="meeting")
def add_guest(meeting: Meeting) -> ResponseReturnValue:
    """Invite somebody who is not of the table; if it was convened, they alone are told."""
    form = _offered(meeting, GuestForm(request.form))
    if not form.validate():
        return _page(meeting, form), INVALID
    target = url_for(".convocation", public_id=meeting.public_id)
    address = contact.email(form.email.data)
    try:
        with transaction() as session:
            now = utcnow()
            person = directory.find_or_create_person(
                session, name=form.name.data, email=address, now=now
            )
            commands.invite(
                session, meeting, person, form.place(), actor=current_user.actor, now=now
            )
    except DomainError as refusal:
        put_beside(form, refusal)
        again = loading.meeting_of(reading(), target.split("/")[2])
        return _page(again or meeting, form), INVALID
    flash(_("Agregamos a %(name)s.", name=form.name.data), "success")
    return redirect(f"{target}#convocadas", code=303)


@bp.post(f"{_PATH}/integrantes/<member>")
@requires(Permission.MEETING_EDIT, loading.member_of, into="found")
def invite_member(found: tuple[Meeting, SeriesMember]) -> ResponseReturnValue:
    """Invite a standing member to a meeting that was convened without them."""
    meeting, member = found
    target = url_for(".meeting", public_id=meeting.public_id)
    with transaction() as session:
        commands.invite_member(session, meeting, member, actor=current_user.actor, now=utcnow())
        flash(_("Invitamos a %(name)s.", name=member.person.name), "success")
    return redirect(f"{target}#convocadas", code=303)


@bp.post(f"{_PATH}/invitadas/<invitee>/quitar")
@requires(Permission.MEETING_EDIT, loading.seat_of, into="seat")
def uninvite(seat: Seat) -> ResponseReturnValue:
    """Take somebody off the list; if they were called, they alone are told."""
    with transaction() as session:
        meeting = queries.meeting_of(session, seat)
        target = url_for(".meeting", public_id=meeting.public_id)
        if meeting.published_at is None:
            target = url_for(".convocation", public_id=meeting.public_id)
        commands.uninvite(session, seat, actor=current_user.actor, now=utcnow())
        flash(_("Quitamos a %(name)s de la lista.", name=seat.invitee.person.name), "success")
    return redirect(f"{target}#convocadas", code=303)


def _offered(meeting: Meeting, form: GuestForm) -> GuestForm:
    form.offer(loading.side_names(reading(), meeting, own=False))
    return form


def _page(meeting: Meeting, form: GuestForm) -> str:
    session = reading()
    shown = agenda_shown(session, meeting, loading.sides(meeting))
    return render_template(
        "committee/meetings/convocation.html",
        **facts(meeting),
        **{**shown, "kind_names": KIND_NAMES},
        members=queries.members_to_invite(session, meeting),
        seats=queries.seats(session, meeting),
        warnings=warned(meeting, shown["items"]),
        is_late=not loading.is_ahead(meeting, utcnow()),
        form=form,
    )
