"""Convene a meeting («convocar»): number it, invite who sits at it, and change who that is."""

from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from coopoutreach.committee.meetings import notices, queries
from coopoutreach.committee.meetings.commands.telling import follow_agenda
from coopoutreach.committee.meetings.errors import AlreadyInvited, MeetingIsPast, NotConvened
from coopoutreach.committee.meetings.models import Meeting, Seat, SeriesMember
from coopoutreach.committee.meetings.values import Place
from coopoutreach.events import commands as events
from coopoutreach.events import queries as event_queries
from coopoutreach.events.models import Invitee
from coopoutreach.events.rules import ACTIVE_STATES, EventState, Standing
from coopoutreach.mail.outgoing import commands as messaging
from coopoutreach.people.directory.models import Person
from coopoutreach.platform.audit import commands as audit
from coopoutreach.platform.core.links import new_nonce


def convene(
    session: Session,
    meeting: Meeting,
    *,
    with_agenda: bool = True,
    actor: str,
    now: datetime,
) -> int:
    """Call everybody to a meeting: it gets its number, each a seat and a mail; return how many.

    :raises WrongState: if it was convened before
    :raises MeetingIsPast: once it would have begun
    """
    queries.lock_series(session, meeting.series_id)
    event_queries.lock_event(session, meeting.id)
    if meeting.state is EventState.DRAFT and meeting.starts_at <= now:
        raise MeetingIsPast("La fecha de la reunión ya pasó. Cámbiela antes de convocar.")
    if not meeting.reminder_policies:
        events.set_reminders(session, meeting, days=meeting.series.reminder_days, now=now)
    if meeting.state is EventState.DRAFT:
        # Its calendar entry, written as it is published, says the number.
        _number(session, meeting)
    events.publish(session, meeting, actor=actor, now=now)
    for member in queries.members_to_invite(session, meeting):
        seated(session, meeting, member.person, _place(member), now=now)
    if with_agenda and queries.items(session, meeting.id):
        meeting.agenda_sent_at, meeting.agenda_sent = now, 1
    seats = queries.seats(session, meeting)
    for seat in seats:
        _call(session, meeting, seat, now=now)
    audit.record(
        session,
        ("event", meeting.id),
        action="meeting.convened",
        actor=actor,
        now=now,
        after={"number": meeting.number, "people": len(seats)},
    )
    session.flush()
    return len(seats)


def invite_member(
    session: Session, meeting: Meeting, member: SeriesMember, *, actor: str, now: datetime
) -> Seat:
    """Invite a standing member to a meeting that was convened without them.

    :raises AlreadyInvited: if they have a seat
    """
    return invite(session, meeting, member.person, _place(member), actor=actor, now=now)


def invite(
    session: Session,
    meeting: Meeting,
    person: Person,
    place: Place,
    *,
    actor: str,
    now: datetime,
) -> Seat:
    """Give somebody a seat at a meeting; if it was convened, they and nobody else are told.

    :raises AlreadyInvited: if they have a seat
    :raises NotConvened: once it took place, or was called off
    """
    event_queries.lock_event(session, meeting.id)
    if meeting.state not in {*ACTIVE_STATES, EventState.DRAFT}:
        raise NotConvened("La reunión ya se realizó o se suspendió: no se invita a nadie más.")
    taken = {seat.invitee.person_id for seat in queries.seats(session, meeting)}
    if person.id in taken:
        raise AlreadyInvited("Esa persona ya está en la lista de la reunión.", field="email")
    seat = seated(session, meeting, person, place, now=now)
    if meeting.state in ACTIVE_STATES:
        _call(session, meeting, seat, now=now)
    _recorded(session, seat, "meeting.invited", actor=actor, now=now)
    return seat


def uninvite(session: Session, seat: Seat, *, actor: str, now: datetime) -> None:
    """Take somebody off the list; if they were called, they and nobody else are told.

    The meeting leaves their calendar, and their link leads nowhere.
    """
    meeting = queries.meeting_of(session, seat)
    event_queries.lock_event(session, meeting.id)
    invitee = seat.invitee
    if invitee.standing is Standing.WITHDRAWN:
        return
    reason = "ya no está invitada"
    messaging.withdraw(session, invitee.id, reason=reason, actor=actor, now=now)
    if invitee.told_sequence is not None and meeting.state in ACTIVE_STATES:
        notices.uninvited(session, meeting, seat, now=now)
    invitee.standing, invitee.told_sequence = Standing.WITHDRAWN, None
    # Who comes back is called anew, by a link of its own.
    invitee.nonce = new_nonce()
    seat.agenda_told = ""
    _recorded(session, seat, "meeting.uninvited", actor=actor, now=now)
    session.flush()
    follow_agenda(session, meeting, now=now)


def _number(session: Session, meeting: Meeting) -> None:
    """Give the next number of its year; who calls holds the series, so that none is given twice."""
    year = meeting.wall_start.year
    last = session.scalar(
        select(func.max(Meeting.number)).where(
            Meeting.series_id == meeting.series_id, Meeting.year == year
        )
    )
    meeting.year, meeting.number = year, (last or 0) + 1


def _place(member: SeriesMember) -> Place:
    return Place(member.organisation_id, member.post, member.capacity)


def seated(
    session: Session, meeting: Meeting, person: Person, place: Place, *, now: datetime
) -> Seat:
    """Give somebody a seat, and tell them nothing."""
    invitee = events.invite(
        session,
        meeting,
        person,
        organisation_id=place.organisation_id,
        standing=Standing.INVITED,
        now=now,
    )
    # Of somebody who was taken off and comes back, the seat is there.
    seat = session.get(Seat, invitee.id)
    if seat is None:
        seat = Seat(
            invitee=invitee,
            meeting_id=meeting.id,
            excuse="",
            excused=False,
            stand_in="",
            agenda_told="",
        )
        session.add(seat)
    seat.organisation_id, seat.post, seat.capacity = (
        place.organisation_id,
        place.post,
        place.capacity,
    )
    session.flush()
    return seat


def _call(session: Session, meeting: Meeting, seat: Seat, *, now: datetime) -> None:
    """Owe somebody the convocation, with what of the agenda they may see, if it was sent."""
    invitee: Invitee = seat.invitee
    invitee.told_version, invitee.told_sequence = meeting.version, meeting.sequence
    if meeting.agenda_sent_at is not None:
        side = seat.organisation_id
        seat.agenda_told = queries.digests(session, meeting.id, [side])[side]
    notices.convened(session, meeting, seat, now=now)


def _recorded(session: Session, seat: Seat, action: str, *, actor: str, now: datetime) -> None:
    thing = ("invitee", seat.invitee_id)
    audit.record(session, thing, action=action, actor=actor, now=now)
