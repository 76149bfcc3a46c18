"""The standing list of a table: add somebody, change how they sit there, take them off."""

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user
from sqlalchemy.orm import Session

from coopoutreach.committee.meetings import commands, queries
from coopoutreach.committee.meetings.forms.members import MemberForm, data_of
from coopoutreach.committee.meetings.models import MeetingSeries, SeriesMember
from coopoutreach.committee.meetings.views import choices, tables
from coopoutreach.committee.meetings.views.blueprint import bp
from coopoutreach.people.accounts.confirming import recently_signed_in
from coopoutreach.platform.access.guard import requires
from coopoutreach.platform.access.permissions import Permission
from coopoutreach.platform.core.clock import utcnow
from coopoutreach.platform.core.errors import DomainError
from coopoutreach.platform.web.edits import edited
from coopoutreach.platform.web.forms import INVALID
from coopoutreach.platform.web.transaction import reading, transaction

_PATH = "/reuniones/series/<public_id>/integrantes"


@bp.get(f"{_PATH}/agregar")
@requires(Permission.MEETING_EDIT, tables.series_of, into="series")
def new_member(series: MeetingSeries) -> ResponseReturnValue:
    """Ask who joins the table."""
    return _page(reading(), series, MemberForm())


@bp.post(f"{_PATH}/agregar")
@recently_signed_in
@requires(Permission.MEETING_EDIT, tables.series_of, into="series")
def add_member(series: MeetingSeries) -> ResponseReturnValue:
    """Add somebody to the standing list."""
    with transaction() as session:
        form = MemberForm(request.form)
        if not form.read(choices.of_members(session, series)):
            return _page(session, series, form), INVALID
        fields = form.fields(queries.members_of(session, series.id))
        try:
            commands.add_member(session, series, fields, actor=current_user.actor, now=utcnow())
        except DomainError as error:
            tables.put_beside(form, error)
            return _page(session, series, form), INVALID
        flash(_("Agregado a la mesa. Recibirá las próximas convocatorias."), "success")
        target = _back(series)
    return redirect(target, code=303)


@bp.get(f"{_PATH}/<member>")
@requires(Permission.MEETING_EDIT, tables.member_of, into="member")
def edit_member_form(member: SeriesMember) -> ResponseReturnValue:
    """Show how somebody sits at the table."""
    return _page(reading(), member.series, MemberForm(data=data_of(member)), member=member)


@bp.post(f"{_PATH}/<member>")
@recently_signed_in
@requires(Permission.MEETING_EDIT, tables.member_of, into="member")
def edit_member(member: SeriesMember) -> ResponseReturnValue:
    """Change how somebody sits at the table."""
    with transaction() as session:
        form = edited(MemberForm(data=data_of(member)))
        if not form.read((), member=member):
            return _page(session, member.series, form, member=member), INVALID
        fields = form.fields(queries.members_of(session, member.series_id), member=member)
        try:
            commands.edit_member(session, member, fields, actor=current_user.actor, now=utcnow())
        except DomainError as error:
            tables.put_beside(form, error)
            return _page(session, member.series, form, member=member), INVALID
        flash(_("Guardamos el cambio."), "success")
        target = _back(member.series)
    return redirect(target, code=303)


@bp.post(f"{_PATH}/<member>/terminar")
@requires(Permission.MEETING_EDIT, tables.member_of, into="member")
def end_member(member: SeriesMember) -> ResponseReturnValue:
    """Take somebody off the standing list."""
    with transaction() as session:
        commands.end_member(session, member, actor=current_user.actor, now=utcnow())
        flash(_("Ya no es integrante. Las reuniones pasadas conservan su nombre."), "success")
        target = _back(member.series)
    return redirect(target, code=303)


@bp.post(f"{_PATH}/<member>/mover")
@requires(Permission.MEETING_EDIT, tables.member_of, into="member")
def move_member(member: SeriesMember) -> ResponseReturnValue:
    """Put somebody one place up or down."""
    with transaction() as session:
        up = request.form.get("to") != "down"
        commands.move_member(session, member, up=up, actor=current_user.actor, now=utcnow())
        target = _back(member.series)
    return redirect(target, code=303)


def _back(series: MeetingSeries) -> str:
    return url_for(".series", public_id=series.public_id, _anchor="integrantes")


def _page(
    session: Session,
    series: MeetingSeries,
    form: MemberForm,
    *,
    member: SeriesMember | None = None,
) -> str:
    members = [one for one in queries.members_of(session, series.id) if one is not member]
    own = [one for one in members if member and one.organisation_id == member.organisation_id]
    return render_template(
        "committee/meetings/series_member.html",
        series=series,
        member=member,
        form=form,
        people=choices.grouped(series, choices.of_members(session, series)) if not member else [],
        deputies=[
            (one.public_id, f"{one.person.name} ({one.organisation.short_name})")
            for one in (own if member else members)
        ],
        errors={name: errors[0] for name, errors in form.errors.items() if errors},
    )
