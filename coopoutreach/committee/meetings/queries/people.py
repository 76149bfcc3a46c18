"""Read who sits at a meeting, what they answered, and who was there."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Select, select
from sqlalchemy.orm import Session, contains_eager, joinedload

from coopoutreach.committee.meetings.models import Meeting, Seat, SeriesMember, SeriesParty
from coopoutreach.committee.meetings.rules import Capacity, LobbyNeed
from coopoutreach.committee.meetings.values import Presence
from coopoutreach.events import queries as events
from coopoutreach.events.models import Invitee, TimeProposal
from coopoutreach.events.rules import (
    ACTIVE_STATES,
    Answer,
    Attendance,
    EventKind,
    EventState,
    Standing,
)
from coopoutreach.people.directory.models import Organisation, Person
from coopoutreach.people.directory.queries import speaks_for
from coopoutreach.platform.core import spanish


def _seats() -> Select[Seat]:
    return (
        select(Seat)
        .join(Seat.invitee)
        .join(Invitee.person)
        .options(
            contains_eager(Seat.invitee).contains_eager(Invitee.person),
            joinedload(Seat.organisation),
        )
    )


def seats(session: Session, meeting: Meeting) -> list[Seat]:
    """Return the seats of a meeting, by institution as they sit at the table, then by name.

    Whoever was taken off again is not among them.
    """
    found = session.scalars(
        _seats()
        .where(Seat.meeting_id == meeting.id, Invitee.standing != Standing.WITHDRAWN)
        .order_by(Person.name_key)
    ).all()
    order = {party.organisation_id: party.position for party in parties(session, meeting)}
    guests = len(order)
    return sorted(
        found,
        key=lambda seat: (
            guests if seat.capacity is Capacity.GUEST else order.get(seat.organisation_id or 0, 99)
        ),
    )


def seat_by_public_id(session: Session, meeting: str, invitee: str) -> Seat | None:
    """Return the seat of a meeting that an address names, whoever has it."""
    return session.scalar(
        _seats()
        .join(Meeting, Meeting.id == Seat.meeting_id)
        .where(
            Meeting.public_id == meeting,
            Invitee.public_id == invitee,
            Invitee.standing != Standing.WITHDRAWN,
        )
    )


def seat_by_token(session: Session, token: str) -> Seat | None:
    """Return the seat of whoever's link this is; unknown, revoked and forged look the same.

    So does the link of somebody who was taken off: it leads nowhere any more.
    """
    invitee = events.invitee_by_token(session, token, kind=EventKind.MEETING)
    if invitee is None or invitee.standing is Standing.WITHDRAWN:
        return None
    return session.get(Seat, invitee.id)


def sides_of_seat(session: Session, seat: Seat, *, now: datetime) -> frozenset[int]:
    """Return the institution for which somebody sits at a meeting, if they speak for it today."""
    side = seat.organisation_id
    if side is None:
        return frozenset()
    speaks = speaks_for(seat.invitee.person_id, side, today=spanish.wall(now).date())
    return frozenset({side}) if session.scalar(select(speaks)) else frozenset()


def meeting_of(session: Session, seat: Seat) -> Meeting:
    """Return the meeting that a seat is at."""
    return session.get_one(Meeting, seat.meeting_id)


def invitee_of(session: Session, meeting: Meeting, person: Person) -> Invitee | None:
    """Return somebody as an invitee of a meeting, if they are one."""
    return session.scalar(
        select(Invitee).where(
            Invitee.event_id == meeting.id,
            Invitee.person_id == person.id,
            Invitee.standing != Standing.WITHDRAWN,
        )
    )


def seat_of_user(session: Session, meeting: Meeting, user_id: int) -> Seat | None:
    """Return the seat that somebody who signs in has at a meeting, if they have one."""
    return session.scalar(
        _seats().where(
            Seat.meeting_id == meeting.id,
            Person.user_id == user_id,
            Invitee.standing != Standing.WITHDRAWN,
        )
    )


def parties(session: Session, meeting: Meeting) -> Sequence[SeriesParty]:
    """Return the institutions of a meeting's table, in their order."""
    return session.scalars(
        select(SeriesParty)
        .where(SeriesParty.series_id == meeting.series_id)
        .options(joinedload(SeriesParty.organisation))
        .order_by(SeriesParty.position)
    ).all()


def presence_of(seat: Seat) -> Presence:
    """Return what was ticked of somebody."""
    if seat.invitee.attendance is Attendance.ABSENT and seat.excused:
        return Presence.EXCUSED
    return Presence(seat.invitee.attendance.value)


def standing_members(session: Session, series_id: int) -> Sequence[SeriesMember]:
    """Return who is a member of a table now, and may be written to."""
    return session.scalars(
        select(SeriesMember)
        .join(SeriesMember.person)
        .where(
            SeriesMember.series_id == series_id,
            SeriesMember.ended_at.is_(None),
            Person.blocked_at.is_(None),
        )
        .options(contains_eager(SeriesMember.person), joinedload(SeriesMember.organisation))
        .order_by(SeriesMember.position, SeriesMember.id)
    ).all()


