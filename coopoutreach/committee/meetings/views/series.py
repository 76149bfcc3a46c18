"""A series: plan it with its dates in sight, look at it, change it, end it."""

from typing import Any, cast

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user
from sqlalchemy.orm import Session

from coopoutreach.committee.meetings import commands, queries, slots
from coopoutreach.committee.meetings.fields import SeriesFields
from coopoutreach.committee.meetings.forms.editing import EndForm
from coopoutreach.committee.meetings.forms.members import CAPACITY_NAMES
from coopoutreach.committee.meetings.forms.series import (
    SeriesForm,
    data_of,
    preview,
    seal,
    starting_values,
    values_of,
)
from coopoutreach.committee.meetings.models import Meeting, MeetingSeries
from coopoutreach.committee.meetings.views import choices, tables
from coopoutreach.committee.meetings.views.blueprint import bp
from coopoutreach.committee.meetings.views.cards import kind_of, state_of
from coopoutreach.events import entries
from coopoutreach.events.rules import ACTIVE_STATES, EventState
from coopoutreach.platform.access.guard import may, requires
from coopoutreach.platform.access.permissions import Permission
from coopoutreach.platform.core import spanish
from coopoutreach.platform.core.clock import utcnow
from coopoutreach.platform.core.errors import DomainError
from coopoutreach.platform.web.edits import edited
from coopoutreach.platform.web.forms import INVALID
from coopoutreach.platform.web.transaction import reading, transaction

_PATH = "/reuniones/series/<public_id>"


@bp.get("/reuniones/series/nueva")
@requires(Permission.MEETING_EDIT)
def new_series() -> ResponseReturnValue:
    """Show the editor of a new series."""
    form = SeriesForm(data={"reminders": "7, 1"})
    values = starting_values(today=tables.today(utcnow()).date())
    return _editor(reading(), form, values)


@bp.post("/reuniones/series/nueva")
@requires(Permission.MEETING_EDIT)
def create_series() -> ResponseReturnValue:
    """Show the dates that the series would have; once they were looked at, plan it."""
    with transaction() as session:
        form = SeriesForm(request.form)
        fields, dates = _looked_at(session, form, None)
        if fields is None:
            return _editor(session, form, request.form, dates=dates), INVALID
        try:
            made = commands.create_series(session, fields, actor=current_user.actor, now=utcnow())
        except DomainError as error:
            tables.put_beside(form, error)
            return _editor(session, form, request.form), INVALID
        flash(_("Creamos la serie y los borradores de sus próximas reuniones."), "success")
        target = url_for(".series", public_id=made.public_id)
    return redirect(target, code=303)


@bp.get(_PATH)
@requires(Permission.MEETING_SEE, tables.series_of, into="series")
def series(series: MeetingSeries) -> ResponseReturnValue:
    """Show a series: its dates, who sits there, and what can be done with it."""
    session, now = reading(), utcnow()
    meetings = queries.meetings_of(session, series.id)
    return render_template(
        "committee/meetings/series.html",
        series=series,
        pattern=slots.pattern_in_words(series),
        holiday_rule=slots.HOLIDAY_RULES[series.holiday_rule],
        # It has a place as its meetings do.
        place=entries.place_line(cast("Any", series)),
        ahead=[one for one in meetings if one.ends_at > now],
        past=[one for one in reversed(meetings) if one.ends_at <= now],
        moved=_moved,
        kind=kind_of,
        state=state_of,
        sides=_sides(session, series),
        capacities=CAPACITY_NAMES,
        polls=queries.polls_of(session, series.id),
        can_edit=may(Permission.MEETING_EDIT, series),
        now=now,
    )


@bp.get(f"{_PATH}/editar")
@requires(Permission.MEETING_EDIT, tables.series_of, into="series")
def edit_series_form(series: MeetingSeries) -> ResponseReturnValue:
    """Show the editor of a series."""
    return _editor(reading(), SeriesForm(data=data_of(series)), values_of(series), series=series)


