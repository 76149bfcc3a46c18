"""Read what the boards show of tables: what each meeting lacks, and what is late."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import ColumnElement, and_, case, exists, func, or_, select
from sqlalchemy.orm import Session, contains_eager, joinedload

from coopoutreach.committee.commitments.models import Commitment
from coopoutreach.committee.commitments.rules import OWING
from coopoutreach.committee.meetings.models import Meeting, Seat, SeriesParty
from coopoutreach.committee.meetings.rules import LobbyNeed
from coopoutreach.committee.minutes.models import Approval, Minutes, Observation
from coopoutreach.committee.minutes.rules import LOCKED, ApprovalKind, State
from coopoutreach.events.models import Invitee
from coopoutreach.events.rules import ACTIVE_STATES, Answer, EventState, Standing
from coopoutreach.people.directory.models import Affiliation, Organisation, Person
from coopoutreach.people.directory.queries import stands

_LINE = "\n"


@dataclass(frozen=True, slots=True)
class Lacking:
    """A meeting of which something is missing: answers, its minutes, or its registration."""

    meeting: Meeting
    #: Names of who was asked and has not answered, one a line.
    silent: str
    lacks_minutes: bool
    lacks_lobby: bool
    #: Where the newest minutes stand, None: nobody began them; until when they are looked at.
    state: State | None
    review_until: date | None
    #: Observations without an answer, and the institutions that have yet to approve.
    unanswered: int
    missing: str


def lacking(session: Session, *, now: datetime) -> list[Lacking]:
    """Return the meetings that somebody must still do something about, by their time.

    In one query, however many they are.
    """
    is_past = Meeting.ends_at <= now
    lacks_minutes = and_(is_past, or_(Minutes.id.is_(None), Minutes.state.not_in(LOCKED)))
    lacks_lobby = or_(
        Meeting.lobby == LobbyNeed.UNKNOWN,
        and_(Meeting.lobby == LobbyNeed.YES, Meeting.lobby_folio == ""),
    )
    silent = func.coalesce(case((Meeting.starts_at > now, _silent()), else_=None), "")
    newest = select(func.max(Minutes.version)).where(Minutes.meeting_id == Meeting.id)
    newest_version = newest.correlate(Meeting).scalar_subquery()
    rows = session.execute(
        select(
            Meeting,
            silent,
            lacks_minutes,
            lacks_lobby,
            Minutes.state,
            Minutes.review_until,
            func.coalesce(_unanswered(), 0),
            func.coalesce(_missing(), ""),
        )
        .outerjoin(
            Minutes, and_(Minutes.meeting_id == Meeting.id, Minutes.version == newest_version)
        )
        .where(
            Meeting.number.is_not(None),
            Meeting.state.in_(ACTIVE_STATES | {EventState.HELD}),
            or_(lacks_minutes, lacks_lobby, silent != ""),
        )
        .order_by(Meeting.starts_at, Meeting.id)
    )
    return [Lacking(*row) for row in rows]


def own_seats(session: Session, user_id: int, *, now: datetime) -> list[tuple[Meeting, Seat]]:
    """Return the convened meetings ahead where somebody who signs in has a seat, the next first."""
    rows = session.execute(
        select(Meeting, Seat)
        .join(Seat, Seat.meeting_id == Meeting.id)
        .join(Seat.invitee)
        .join(Invitee.person)
        .where(
            Person.user_id == user_id,
            Invitee.standing == Standing.INVITED,
            Meeting.state.in_(ACTIVE_STATES),
            Meeting.starts_at > now,
        )
        .options(contains_eager(Seat.invitee).contains_eager(Invitee.person))
        .order_by(Meeting.starts_at, Meeting.id)
    )
    return [(meeting, seat) for meeting, seat in rows]


def overdue(session: Session, user_id: int, *, today: date) -> Sequence[Commitment]:
    """Return what is late, the oldest first; what is reserved, to whoever is of that side today."""
    of_side = exists().where(
        Affiliation.organisation_id == Organisation.id,
        Affiliation.person_id == Person.id,
        Person.user_id == user_id,
        stands(today),
        Organisation.active,
        or_(
            Organisation.id == Commitment.reserved_for_id,
            Organisation.parent_id == Commitment.reserved_for_id,
        ),
    )
    return session.scalars(
        select(Commitment)
        .where(
            Commitment.state.in_(OWING),
            Commitment.due_on < today,
            or_(Commitment.reserved_for_id.is_(None), of_side),
        )
        .options(joinedload(Commitment.party))
        .order_by(Commitment.due_on, Commitment.number)
    ).all()


def _silent() -> ColumnElement[str]:
    return (
        select(func.aggregate_strings(Person.name, _LINE))
        .select_from(Seat)
        .join(Invitee, Invitee.id == Seat.invitee_id)
        .join(Person, Person.id == Invitee.person_id)
        .where(
            Seat.meeting_id == Meeting.id,
            Invitee.standing == Standing.INVITED,
            Invitee.told_sequence.is_not(None),
            Invitee.answer == Answer.PENDING,
            Person.blocked_at.is_(None),
        )
        .correlate(Meeting)
        .scalar_subquery()
    )


def _unanswered() -> ColumnElement[int]:
    return (
        select(func.count())
        .where(
            Observation.minutes_id == Minutes.id,
            Observation.review == Minutes.reviews,
            Observation.reply == "",
        )
        .correlate(Minutes)
        .scalar_subquery()
    )


def _missing() -> ColumnElement[str]:
    """Return the institutions of the table that have not approved the minutes as they stand."""
    approved = (
        select(Approval.id)
        .where(
            Approval.minutes_id == Minutes.id,
            Approval.organisation_id == SeriesParty.organisation_id,
            Approval.kind == ApprovalKind.APPROVAL,
            Approval.void_at.is_(None),
        )
        .correlate(Minutes, SeriesParty)
        .exists()
    )
    return (
        select(func.aggregate_strings(Organisation.short_name, " y "))
        .join(SeriesParty, SeriesParty.organisation_id == Organisation.id)
        .where(SeriesParty.series_id == Meeting.series_id, ~approved)
        .correlate(Meeting, Minutes)
        .scalar_subquery()
    )