def members_to_invite(session: Session, meeting: Meeting) -> list[SeriesMember]:
    """Return the standing members who have no seat at a meeting."""
    there = {seat.invitee.person_id for seat in seats(session, meeting)}
    members = standing_members(session, meeting.series_id)
    return [member for member in members if member.person_id not in there]


def member_to_invite(
    session: Session, meeting: str, member: str
) -> tuple[Meeting, SeriesMember] | None:
    """Return a meeting and the standing member of its table that an address names."""
    found = session.execute(
        select(Meeting, SeriesMember)
        .join(SeriesMember, SeriesMember.series_id == Meeting.series_id)
        .where(
            Meeting.public_id == meeting,
            SeriesMember.public_id == member,
            SeriesMember.ended_at.is_(None),
        )
    ).one_or_none()
    return (found[0], found[1]) if found else None


def possible_presenters(session: Session, meeting: Meeting) -> list[Person]:
    """Return who may present an item: the table's members and whoever else is invited."""
    people = [seat.invitee.person for seat in seats(session, meeting)]
    people += [member.person for member in standing_members(session, meeting.series_id)]
    return sorted({person.id: person for person in people}.values(), key=lambda who: who.name_key)


def time_proposals(session: Session, meeting: Meeting) -> Sequence[TimeProposal]:
    """Return the other times that invitees proposed and nobody has settled, the newest first."""
    return session.scalars(
        select(TimeProposal)
        .where(TimeProposal.event_id == meeting.id, TimeProposal.settled_at.is_(None))
        .options(joinedload(TimeProposal.invitee).joinedload(Invitee.person))
        .order_by(TimeProposal.proposed_at.desc())
    ).all()


def time_proposal(session: Session, meeting: str, proposal: str) -> TimeProposal | None:
    """Return the proposed time that an address names, if nobody has settled it."""
    return session.scalar(
        select(TimeProposal)
        .join(Meeting, Meeting.id == TimeProposal.event_id)
        .where(
            Meeting.public_id == meeting,
            TimeProposal.public_id == proposal,
            TimeProposal.settled_at.is_(None),
        )
    )


@dataclass(frozen=True, slots=True)
class Silent:
    """Somebody who was asked to a meeting and has not answered: whom to call."""

    meeting: Meeting
    seat: Seat

    @property
    def person(self) -> Person:
        """Return who they are, with their telephone."""
        return self.seat.invitee.person


def silent(session: Session, *, now: datetime, meeting: Meeting | None = None) -> list[Silent]:
    """Return who has not answered to a meeting ahead, or to this one: the next meeting first."""
    wanted = (
        _seats()
        .add_columns(Meeting)
        .join(Meeting, Meeting.id == Seat.meeting_id)
        .where(
            Meeting.state.in_(ACTIVE_STATES),
            Meeting.starts_at > now,
            Invitee.standing == Standing.INVITED,
            Invitee.told_sequence.is_not(None),
            Invitee.answer == Answer.PENDING,
            Person.blocked_at.is_(None),
        )
        .order_by(Meeting.starts_at, Person.name_key)
    )
    if meeting is not None:
        wanted = wanted.where(Meeting.id == meeting.id)
    return [Silent(asked, seat) for seat, asked in session.execute(wanted).all()]


def lobby_pending(session: Session) -> Sequence[Meeting]:
    """Return convened and held meetings of which it is open whether, or how, they are registered.

    The Ley del Lobby has a meeting registered: until its folio is there, something is missing.
    """
    return session.scalars(
        select(Meeting)
        .where(
            Meeting.state.in_((*ACTIVE_STATES, EventState.HELD)),
            (Meeting.lobby == LobbyNeed.UNKNOWN)
            | ((Meeting.lobby == LobbyNeed.YES) & (Meeting.lobby_folio == "")),
        )
        .order_by(Meeting.starts_at)
    ).all()


@dataclass(frozen=True, slots=True)
class Quorum:
    """How many people of an institution must be there, and how many were."""

    organisation: Organisation
    required: int
    present: int

    @property
    def met(self) -> bool:
        """Return whether there were enough."""
        return self.present >= self.required


def quorum(session: Session, meeting: Meeting) -> list[Quorum]:
    """Return the quorum of each institution at a meeting; guests make none."""
    there: dict[int | None, int] = {}
    for seat in seats(session, meeting):
        if seat.invitee.attendance is Attendance.ATTENDED and seat.capacity is not Capacity.GUEST:
            there[seat.organisation_id] = there.get(seat.organisation_id, 0) + 1
    return [
        Quorum(party.organisation, party.quorum, there.get(party.organisation_id, 0))
        for party in parties(session, meeting)
    ]
