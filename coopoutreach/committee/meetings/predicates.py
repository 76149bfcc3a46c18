"""How somebody who signs in stands to a table, its meetings and their agendas, for `policy.py`."""

from sqlalchemy.orm import object_session

from coopoutreach.committee.meetings import queries
from coopoutreach.committee.meetings.models import (
    AgendaFile,
    AgendaItem,
    DatePoll,
    Meeting,
    MeetingSeries,
    SeriesMember,
)
from coopoutreach.people.accounts.models import User
from coopoutreach.people.directory.predicates import organisations_of
from coopoutreach.platform.access.permissions import Role

Thing = MeetingSeries | SeriesMember | DatePoll | Meeting | AgendaItem | AgendaFile


def sits_at(actor: User, thing: Thing | None) -> bool:
    """Return whether the actor is a counterpart of an institution that sits at the table.

    Of nothing: what a list shows is narrowed where it is read.
    """
    if actor.role is not Role.COUNTERPART:
        return False
    return thing is None or bool(sides_of(actor, thing))


def is_open_to(actor: User, thing: Thing | None) -> bool:
    """Return whether an item is reserved for nobody, or for a side of the actor's."""
    item = thing.item if isinstance(thing, AgendaFile) else thing
    if not isinstance(item, AgendaItem):
        return True
    return item.reserved_for_id is None or item.reserved_for_id in sides_of(actor, item)


def sides_of(actor: User, thing: Thing) -> frozenset[int]:
    """Return the parties of the thing's table where the actor holds a post: one, or none."""
    session = object_session(thing)
    if session is None:
        return frozenset()
    return queries.parties_of(session, series_of(thing)) & organisations_of(actor)


def series_of(thing: Thing) -> int:
    """Return the number of the series that a thing is, or is part of."""
    if isinstance(thing, AgendaFile):
        thing = thing.item
    if isinstance(thing, AgendaItem):
        thing = thing.meeting
    return thing.id if isinstance(thing, MeetingSeries) else thing.series_id
