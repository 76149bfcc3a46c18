"""When and where one meeting is, alone or with those of its series; call one off; add one."""

from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user
from sqlalchemy.orm import Session

from coopoutreach.committee.meetings import commands, queries
from coopoutreach.committee.meetings.forms.editing import (
    CancelForm,
    MeetingForm,
    data_of,
    starting_values,
    values_of,
)
from coopoutreach.committee.meetings.models import Meeting, MeetingSeries
from coopoutreach.committee.meetings.rules import Scope
from coopoutreach.committee.meetings.views import choices, loading, tables
from coopoutreach.committee.meetings.views.blueprint import bp
from coopoutreach.events import entries, waiting
from coopoutreach.events import queries as events
from coopoutreach.events.rules import EventState
from coopoutreach.platform.access.guard import requires
from coopoutreach.platform.access.permissions import Permission
from coopoutreach.platform.core.clock import utcnow
from coopoutreach.platform.core.errors import DomainError
from coopoutreach.platform.web.edits import edited
from coopoutreach.platform.web.forms import INVALID
from coopoutreach.platform.web.transaction import reading, transaction

_PATH = "/reuniones/<public_id>"


@bp.get("/reuniones/series/<public_id>/extraordinaria")
@requires(Permission.MEETING_EDIT, tables.series_of, into="series")
def new_meeting(series: MeetingSeries) -> ResponseReturnValue:
    """Show the form of an extraordinary meeting, at the place and hours of its series."""
    title = _("%(name)s: reunión extraordinaria", name=series.name)
    form = MeetingForm(data=data_of(series, title=title))
    return _editor(form, starting_values(series), series=series)


@bp.post("/reuniones/series/<public_id>/extraordinaria")
@requires(Permission.MEETING_EDIT, tables.series_of, into="series")
def create_meeting(series: MeetingSeries) -> ResponseReturnValue:
    """Make the meeting, as a draft."""
    with transaction() as session:
        form, now = MeetingForm(request.form), utcnow()
        good = form.read(request.form, today=tables.today(now).date())
        if not good or form.stops:
            return _editor(form, request.form, series=series), INVALID
        meeting = commands.create_meeting(
            session, series, form.fields(), actor=current_user.actor, now=now
        )
        flash(_("Creamos el borrador. Nadie recibe nada hasta que la convoque."), "success")
        target = meeting.path
    return redirect(target, code=303)


@bp.get(f"{_PATH}/editar")
@requires(Permission.MEETING_EDIT, loading.meeting_of, into="meeting")
def edit_meeting_form(meeting: Meeting) -> ResponseReturnValue:
    """Show when and where the meeting is, to change it."""
    form = MeetingForm(data=data_of(meeting, title=meeting.title))
    return _editor(form, values_of(meeting), series=meeting.series, meeting=meeting)


@bp.post(f"{_PATH}/editar")
@requires(Permission.MEETING_EDIT, loading.meeting_of, into="meeting")
def edit_meeting(meeting: Meeting) -> ResponseReturnValue:
    """Change the meeting, and those that were asked for."""
    with transaction() as session:
        now = utcnow()
        form = edited(MeetingForm(data=data_of(meeting, title=meeting.title)), values_of(meeting))
        was_on = meeting.wall_start.date()
        good = form.read(form.sent, today=tables.today(now).date(), was_on=was_on)
        if not good or form.stops:
            return _again(form, meeting)
        try:
            told = commands.edit_meeting(
                session,
                meeting,
                form.fields(),
                scope=Scope(form.scope.data),
                actor=current_user.actor,
                now=now,
            )
        except DomainError as error:
            tables.put_beside(form, error)
            return _again(form, meeting)
        flash(_said_of(session, told), "success")
        target = meeting.path
    return redirect(target, code=303)


@bp.get(f"{_PATH}/suspender")
@requires(Permission.MEETING_EDIT, loading.meeting_of, into="meeting")
def cancel_meeting_form(meeting: Meeting) -> ResponseReturnValue:
    """Ask why the meeting is called off, and say whom it will be told to."""
    return _cancelling(reading(), meeting, CancelForm())


