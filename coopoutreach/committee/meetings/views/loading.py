"""Find what an address of a meeting's page names, and what its reader may see of it."""

from datetime import datetime

from flask_login import current_user
from sqlalchemy.orm import Session

from coopoutreach.committee.meetings import predicates, queries
from coopoutreach.committee.meetings.models import (
    AgendaFile,
    AgendaItem,
    Meeting,
    Seat,
    SeriesMember,
)
from coopoutreach.events.models import TimeProposal


def meeting_of(session: Session, public_id: str) -> Meeting | None:
    """Return the meeting that an address names, a draft too."""
    return queries.meeting_by_public_id(session, public_id)


def item_of(session: Session, public_id: str, item: str) -> AgendaItem | None:
    """Return the item of a meeting that an address names, in its agenda or proposed."""
    return queries.standing_item(session, public_id, item)


def file_of(session: Session, public_id: str, file: str) -> AgendaFile | None:
    """Return the document of a meeting that an address names."""
    return queries.file_by_public_id(session, public_id, file)


def seat_of(session: Session, public_id: str, invitee: str) -> Seat | None:
    """Return the seat of a meeting that an address names."""
    return queries.seat_by_public_id(session, public_id, invitee)


def proposal_of(session: Session, public_id: str, proposal: str) -> TimeProposal | None:
    """Return the proposed time that an address names."""
    return queries.time_proposal(session, public_id, proposal)


def member_of(session: Session, public_id: str, member: str) -> tuple[Meeting, SeriesMember] | None:
    """Return a meeting and a standing member of its table."""
    return queries.member_to_invite(session, public_id, member)


def sides(meeting: Meeting) -> frozenset[int]:
    """Return the parties of the table for which whoever is signed in sits."""
    return predicates.sides_of(current_user, meeting)


def side_names(session: Session, meeting: Meeting, *, own: bool) -> list[tuple[int, str]]:
    """Return the institutions of the table, or those of whoever is signed in, with their names."""
    mine = sides(meeting)
    return [
        (party.organisation_id, party.organisation.short_name)
        for party in queries.parties(session, meeting)
        if not own or party.organisation_id in mine
    ]


def is_ahead(meeting: Meeting, now: datetime) -> bool:
    """Return whether a meeting has yet to begin."""
    return now < meeting.starts_at
