"""Send the one mail a day that some people prefer to several."""

from datetime import date, datetime

from sqlalchemy.orm import Session

from coopoutreach.committee.meetings import notices, queries
from coopoutreach.committee.meetings.models import DigestLine
from coopoutreach.events.models import Event
from coopoutreach.events.rules import ACTIVE_STATES
from coopoutreach.mail.outgoing import commands as messaging
from coopoutreach.people.directory.models import Person

#: What the keys of lines begin with that are of no use once their event is off.
_OF_A_STANDING_EVENT = ("events/reminder:", "meetings/agenda:")


def send_digest(session: Session, person_id: int, *, day: date, now: datetime) -> int:
    """Owe somebody the mail of a day; return how many lines it has.

    Twice on a day is once: what came in between waits for the next.
    """
    person = session.get_one(Person, person_id)
    every = queries.lines_to_tell(session, person)
    lines = [line for line in every if _is_true(session, line)]
    if lines and not messaging.owe(session, notices.digest(person, lines, day=day), now=now):
        return 0
    for line in every:
        line.told_at = now
    return len(lines)


def _is_true(session: Session, line: DigestLine) -> bool:
    """Return whether a line still tells of something that is going to happen."""
    if line.event_id is None or not line.key.startswith(_OF_A_STANDING_EVENT):
        return True
    event = session.get(Event, line.event_id)
    return event is not None and event.state in ACTIVE_STATES
