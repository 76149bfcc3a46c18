"""Find what an address of minutes names, and what its reader may see of it."""

from dataclasses import dataclass

from flask import request, url_for
from flask_login import current_user
from sqlalchemy.orm import Session

from coopoutreach.committee.meetings import queries as meetings
from coopoutreach.committee.meetings.models import Meeting
from coopoutreach.committee.minutes import queries
from coopoutreach.committee.minutes.commands import Voice
from coopoutreach.committee.minutes.models import Decision, Minutes, MinutesPart, Observation
from coopoutreach.committee.minutes.queries import Reviewer
from coopoutreach.people.directory import queries as directory
from coopoutreach.platform.core.clock import utcnow

CONFLICT = 409


def meeting_of(session: Session, public_id: str) -> Meeting | None:
    """Return the meeting that an address names: it stands for its minutes."""
    return meetings.meeting_by_public_id(session, public_id)


def minutes_of(session: Session, public_id: str) -> Minutes | None:
    """Return the newest minutes of the meeting that an address names."""
    return queries.current(session, public_id)


def part_of(session: Session, public_id: str, part: str) -> MinutesPart | None:
    """Return a part of those minutes, of no others."""
    return queries.part(session, public_id, part)


def decision_of(session: Session, public_id: str, decision: str) -> Decision | None:
    """Return a decision of those minutes, of no others."""
    return queries.decision(session, public_id, decision)


def observation_of(session: Session, public_id: str, observation: str) -> Observation | None:
    """Return an observation of those minutes, of no others."""
    return queries.observation(session, public_id, observation)


def sides(session: Session, meeting: Meeting) -> frozenset[int]:
    """Return the parties of the table for which whoever is signed in sits."""
    return queries.side_of_user(session, meeting, current_user.id, now=utcnow())


@dataclass(frozen=True, slots=True)
class Me:
    """Whoever is signed in, as far as minutes go."""

    reviewer: Reviewer | None
    voice: Voice | None


def me(session: Session, meeting: Meeting) -> Me:
    """Return for whom whoever is signed in may speak about a meeting's minutes."""
    person = directory.person_of_user(session, current_user.id)
    if person is None:
        return Me(None, None)
    reviewer = queries.reviewer(session, meeting, person.id, now=utcnow())
    if reviewer is not None:
        return Me(reviewer, Voice(person.id, reviewer.organisation.id))
    own = sorted(sides(session, meeting))
    return Me(None, Voice(person.id, own[0]) if own else None)


def page_of(meeting: Meeting, anchor: str = "") -> str:
    """Return the address of the minutes of a meeting."""
    return url_for("minutes.minutes", public_id=meeting.public_id) + (
        f"#{anchor}" if anchor else ""
    )


def editor_of(meeting: Meeting, part: MinutesPart | None = None) -> str:
    """Return the address where the minutes of a meeting are written, at a part."""
    address = url_for("minutes.editor", public_id=meeting.public_id)
    return f"{address}#parte-{part.public_id}" if part is not None else address


def wants_json() -> bool:
    """Return whether the page's own script asks, which reads no pages."""
    return request.headers.get("Accept", "").startswith("application/json")
