"""Let somebody go from every table at once."""

from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from coopoutreach.committee.meetings import queries
from coopoutreach.committee.meetings.commands.members import end_member
from coopoutreach.committee.meetings.models import Meeting, SeriesMember, SeriesParty
from coopoutreach.events import mailboxes
from coopoutreach.events import notices as events
from coopoutreach.events import queries as event_queries
from coopoutreach.events.rules import ACTIVE_STATES, EventState, Standing
from coopoutreach.people.directory.models import Person


def leave_every_table(session: Session, person_id: int, *, actor: str, now: datetime) -> None:
    """Take somebody off every list, and off what is yet to happen; they are told nothing.

    Meetings that took place keep who was there.
    """
    memberships = select(SeriesMember).where(
        SeriesMember.person_id == person_id, SeriesMember.ended_at.is_(None)
    )
    for member in session.scalars(memberships.order_by(SeriesMember.series_id)).all():
        end_member(session, member, actor=actor, now=now)
    heads = update(SeriesParty).where(SeriesParty.head_id == person_id).values(head_id=None)
    ahead = select(Meeting).where(Meeting.state.in_((*ACTIVE_STATES, EventState.DRAFT)))
    meetings = session.scalars(ahead.order_by(Meeting.id)).all()
    for meeting in meetings:
        meeting.chair_id = None if meeting.chair_id == person_id else meeting.chair_id
        if meeting.secretary_id == person_id:
            meeting.secretary_id = None
        _leave(session, meeting, person_id, now=now)
    session.execute(heads.execution_options(synchronize_session="fetch"))
    session.flush()


def _leave(session: Session, meeting: Meeting, person_id: int, *, now: datetime) -> None:
    """Take somebody off a meeting; who shares their mailbox keeps the entry, without their name."""
    invitee = queries.invitee_of(session, meeting, session.get_one(Person, person_id))
    if invitee is None:
        return
    event_queries.lock_event(session, meeting.id)
    others = mailboxes.of(session, invitee).without(invitee)
    if invitee.told_sequence is not None:
        events.keep_entry(session, meeting, mailbox=others, now=now)
    invitee.standing, invitee.told_sequence = Standing.WITHDRAWN, None
