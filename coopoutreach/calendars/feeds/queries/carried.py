"""Read what a feed carries: kept VEVENTs of events, and commitments by their due date."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import and_, func, or_, select
from sqlalchemy.orm import Session, aliased

from coopoutreach.calendars.feeds import rules
from coopoutreach.calendars.feeds.rules import Selection, Span
from coopoutreach.committee.commitments.models import Commitment, CommitmentEntry
from coopoutreach.committee.commitments.rules import EntryKind, State
from coopoutreach.committee.meetings.models import Meeting
from coopoutreach.events.models import Event
from coopoutreach.events.rules import ACTIVE_STATES, EventKind, EventState, Modality
from coopoutreach.people.directory.models import Organisation
from coopoutreach.talks.talks.models import Talk

_EVENT: Any = Event.__table__
_TALK: Any = Talk.__table__
_MEETING: Any = Meeting.__table__
#: What happened to a commitment that says nothing of when it is due or whether it is done.
_SMALL_TALK = (EntryKind.MADE, EntryKind.PROGRESS, EntryKind.ASKED, EntryKind.DECLINED)


@dataclass(frozen=True, slots=True)
class Due:
    """A commitment as a calendar carries it: what, by when, and how often it was revised."""

    public_id: str
    number: str
    action: str
    verification: str
    due_on: date
    state: State
    party: str
    owed_to: str
    created_at: datetime
    revised_at: datetime
    revisions: int


def vevents(session: Session, span: Span, selection: Selection) -> list[bytes]:
    """Return the VEVENTs of the public talks in `span` that were selected, soonest first.

    A region's are those in it and those that are online alone, which are in no region.
    """
    conditions = [_EVENT.c.kind == EventKind.TALK, *_within(span)]
    wanted = select(_EVENT.c.vevent)
    if selection.regions:
        online = and_(_EVENT.c.region.is_(None), _EVENT.c.modality == Modality.ONLINE)
        conditions.append(or_(_EVENT.c.region.in_(selection.regions), online))
    if selection.formats:
        wanted = wanted.join(_TALK, _TALK.c.id == _EVENT.c.id)
        conditions.append(_TALK.c.format.in_(selection.formats))
    return [row[0] for row in session.execute(_in_order(wanted.where(*conditions)))]


def meetings_of_table(session: Session, span: Span, series_id: int) -> list[bytes]:
    """Return the VEVENTs of a table's meetings that were convened, soonest first.

    They do not say where to join: that is for who is invited to one.
    """
    wanted = (
        select(_EVENT.c.vevent)
        .join(_MEETING, _MEETING.c.id == _EVENT.c.id)
        .where(_MEETING.c.series_id == series_id, *_within(span))
    )
    return [row[0] for row in session.execute(_in_order(wanted))]


def events_followed(
    session: Session, span: Span, event_ids: Collection[int]
) -> Sequence[tuple[int, EventState, bytes, bytes]]:
    """Return id, state and both VEVENTs, the public one first, of events, soonest first."""
    wanted = select(_EVENT.c.id, _EVENT.c.state, _EVENT.c.vevent, _EVENT.c.vevent_invited)
    rows = session.execute(_in_order(wanted.where(_EVENT.c.id.in_(event_ids), *_within(span))))
    return [tuple(row) for row in rows]


def commitments(session: Session, span: Span, ids: Collection[int]) -> list[Due]:
    """Return commitments that are due in `span`, the soonest first, in one query."""
    if not ids:
        return []
    party, owed_to = aliased(Organisation), aliased(Organisation)
    revisions = func.count().filter(CommitmentEntry.kind.not_in(_SMALL_TALK))
    rows = session.execute(
        select(
            Commitment.public_id,
            Commitment.number,
            Commitment.action,
            Commitment.verification,
            Commitment.due_on,
            Commitment.state,
            party.short_name,
            owed_to.short_name,
            Commitment.created_at,
            func.max(CommitmentEntry.at),
            revisions,
        )
        .join(party, party.id == Commitment.party_id)
        .join(owed_to, owed_to.id == Commitment.owed_to_id)
        .join(CommitmentEntry, CommitmentEntry.commitment_id == Commitment.id)
        .where(
            Commitment.id.in_(ids),
            Commitment.due_on >= span.first.date(),
            Commitment.due_on < span.end.date(),
        )
        .group_by(Commitment.id, party.short_name, owed_to.short_name)
        .order_by(Commitment.due_on, Commitment.id)
        .limit(rules.MOST_EVENTS)
    )
    return [Due(*row) for row in rows]


def _within(span: Span) -> list[Any]:
    return [
        _EVENT.c.starts_at >= span.first,
        _EVENT.c.starts_at < span.end,
        or_(
            _EVENT.c.state.in_(ACTIVE_STATES | {EventState.HELD}),
            and_(_EVENT.c.state == EventState.CANCELLED, _EVENT.c.starts_at >= span.cancelled_from),
        ),
    ]


def _in_order(wanted: Any) -> Any:
    return wanted.order_by(_EVENT.c.starts_at, _EVENT.c.id).limit(rules.MOST_EVENTS)
