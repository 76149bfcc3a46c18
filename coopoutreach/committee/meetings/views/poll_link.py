"""Answer a poll for a date by the link in the mail, without an account."""

from typing import Any

from flask import abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from coopoutreach.committee.meetings import commands, queries
from coopoutreach.committee.meetings.errors import PollClosed
from coopoutreach.committee.meetings.forms.polls import SUITS_NAMES, AnswerForm
from coopoutreach.committee.meetings.models import PollOption, PollVoter
from coopoutreach.committee.meetings.rules.polls import is_open
from coopoutreach.committee.meetings.views.blueprint import bp
from coopoutreach.platform.access.guard import by_link
from coopoutreach.platform.core import spanish, time
from coopoutreach.platform.core.clock import utcnow
from coopoutreach.platform.web.forms import INVALID
from coopoutreach.platform.web.transaction import reading, transaction


@bp.get("/reuniones/fechas/<token>")
@by_link
def dates(token: str) -> ResponseReturnValue:
    """Show somebody the dates, and what they said of them. Looking changes nothing."""
    session = reading()
    voter = _voter_of(session, token)
    values = {f"option-{choice.option_id}": choice.suits.value for choice in voter.choices}
    return _page(voter, token, AnswerForm(data={"comment": voter.comment}), values)


@bp.post("/reuniones/fechas/<token>")
@by_link
def answer_dates(token: str) -> ResponseReturnValue:
    """Keep what somebody says of the dates; they may change it until the poll closes."""
    with transaction() as session:
        voter = _voter_of(session, token)
        form = AnswerForm(request.form)
        if not form.read(request.form, voter.poll.options):
            return _page(voter, token, form, request.form), INVALID
        try:
            commands.answer_poll(
                session,
                voter,
                form.choices,
                comment=form.comment.data or "",
                actor=f"link:poll-voter:{voter.id}",
                now=utcnow(),
            )
        except PollClosed:
            return _page(voter, token, form, request.form), PollClosed.status
    return redirect(url_for(".dates", token=token), code=303)


def _voter_of(session: Session, token: str) -> PollVoter:
    return queries.voter_by_token(session, token) or abort(404)


def _page(voter: PollVoter, token: str, form: AnswerForm, values: Any) -> str:
    poll = voter.poll
    return render_template(
        "committee/meetings/poll_answer.html",
        voter=voter,
        poll=poll,
        token=token,
        form=form,
        values=values,
        errors=form.all_errors if request.method == "POST" else {},
        options=[(option, _when(option)) for option in poll.options],
        suits=[{"value": item.value, "label": name} for item, name in SUITS_NAMES.items()],
        open=is_open(closed_at=poll.closed_at, closes_at=poll.closes_at, now=utcnow()),
        chosen=next((_when(option) for option in poll.options if option.chosen), ""),
        closes=spanish.daytime(time.wall_of(poll.closes_at, poll.series.zone)),
    )


def _when(option: PollOption) -> str:
    span = spanish.span(option.wall_start, option.wall_end)
    return f"{spanish.day(option.wall_start)}, {span}"
