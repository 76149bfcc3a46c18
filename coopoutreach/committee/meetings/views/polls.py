"""«¿Qué día les acomoda?»: ask a table, look at what its members said, take a date."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user
from sqlalchemy.orm import Session

from coopoutreach.committee.meetings import commands, queries
from coopoutreach.committee.meetings.errors import NoOptions
from coopoutreach.committee.meetings.forms.editing import starting_values
from coopoutreach.committee.meetings.forms.polls import MOST_OPTIONS, PollForm, option_rows
from coopoutreach.committee.meetings.models import DatePoll, Meeting, MeetingSeries
from coopoutreach.committee.meetings.rules.polls import is_open, tally
from coopoutreach.committee.meetings.views import tables
from coopoutreach.committee.meetings.views.blueprint import bp
from coopoutreach.events.rules import ACTIVE_STATES, EventState
from coopoutreach.platform.access.guard import may, requires
from coopoutreach.platform.access.permissions import Permission
from coopoutreach.platform.core import spanish, time
from coopoutreach.platform.core.clock import utcnow
from coopoutreach.platform.core.errors import DomainError
from coopoutreach.platform.web.forms import INVALID
from coopoutreach.platform.web.transaction import reading, transaction

_PATH = "/reuniones/consultas/<public_id>"
#: How long people have to answer where nothing else is said.
_USUAL = timedelta(days=4)


@bp.get("/reuniones/series/<public_id>/consulta")
@requires(Permission.MEETING_EDIT, tables.series_of, into="series")
def new_poll(series: MeetingSeries) -> ResponseReturnValue:
    """Ask which dates are to be asked about."""
    hours = starting_values(series)
    closes = time.wall_of(utcnow(), series.zone) + _USUAL
    values = {
        "start": hours["start_time"],
        "end": hours["end_time"],
        "closes_date": f"{closes:%Y-%m-%d}",
        "closes_time": "18:00",
    }
    title = _("%(name)s: reunión extraordinaria", name=series.name)
    form = PollForm(data={"title": title, "meeting": request.args.get("reunion", "")})
    return _editor(reading(), series, form, values)


@bp.post("/reuniones/series/<public_id>/consulta")
@requires(Permission.MEETING_EDIT, tables.series_of, into="series")
def create_poll(series: MeetingSeries) -> ResponseReturnValue:
    """Send each member a link to answer by."""
    with transaction() as session:
        form, now = PollForm(request.form), utcnow()
        good = form.read(request.form, series, today=tables.today(now).date(), now=now)
        if not good or form.stops:
            return _editor(session, series, form, request.form), INVALID
        asked_of = {one.public_id: one for one in _movable(session, series, now=now)}
        try:
            poll = commands.create_poll(
                session,
                series,
                form.fields(series),
                meeting=asked_of.get(form.meeting.data or ""),
                actor=current_user.actor,
                now=now,
            )
        except DomainError as error:
            tables.put_beside(form, error)
            return _editor(session, series, form, request.form), INVALID
        flash(_("Preguntamos por correo a cada integrante de la mesa."), "success")
        target = url_for(".poll", public_id=poll.public_id)
    return redirect(target, code=303)


@bp.get(_PATH)
@requires(Permission.MEETING_SEE, tables.poll_of, into="poll")
def poll(poll: DatePoll) -> ResponseReturnValue:
    """Show who said what of each date; the one that suits most is marked."""
    answers = {
        voter.id: {choice.option_id: choice.suits.value for choice in voter.choices}
        for voter in poll.voters
    }
    counts = tally([option.id for option in poll.options], list(answers.values()))
    return render_template(
        "committee/meetings/poll.html",
        poll=poll,
        answers=answers,
        counts=counts,
        when={one.id: _when(one.wall_start, one.wall_end) for one in poll.options},
        short={one.id: _short(one.wall_start) for one in poll.options},
        chosen=next((one for one in poll.options if one.chosen), None),
        silent=[voter for voter in poll.voters if voter.answered_at is None],
        open=is_open(closed_at=poll.closed_at, closes_at=poll.closes_at, now=utcnow()),
        closes=spanish.daytime(time.wall_of(poll.closes_at, poll.series.zone)),
        moves=poll.meeting is not None and poll.meeting.state in {EventState.DRAFT, *ACTIVE_STATES},
        can_edit=may(Permission.MEETING_EDIT, poll),
    )


@bp.post(f"{_PATH}/cerrar")
@requires(Permission.MEETING_EDIT, tables.poll_of, into="poll")
def close_poll(poll: DatePoll) -> ResponseReturnValue:
    """Take no more answers."""
    with transaction() as session:
        commands.close_poll(session, poll, actor=current_user.actor, now=utcnow())
        flash(_("La consulta se cerró."), "success")
        target = url_for(".poll", public_id=poll.public_id)
    return redirect(target, code=303)


@bp.post(f"{_PATH}/elegir")
@requires(Permission.MEETING_EDIT, tables.poll_of, into="poll")
def choose_option(poll: DatePoll) -> ResponseReturnValue:
    """Take a date: the meeting moves there, or is made of it."""
    with transaction() as session:
        typed = request.form.get("option", "")
        option = next((one for one in poll.options if str(one.id) == typed), None)
        if option is None:
            raise NoOptions("Elija una de las fechas de la consulta.")
        meeting = commands.choose_option(
            session, poll, option, actor=current_user.actor, now=utcnow()
        )
        flash(_("Quedó para el %(day)s.", day=spanish.daytime(option.wall_start)), "success")
        target = meeting.path
    return redirect(target, code=303)


def _editor(session: Session, series: MeetingSeries, form: PollForm, values: Any) -> str:
    errors = form.all_errors if request.method == "POST" else {}
    meetings = _movable(session, series, now=utcnow())
    return render_template(
        "committee/meetings/poll_new.html",
        series=series,
        form=form,
        values=values,
        errors=errors,
        option_rows=option_rows,
        most_options=MOST_OPTIONS,
        members=queries.members_of(session, series.id),
        meetings=[
            ("", _("Una reunión nueva, extraordinaria")),
            *((one.public_id, _("Mover la del %(day)s", day=_day(one))) for one in meetings),
        ],
    )


def _movable(session: Session, series: MeetingSeries, *, now: datetime) -> Sequence[Meeting]:
    """Return the meetings whose date can be asked about."""
    return [
        one
        for one in queries.meetings_of(session, series.id)
        if one.starts_at > now and one.state in {EventState.DRAFT, *ACTIVE_STATES}
    ]


def _day(meeting: Meeting) -> str:
    return spanish.day(meeting.wall_start)


def _when(start: datetime, end: datetime) -> str:
    return f"{spanish.day_and_month(start)}, {spanish.span(start, end)}"


def _short(start: datetime) -> str:
    return f"{spanish.shortday(start)}, {start:%H:%M}"
