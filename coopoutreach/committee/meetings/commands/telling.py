"""Tell people of the agenda: when it is sent, and what changed in it since, gathered into one."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from coopoutreach.committee.meetings import notices, queries
from coopoutreach.committee.meetings.errors import NotConvened
from coopoutreach.committee.meetings.models import Meeting, Seat
from coopoutreach.events import queries as events
from coopoutreach.events import waiting
from coopoutreach.events.rules import ACTIVE_STATES, AnnouncementKind
from coopoutreach.platform.audit import commands as audit
from coopoutreach.platform.core import batch

#: After how long somebody who could not be told is tried again.
_AGAIN = timedelta(minutes=1)


def send_agenda(session: Session, meeting: Meeting, *, actor: str, now: datetime) -> int:
    """Send the agenda to everybody who is invited; return to how many.

    :raises NotConvened: if nobody was called to the meeting
    """
    events.lock_event(session, meeting.id)
    if meeting.state not in ACTIVE_STATES:
        raise NotConvened("Primero convoque la reunión.")
    is_first = meeting.agenda_sent_at is None
    told = _tell(session, meeting, is_first=is_first, now=now)
    audit.record(
        session,
        ("event", meeting.id),
        action="agenda.sent",
        actor=actor,
        now=now,
        after={"people": told},
    )
    return told


def follow_agenda(session: Session, meeting: Meeting, *, now: datetime) -> None:
    """Have people told of how an agenda changed, once it has stood still for a while.

    Five changes in a row are one mail; one that is taken back is none. What is news is asked of
    each side apart: an item that one alone may see is no news to the other.
    """
    if meeting.state not in ACTIVE_STATES or meeting.agenda_sent_at is None:
        meeting.agenda_due_at = None
        return
    if not _to_tell(session, meeting):
        meeting.agenda_due_at = None
        return
    starts = [meeting.starts_at]
    meeting.agenda_due_at = waiting.due(AnnouncementKind.REVISED, starts=starts, now=now)


def tell_agenda_news(session: Session, meeting_id: int, *, now: datetime) -> int:
    """Tell people how the agenda of a meeting changed, if that is due; return how many."""
    events.lock_event(session, meeting_id)
    meeting = session.get_one(Meeting, meeting_id)
    if meeting.agenda_due_at is None or meeting.agenda_due_at > now:
        return 0
    if meeting.state not in ACTIVE_STATES or now >= meeting.starts_at:
        meeting.agenda_due_at = None
        return 0
    return _tell(session, meeting, is_first=False, now=now)


def _tell(session: Session, meeting: Meeting, *, is_first: bool, now: datetime) -> int:
    told = _to_tell(session, meeting)
    meeting.agenda_sent_at, meeting.agenda_due_at = now, None
    meeting.agenda_sent += 1

    def _tell_these(session: Session, people: Sequence[tuple[Seat, str]]) -> None:
        for seat, digest in people:
            seat.agenda_told = digest
            notices.agenda(session, meeting, seat, is_first=is_first, now=now)
        session.flush()

    failed = batch.apart(session, told, _tell_these)
    if failed:
        # Still news to them: the job tries them again.
        meeting.agenda_due_at = now + _AGAIN
    return len(told) - len(failed)


def _to_tell(session: Session, meeting: Meeting) -> list[tuple[Seat, str]]:
    """Return whom the agenda as it stands is news to, and its digest as they may see it."""
    seats = queries.seats_to_tell(session, meeting.id)
    digests = queries.digests(session, meeting.id, {seat.organisation_id for seat in seats})
    return [
        (seat, digests[seat.organisation_id])
        for seat in seats
        if seat.agenda_told != digests[seat.organisation_id]
    ]
