"""What boards show of minutes: what waits for somebody, and what was approved last."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from coopoutreach.committee.meetings.models import Meeting, SeriesMember
from coopoutreach.committee.meetings.rules import Capacity
from coopoutreach.committee.minutes.models import Approval, Minutes
from coopoutreach.committee.minutes.queries.people import Reviewer, reviewer
from coopoutreach.committee.minutes.rules import LOCKED, REVIEWED, ApprovalKind, State
from coopoutreach.people.directory import queries as directory


class Task(StrEnum):
    """What somebody is asked to do about minutes."""

    SIGN_OFF = "visar"
    APPROVE = "aprobar"


@dataclass(frozen=True, slots=True)
class Waiting:
    """Minutes that wait for somebody; while they may be signed off they may be observed too."""

    minutes: Minutes
    task: Task


def waiting_for(session: Session, user_id: int, *, now: datetime) -> list[Waiting]:
    """Return the minutes that wait for the person of an account, the most urgent first."""
    person = directory.person_of_user(session, user_id)
    if person is None:
        return []
    found = session.scalars(
        select(Minutes)
        .join(Minutes.meeting)
        .join(SeriesMember, SeriesMember.series_id == Meeting.series_id)
        .where(
            SeriesMember.person_id == person.id,
            SeriesMember.ended_at.is_(None),
            SeriesMember.capacity != Capacity.GUEST,
            Minutes.state.in_(REVIEWED),
        )
        .order_by(Minutes.review_until, Minutes.id)
        .options(joinedload(Minutes.meeting), joinedload(Minutes.approvals))
    ).unique()
    waiting, known = [], dict[int, Reviewer | None]()
    for minutes in found:
        table = minutes.meeting.series_id
        if table not in known:
            known[table] = reviewer(session, minutes.meeting, person.id, now=now)
        who = known[table]
        task = _task(minutes, who.organisation.id, approves=who.approves) if who else None
        if task is not None:
            waiting.append(Waiting(minutes, task))
    return waiting


def _task(minutes: Minutes, side: int, *, approves: bool) -> Task | None:
    given = {kind for kind in ApprovalKind if _gave(minutes.approvals, side, kind)}
    if approves and ApprovalKind.APPROVAL not in given:
        return Task.APPROVE
    if minutes.state is State.IN_REVIEW and ApprovalKind.SIGN_OFF not in given:
        return Task.SIGN_OFF
    return None


def _gave(approvals: Collection[Approval], side: int, kind: ApprovalKind) -> bool:
    return any(
        one.organisation_id == side and one.kind is kind and one.void_at is None
        for one in approvals
    )


def latest_approved(
    session: Session, series_ids: Collection[int], *, limit: int = 5
) -> list[Minutes]:
    """Return the minutes of some series that were approved last, in the version that holds."""
    found = session.scalars(
        select(Minutes)
        .join(Minutes.meeting)
        .where(Meeting.series_id.in_(sorted(series_ids)), Minutes.state.in_(LOCKED))
        .order_by(Meeting.starts_at.desc(), Minutes.version.desc())
        .options(joinedload(Minutes.meeting))
        .limit(3 * limit)
    )
    newest: dict[int, Minutes] = {}
    for minutes in found:
        newest.setdefault(minutes.meeting_id, minutes)
    return list(newest.values())[:limit]
