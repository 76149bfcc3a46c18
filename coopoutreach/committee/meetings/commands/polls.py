"""«¿Qué día les acomoda?»: ask, answer, close, and take the date that was chosen."""

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy.orm import Session

from coopoutreach.committee.meetings import queries
from coopoutreach.committee.meetings.commands.editing import create_meeting, edit_meeting
from coopoutreach.committee.meetings.errors import NoOptions, NotOfTheTable, PollClosed, SeriesEnded
from coopoutreach.committee.meetings.fields import MeetingFields, PollFields
from coopoutreach.committee.meetings.models import (
    DatePoll,
    Meeting,
    MeetingSeries,
    PollChoice,
    PollOption,
    PollVoter,
)
from coopoutreach.committee.meetings.notices import polls as notices
from coopoutreach.committee.meetings.rules import Scope, Suits
from coopoutreach.committee.meetings.rules.polls import is_open
from coopoutreach.events.rules import ACTIVE_STATES, EventState
from coopoutreach.mail.outgoing import commands as messaging
from coopoutreach.platform.audit import commands as audit

#: With one date there is nothing to ask; with more than this, nobody reads them.
LEAST_OPTIONS, MOST_OPTIONS = 2, 12


def create_poll(
    session: Session,
    series: MeetingSeries,
    fields: PollFields,
    *,
    meeting: Meeting | None = None,
    actor: str,
    now: datetime,
) -> DatePoll:
    """Ask everybody of the standing list which dates suit them; each gets a link by mail.

    `meeting` is the one whose date is looked for. Without it, one is made of what is chosen.

    :raises NoOptions: unless there are two dates or more, each once
    :raises NotOfTheTable: if nobody is in the standing list
    """
    if series.ended_at is not None:
        raise SeriesEnded("Esta serie ya terminó.")
    _check_options(fields)
    members = queries.members_of(session, series.id)
    if not members:
        raise NotOfTheTable("La mesa no tiene integrantes: agréguelos antes de consultar.")
    poll = DatePoll(
        series=series,
        meeting=meeting,
        title=fields.title,
        closes_at=fields.closes_at,
        created_at=now,
        created_by=actor,
    )
    given = sorted(fields.options)
    poll.options = [PollOption(wall_start=start, wall_end=end) for start, end in given]
    poll.voters = [
        PollVoter(person=member.person, organisation=member.organisation) for member in members
    ]
    session.add(poll)
    session.flush()
    _record(session, poll, "poll.created", actor=actor, now=now)
    messaging.owe_many(session, [notices.asked(poll, one) for one in poll.voters], now=now)
    return poll


def answer_poll(
    session: Session,
    voter: PollVoter,
    choices: Mapping[int, Suits],
    *,
    comment: str,
    actor: str,
    now: datetime,
) -> None:
    """Keep which dates suit somebody, by option; they may change it until the poll closes.

    :raises PollClosed: after that
    """
    poll = queries.lock_poll(session, voter.poll_id)
    if not is_open(closed_at=poll.closed_at, closes_at=poll.closes_at, now=now):
        raise PollClosed("La consulta ya se cerró: no recibe más respuestas.")
    known = {choice.option_id: choice for choice in voter.choices}
    for option in poll.options:
        suits = choices.get(option.id)
        if suits is None:
            continue
        if option.id in known:
            known[option.id].suits = suits
        else:
            voter.choices.append(PollChoice(option_id=option.id, suits=suits))
    voter.comment = comment
    voter.answered_at = now
    session.flush()
    _record(session, poll, "poll.answered", actor=actor, now=now, voter=voter.id)


def close_poll(session: Session, poll: DatePoll, *, actor: str, now: datetime) -> None:
    """Take no more answers; what was answered stays."""
    poll = queries.lock_poll(session, poll.id)
    if poll.closed_at is None:
        poll.closed_at = min(now, poll.closes_at)
        _record(session, poll, "poll.closed", actor=actor, now=now)


def choose_option(
    session: Session, poll: DatePoll, option: PollOption, *, actor: str, now: datetime
) -> Meeting:
    """Take a date: the meeting that was asked about moves there, or one is made of it.

    :raises PollClosed: if a date was chosen before
    """
    poll = queries.lock_poll(session, poll.id)
    if any(known.chosen for known in poll.options):
        raise PollClosed("Ya se eligió una fecha en esta consulta.")
    close_poll(session, poll, actor=actor, now=now)
    option.chosen = True
    meeting = poll.meeting
    if meeting is not None and meeting.state in {EventState.DRAFT, *ACTIVE_STATES}:
        fields = _fields(meeting, meeting.title, option)
        edit_meeting(session, meeting, fields, scope=Scope.THIS, actor=actor, now=now)
    else:
        fields = _fields(poll.series, poll.title, option)
        meeting = create_meeting(session, poll.series, fields, actor=actor, now=now)
        poll.meeting = meeting
    session.flush()
    _record(session, poll, "poll.chosen", actor=actor, now=now, option=option.id)
    return meeting


def _check_options(fields: PollFields) -> None:
    starts = {start for start, _ in fields.options}
    if not LEAST_OPTIONS <= len(starts) <= MOST_OPTIONS or len(starts) != len(fields.options):
        raise NoOptions(
            f"Proponga entre {LEAST_OPTIONS} y {MOST_OPTIONS} fechas distintas.", field="options"
        )


def _fields(place: Meeting | MeetingSeries, title: str, option: PollOption) -> MeetingFields:
    return MeetingFields(
        title=title,
        wall_start=option.wall_start,
        wall_end=option.wall_end,
        modality=place.modality,
        place=place.place,
        address=place.address,
        comuna=place.comuna,
        link=place.link,
    )


def _record(
    session: Session, poll: DatePoll, action: str, *, actor: str, now: datetime, **after: object
) -> None:
    thing = ("poll", poll.id)
    audit.record(session, thing, action=action, actor=actor, now=now, after=after or None)
