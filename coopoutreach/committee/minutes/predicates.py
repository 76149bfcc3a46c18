"""How somebody who signs in stands to the minutes of a meeting, for `policy.py`."""

from sqlalchemy.orm import object_session

from coopoutreach.committee.meetings import predicates as meetings
from coopoutreach.committee.meetings.models import Meeting
from coopoutreach.committee.minutes.models import (
    Decision,
    Minutes,
    MinutesPart,
    Observation,
    SignedCopy,
)
from coopoutreach.people.accounts.models import User
from coopoutreach.people.directory import queries as directory

#: A meeting stands for its minutes, which it may not have yet.
Thing = Meeting | Minutes | MinutesPart | Decision | Observation | SignedCopy


def sits_at(actor: User, thing: Thing | None) -> bool:
    """Return whether the actor is a counterpart of an institution that sits at the table."""
    return meetings.sits_at(actor, meeting_of(thing) if thing is not None else None)


def is_open_to(actor: User, thing: Thing | None) -> bool:
    """Return whether a part is reserved for nobody, or for a side of the actor's."""
    reserved_for_id = getattr(thing, "reserved_for_id", None)
    if thing is None or reserved_for_id is None:
        return True
    return reserved_for_id in meetings.sides_of(actor, meeting_of(thing))


def is_secretary(actor: User, thing: Thing) -> bool:
    """Return whether the actor takes the minutes of this meeting, for a side that they are of."""
    session, meeting = object_session(thing), meeting_of(thing)
    if session is None or meeting.secretary_id is None:
        return False
    person = directory.person_of_user(session, actor.id)
    if person is None or meeting.secretary_id != person.id:
        return False
    return bool(meetings.sides_of(actor, meeting))


def meeting_of(thing: Thing) -> Meeting:
    """Return the meeting whose minutes a thing is, or is part of."""
    if isinstance(thing, Meeting):
        return thing
    return thing.meeting if isinstance(thing, Minutes) else thing.minutes.meeting