@bp.post(f"{_PATH}/suspender")
@requires(Permission.MEETING_EDIT, loading.meeting_of, into="meeting")
def cancel_meeting(meeting: Meeting) -> ResponseReturnValue:
    """Call the meeting off; a draft disappears."""
    with transaction() as session:
        form = CancelForm(request.form)
        is_draft = meeting.state is EventState.DRAFT
        if not is_draft and not form.validate():
            return _cancelling(session, meeting, form), INVALID
        to_series = url_for(".series", public_id=meeting.series.public_id)
        target = to_series if is_draft else meeting.path
        commands.cancel_meeting(
            session,
            meeting,
            reason=form.reason.data or "",
            actor=current_user.actor,
            now=utcnow(),
        )
        if is_draft:
            flash(_("Eliminamos el borrador. La serie no tendrá reunión en esa fecha."), "success")
        else:
            flash(_("La reunión se suspendió. Puede deshacerlo por unos minutos."), "success")
    return redirect(target, code=303)


@bp.post(f"{_PATH}/suspender/deshacer")
@requires(Permission.MEETING_EDIT, loading.meeting_of, into="meeting")
def undo_meeting_cancellation(meeting: Meeting) -> ResponseReturnValue:
    """Let it take place after all."""
    with transaction() as session:
        commands.undo_cancellation(session, meeting, actor=current_user.actor, now=utcnow())
        flash(_("Deshecho: la reunión sigue en pie. Nadie recibió el aviso."), "success")
        target = meeting.path
    return redirect(target, code=303)


def _again(form: MeetingForm, meeting: Meeting) -> ResponseReturnValue:
    return _editor(form, form.sent, series=meeting.series, meeting=meeting), INVALID


def _editor(
    form: MeetingForm, values: Any, *, series: MeetingSeries, meeting: Meeting | None = None
) -> str:
    session = reading()
    others = _others(session, meeting) if meeting is not None else []
    return render_template(
        "committee/meetings/series_meeting.html",
        form=form,
        values=values,
        series=series,
        meeting=meeting,
        scopes=_scopes(meeting, others) if meeting is not None and others else [],
        audience=events.audience(session, meeting.id).total if meeting is not None else 0,
        errors=form.all_errors if request.method == "POST" else {},
        **choices.of_place(),
    )


def _others(session: Session, meeting: Meeting) -> list[Meeting]:
    ahead = queries.series_follows(session, meeting.series_id, now=utcnow())
    return [other for other in ahead if other.id != meeting.id]


def _scopes(meeting: Meeting, others: list[Meeting]) -> list[dict[str, str]]:
    """Return how many meetings a change can be for."""
    later = sum(other.wall_start > meeting.wall_start for other in others)
    alone = _("Queda fuera de los cambios que después se hagan a la serie.")
    several = _("Solo las horas y el lugar: cada una conserva su día.")
    found = [{"value": Scope.THIS.value, "label": _("Solo esta reunión"), "hint": alone}]
    if later:
        label = _("Esta y las %(n)s que siguen", n=later) if later > 1 else _("Esta y la que sigue")
        found.append({"value": Scope.LATER.value, "label": label, "hint": several})
    if len(others) > later:
        label = _("Las %(n)s que vienen", n=len(others) + 1)
        found.append({"value": Scope.ALL.value, "label": label, "hint": several})
    return found


def _said_of(session: Session, told: list[Meeting]) -> str:
    people = sum(events.audience(session, meeting.id).total for meeting in told)
    if not people:
        return str(_("Guardamos el cambio. Nadie recibe correos."))
    return str(
        _("Guardamos el cambio. Quienes estaban convocados recibirán un solo correo que lo avisa.")
    )


def _cancelling(session: Session, meeting: Meeting, form: CancelForm) -> str:
    return render_template(
        "committee/meetings/series_cancel.html",
        meeting=meeting,
        form=form,
        is_draft=meeting.state is EventState.DRAFT,
        when=entries.when_line(meeting),
        audience=events.audience(session, meeting.id).total,
        undo_minutes=waiting.undo_minutes(),
        errors={name: errors[0] for name, errors in form.errors.items() if errors},
    )