@bp.post(f"{_PATH}/editar")
@requires(Permission.MEETING_EDIT, tables.series_of, into="series")
def edit_series(series: MeetingSeries) -> ResponseReturnValue:
    """Change the series, once the dates that it would have were looked at."""
    with transaction() as session:
        form = edited(SeriesForm(data=data_of(series)), values_of(series))
        fields, dates = _looked_at(session, form, series)
        if fields is None:
            return _editor(session, form, form.sent, series=series, dates=dates), INVALID
        now = utcnow()
        try:
            left = commands.edit_series(session, series, fields, actor=current_user.actor, now=now)
        except DomainError as error:
            tables.put_beside(form, error)
            return _editor(session, form, form.sent, series=series), INVALID
        flash(_("Guardamos la serie. Los borradores siguen sus nuevas fechas."), "success")
        if left:
            days = spanish.listed([spanish.day_and_month(one.wall_start) for one in left])
            said = _("Tienen tabla y quedaron fuera de la serie, en su fecha: %(days)s.", days=days)
            flash(said, "warning")
        target = url_for(".series", public_id=series.public_id)
    return redirect(target, code=303)


@bp.get(f"{_PATH}/terminar")
@requires(Permission.MEETING_EDIT, tables.series_of, into="series")
def end_series_form(series: MeetingSeries) -> ResponseReturnValue:
    """Say what ending a series means, and ask about what was convened."""
    return _ending(reading(), series, EndForm())


@bp.post(f"{_PATH}/terminar")
@requires(Permission.MEETING_EDIT, tables.series_of, into="series")
def end_series(series: MeetingSeries) -> ResponseReturnValue:
    """End the series."""
    with transaction() as session:
        form = EndForm(request.form)
        if not form.read():
            return _ending(session, series, form), INVALID
        commands.end_series(
            session,
            series,
            cancel_convened=bool(form.cancel_convened.data),
            reason=form.reason.data or "",
            actor=current_user.actor,
            now=utcnow(),
        )
        flash(_("La serie terminó. Sus actas y compromisos siguen aquí."), "success")
        target = url_for(".series", public_id=series.public_id)
    return redirect(target, code=303)


def _looked_at(
    session: Session, form: SeriesForm, series: MeetingSeries | None
) -> tuple[SeriesFields | None, list[slots.Shown]]:
    """Return what was sent, if it can be saved and its dates were looked at; and the dates."""
    today = tables.today(utcnow()).date()
    if not form.read(form.sent, choices.institution_ids(session), today=today):
        return None, []
    skipped = list(series.skipped) if series else []
    fields = form.fields(skipped=skipped, heads=choices.person_ids(session, form.parties))
    dates = preview(fields, today=today)
    if not dates:
        form.refuse("pattern", _("Con estos datos no queda ninguna fecha por delante."))
    seen = bool(dates) and request.form.get("seen") == seal(dates)
    return (fields if seen and not request.form.get("preview") else None), dates


def _editor(
    session: Session,
    form: SeriesForm,
    values: Any,
    *,
    series: MeetingSeries | None = None,
    dates: list[slots.Shown] | None = None,
) -> str:
    return render_template(
        "committee/meetings/series_edit.html",
        form=form,
        values=values,
        series=series,
        dates=dates,
        seal=seal(dates) if dates else "",
        errors=form.all_errors if request.method == "POST" else {},
        kept=_convened_ahead(session, series) if series else [],
        **choices.of_series(session),
    )


def _ending(session: Session, series: MeetingSeries, form: EndForm) -> str:
    now = utcnow()
    ahead = [one for one in queries.meetings_of(session, series.id) if one.starts_at > now]
    return render_template(
        "committee/meetings/series_end.html",
        series=series,
        form=form,
        errors={name: errors[0] for name, errors in form.errors.items() if errors},
        drafts=[one for one in ahead if one.state is EventState.DRAFT],
        convened=[one for one in ahead if one.state in ACTIVE_STATES],
    )


def _convened_ahead(session: Session, series: MeetingSeries) -> list[Meeting]:
    """Return what a change of the series leaves alone: convened, or edited by itself."""
    now = utcnow()
    return [
        one
        for one in queries.meetings_of(session, series.id)
        if one.starts_at > now
        and (one.state in ACTIVE_STATES or (one.state is EventState.DRAFT and one.detached))
    ]


def _moved(meeting: Meeting) -> str:
    """Return why a meeting is on another day than the pattern says, or nothing."""
    if meeting.slot_on is None or meeting.slot_on == meeting.wall_start.date():
        return ""
    why = _("cambiada a mano") if meeting.detached else _("feriado o fin de semana")
    return str(_("Era el %(day)s: %(why)s", day=spanish.day_and_month(meeting.slot_on), why=why))


def _sides(session: Session, series: MeetingSeries) -> list[tuple[Any, list[Any]]]:
    """Return each institution of the table with its members."""
    members = queries.members_of(session, series.id)
    return [
        (party, [one for one in members if one.organisation_id == party.organisation_id])
        for party in series.parties
    ]
