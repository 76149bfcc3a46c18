"""What people answer to a convocation, and what becomes of other times that they propose."""

from datetime import datetime

from sqlalchemy.orm import Session

from coopoutreach.committee.meetings import notices, queries
from coopoutreach.committee.meetings.errors import AnswersClosed
from coopoutreach.committee.meetings.models import Seat
from coopoutreach.committee.meetings.values import Reply
from coopoutreach.events import commands as events
from coopoutreach.events import queries as event_queries
from coopoutreach.events.models import TimeProposal
from coopoutreach.events.rules import ACTIVE_STATES, Answer, EventState, Source
from coopoutreach.platform.audit import commands as audit


def answer(
    session: Session,
    seat: Seat,
    reply: Reply,
    *,
    source: Source = Source.LINK,
    actor: str,
    now: datetime,
) -> None:
    """Keep what somebody answered; the same again changes nothing.

    By a link, which may have been forwarded: whoever was invited is told at their own address.

    :raises AnswersClosed: once the meeting began, or was called off
    """
    meeting = queries.meeting_of(session, seat)
    event_queries.lock_event(session, meeting.id)
    if meeting.state is EventState.CANCELLED:
        raise AnswersClosed("La reunión se suspendió: ya no hace falta responder.")
    if meeting.state not in ACTIVE_STATES or now >= meeting.starts_at:
        raise AnswersClosed("La reunión ya comenzó: no se puede responder.")
    is_absent = reply.answer is Answer.DECLINED
    excuse = reply.excuse if is_absent else ""
    stand_in = reply.stand_in if is_absent else ""
    invitee = seat.invitee
    same = (invitee.answer, seat.excuse, seat.stand_in) == (reply.answer, excuse, stand_in)
    if same:
        return
    seat.excuse, seat.stand_in = excuse, stand_in
    events.answer(
        session,
        invitee,
        answer=reply.answer,
        source=source,
        comment=excuse,
        actor=actor,
        now=now,
    )
    if source is Source.LINK:
        notices.answered(session, meeting, seat, now=now)


def settle_time_proposal(
    session: Session, proposal: TimeProposal, *, actor: str, now: datetime
) -> None:
    """Take another time up, or let it be: either way it waits no longer. It moves nothing."""
    if proposal.settled_at is not None:
        return
    proposal.settled_at = now
    thing = ("event", proposal.event_id)
    audit.record(session, thing, action="time-proposal.settled", actor=actor, now=now)
