"""What meetings answer to those below them."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from coopoutreach.committee.commitments.happenings import Side, SideAsked
from coopoutreach.committee.meetings import notices, queries
from coopoutreach.committee.meetings.models import (
    DatePoll,
    Meeting,
    PollVoter,
    SeriesMember,
    SeriesParty,
)
from coopoutreach.committee.meetings.notices.polls import NOTICE as POLL
from coopoutreach.events.happenings import RemindersDue
from coopoutreach.mail.outgoing.happenings import StillWanted
from coopoutreach.mail.outgoing.models import OutgoingMessage
from coopoutreach.people.directory.queries import speaks_for
from coopoutreach.platform.core import spanish


def side_of_table(session: Session, asked: SideAsked, *, now: datetime) -> Side | None:
    """Answer who speaks for an institution at the table whose meeting an event is."""
    party = session.scalar(
        select(SeriesParty)
        .join(Meeting, Meeting.series_id == SeriesParty.series_id)
        .where(
            Meeting.id == asked.event_id,
            SeriesParty.organisation_id == asked.organisation_id,
        )
    )
    if party is None:
        return None
    members = session.execute(
        select(SeriesMember.person_id, SeriesMember.approves)
        .where(
            SeriesMember.series_id == party.series_id,
            SeriesMember.organisation_id == party.organisation_id,
            SeriesMember.ended_at.is_(None),
            # Nobody speaks for an institution that did not say so, or whose people they left.
            speaks_for(
                SeriesMember.person_id, party.organisation_id, today=spanish.wall(now).date()
            ),
        )
        .order_by(SeriesMember.approves.desc(), SeriesMember.position)
    ).all()
    approving = tuple(person for person, approves in members if approves)
    everybody = tuple(person for person, _ in members)
    return Side(party.head_id, party.series.escalation_days, approving or everybody)


def reason_to_drop(session: Session, asked: StillWanted, *, now: datetime) -> str:  # noqa: ARG001 (reactions are told the time)
    """Return why a letter that asks which dates suit somebody is of no use, or nothing."""
    if asked.notice != POLL:
        return ""
    key = session.scalar(select(OutgoingMessage.key).where(OutgoingMessage.id == asked.message_id))
    closed = session.scalar(
        select(DatePoll.id)
        .join(PollVoter, PollVoter.poll_id == DatePoll.id)
        .where(
            PollVoter.public_id == (key or "").removeprefix(f"{POLL}:"),
            DatePoll.closed_at.is_not(None),
        )
    )
    return "la consulta de fecha ya se cerró" if closed is not None else ""


def remind_in_digest(session: Session, due: RemindersDue, *, now: datetime) -> set[str]:
    """Put reminders of a meeting into the daily mail of who prefers that; answer their keys."""
    meeting = session.get(Meeting, due.event_id)
    if meeting is None:
        return set()
    people = {letter.to.person_id for letter in due.letters if letter.to.person_id}
    prefer = queries.prefer_digest(session, people, event_id=meeting.id)
    told = set()
    for letter in due.letters:
        person_id = letter.to.person_id
        if person_id is None or person_id not in prefer:
            continue
        text = f"Recordatorio: {letter.context['title']}, {letter.context['when']}."
        url = str(letter.context["own_page"])
        notices.add_line(
            session, letter.key, person_id, event_id=meeting.id, text=text, url=url, now=now
        )
        told.add(letter.key)
    return told
