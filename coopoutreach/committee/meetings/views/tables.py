"""Find what an address of a series' pages names, and whose tables its reader may see."""

from datetime import datetime
from typing import Protocol

from flask_login import current_user
from sqlalchemy.orm import Session

from coopoutreach.committee.meetings import queries
from coopoutreach.committee.meetings.models import DatePoll, MeetingSeries, SeriesMember
from coopoutreach.people.directory.predicates import organisations_of
from coopoutreach.platform.access.guard import may
from coopoutreach.platform.access.permissions import Permission
from coopoutreach.platform.core import spanish
from coopoutreach.platform.core.errors import DomainError


def series_of(session: Session, public_id: str) -> MeetingSeries | None:
    """Return the series that an address names."""
    return queries.series_by_public_id(session, public_id)


def member_of(session: Session, public_id: str, member: str) -> SeriesMember | None:
    """Return the member of a series that an address names, while they are one."""
    series = queries.series_by_public_id(session, public_id)
    found = queries.member_by_public_id(session, series.id, member) if series else None
    return found if found is not None and found.ended_at is None else None


def poll_of(session: Session, public_id: str) -> DatePoll | None:
    """Return the poll that an address names."""
    return queries.poll_by_public_id(session, public_id)


def seen_by_reader() -> frozenset[int] | None:
    """Return the institutions whose tables whoever is signed in may see; None: every table."""
    if may(Permission.MEETING_EDIT):
        return None
    return organisations_of(current_user)


class Refusing(Protocol):
    """A form that takes a sentence of a command."""

    def refuse(self, field: str, sentence: str) -> None:
        """Put the sentence beside the field."""


def today(now: datetime) -> datetime:
    """Return what the clocks of the federation show."""
    return spanish.wall(now)


def put_beside(form: Refusing, error: DomainError) -> None:
    """Put what a command refused beside its field; what belongs to none is a page of its own.

    :raises DomainError: if it belongs to no field
    """
    if error.field is None:
        raise error
    form.refuse(error.field, str(error))
