"""Tell people what they answer for, and remind them of it."""

from datetime import datetime

from sqlalchemy.orm import Session

from coopoutreach.committee.commitments import notices, queries
from coopoutreach.committee.commitments.models import Commitment
from coopoutreach.committee.commitments.rules import OWING, current, escalations, notice_of, offsets
from coopoutreach.platform.core import spanish
from coopoutreach.platform.core.calendar import is_working_day


def tell_made(session: Session, commitment: Commitment, *, now: datetime) -> int:
    """Tell whoever answers for a commitment that they do, once its minutes are approved."""
    if commitment.state not in OWING:
        return 0
    if not queries.why_words_are_fixed(session, commitment.event_id, now=now):
        return 0
    return notices.made(session, commitment, now=now)


def remind(session: Session, commitment: Commitment, *, now: datetime) -> int:
    """Owe the reminder of a commitment that stands today; return how many were not owed before.

    However often it is asked, each reminder is owed once to each person. Nobody is chased for what
    stands in a draft that their side has not read.
    """
    if commitment.state not in OWING or queries.is_in_draft(session, commitment.event_id, now=now):
        return 0
    today = spanish.wall(now).date()
    since = spanish.wall(queries.due_since(session, commitment)).date()
    count = 0
    due = commitment.due_on
    offset = current(due, offsets(), since=since, today=today, is_working_day=is_working_day)
    if offset is not None:
        notice = notice_of(due, today)
        count += notices.reminder(session, commitment, notice, offset=offset, now=now)
    planned = escalations(commitment.escalation_days)
    offset = current(due, planned, since=since, today=today, is_working_day=is_working_day)
    if offset is not None:
        count += notices.escalated(session, commitment, offset=offset, now=now)
    return count
