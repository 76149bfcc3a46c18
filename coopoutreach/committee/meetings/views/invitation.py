"""A person's own page of a meeting, by the link in their mail: see, answer, propose an item."""

from flask import abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from coopoutreach.committee.meetings import commands, queries
from coopoutreach.committee.meetings.forms.agenda import ProposalForm
from coopoutreach.committee.meetings.forms.meeting import ANSWERS, ReplyForm
from coopoutreach.committee.meetings.models import Seat
from coopoutreach.committee.meetings.values import ItemFields
from coopoutreach.committee.meetings.views.blueprint import bp
from coopoutreach.committee.meetings.views.loading import is_ahead
from coopoutreach.committee.meetings.views.meeting import agenda_shown, facts, is_open_to_proposals
from coopoutreach.events.rules import ACTIVE_STATES, Answer
from coopoutreach.platform.access.guard import by_link
from coopoutreach.platform.core.clock import utcnow
from coopoutreach.platform.web.forms import INVALID
from coopoutreach.platform.web.transaction import reading, transaction

_WORDS = {answer: word for word, answer in ANSWERS.items()}


@bp.get("/invitaciones/<token>")
@by_link
def invitation(token: str) -> ResponseReturnValue:
    """Show a meeting to whoever holds an invitee's link. Looking changes nothing."""
    session = reading()
    seat = _seat(session, token)
    asked = request.args.get("respuesta", "")
    said = asked if asked in ANSWERS else _WORDS.get(seat.invitee.answer, "")
    form = ReplyForm(data={"answer": said, "excuse": seat.excuse, "stand_in": seat.stand_in})
    return _page(session, seat, token, form=form)


@bp.post("/invitaciones/<token>")
@by_link
def answer(token: str) -> ResponseReturnValue:
    """Keep what somebody answers; it may be changed until the meeting begins."""
    form = ReplyForm(request.form)
    with transaction() as session:
        seat = _seat(session, token)
        if not form.validate():
            return _page(session, seat, token, form=form), INVALID
        actor = f"link:invitee:{seat.invitee_id}"
        commands.answer(session, seat, form.reply(), actor=actor, now=utcnow())
    return redirect(url_for(".invitation", token=token, _anchor="respuesta"), code=303)


@bp.post("/invitaciones/<token>/proponer")
@by_link
def propose_by_link(token: str) -> ResponseReturnValue:
    """Propose an item for the agenda, before it is sent."""
    proposal = ProposalForm(request.form)
    with transaction() as session:
        seat = _seat(session, token)
        if not proposal.validate():
            return _page(session, seat, token, proposal=proposal), INVALID
        commands.propose_item(
            session,
            queries.meeting_of(session, seat),
            ItemFields(proposal.title.data, proposal.detail.data),
            person=seat.invitee.person,
            actor=f"link:invitee:{seat.invitee_id}",
            now=utcnow(),
        )
    return redirect(url_for(".invitation", token=token, _anchor="propuestas"), code=303)


def _seat(session: Session, token: str) -> Seat:
    """Return the seat of the link; nobody else's, and none of a draft: nobody was called yet."""
    seat = queries.seat_by_token(session, token) or abort(404)
    if queries.meeting_of(session, seat).published_at is None:
        abort(404)
    return seat


def _page(
    session: Session,
    seat: Seat,
    token: str,
    *,
    form: ReplyForm | None = None,
    proposal: ProposalForm | None = None,
) -> str:
    meeting, now = queries.meeting_of(session, seat), utcnow()
    sides = queries.sides_of_seat(session, seat, now=now)
    shown = agenda_shown(session, meeting, sides)
    if not sides:
        shown["followed"] = []
    own = [item for item in shown["proposed"] if item.proposed_by_id == seat.invitee.person_id]
    is_sent = meeting.agenda_sent_at is not None
    return render_template(
        "committee/meetings/invitation.html",
        **facts(meeting),
        **{**shown, "items": shown["items"] if is_sent else [], "proposed": own},
        seat=seat,
        invitee=seat.invitee,
        token=token,
        form=form or ReplyForm(data={"answer": _WORDS.get(seat.invitee.answer, "")}),
        proposal=proposal or ProposalForm(),
        is_sent=is_sent,
        may_answer=meeting.state in ACTIVE_STATES and is_ahead(meeting, now),
        may_propose=is_open_to_proposals(meeting) and is_ahead(meeting, now),
        has_answered=seat.invitee.answer is not Answer.PENDING,
    )
