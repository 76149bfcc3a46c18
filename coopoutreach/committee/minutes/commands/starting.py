"""Begin the minutes of a meeting from its agenda."""

from collections.abc import Iterator
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from coopoutreach.committee.meetings.models import AgendaItem, Meeting
from coopoutreach.committee.meetings.rules import ItemState
from coopoutreach.committee.minutes import queries
from coopoutreach.committee.minutes.commands.guarding import for_writing
from coopoutreach.committee.minutes.errors import NotNow
from coopoutreach.committee.minutes.models import Minutes, MinutesPart, PartRevision
from coopoutreach.committee.minutes.rules import PartKind, label
from coopoutreach.events import queries as events
from coopoutreach.platform.audit import commands as audit
from coopoutreach.platform.core import spanish


def start(session: Session, meeting: Meeting, *, actor: str, now: datetime) -> Minutes:
    """Begin the minutes of a meeting; of one that has some, return them.

    :raises NotNow: if the meeting was not convened
    """
    if meeting.number is None or meeting.year is None:
        raise NotNow("Convoque la reunión antes de empezar su acta.")
    # Two who begin at once begin the same ones.
    events.lock_event(session, meeting.id)
    existing = queries.of_meeting(session, meeting.id)
    if existing:
        return existing[0]
    minutes = Minutes(meeting=meeting, created_at=now, created_by=actor)
    session.add(minutes)
    session.flush()
    for position, part in enumerate(_parts(session, meeting), start=1):
        part.position = position
        add_part(session, minutes, part, actor=actor, now=now)
    audit.record(session, ("minutes", minutes.id), action="minutes.started", actor=actor, now=now)
    return minutes


def follow_agenda(session: Session, minutes: Minutes, *, actor: str, now: datetime) -> int:
    """Add parts for the items that came into the agenda since; return how many.

    :raises Locked, NotNow: if the words may not change
    """
    minutes = for_writing(session, minutes, now=now)
    there = {part.item_id for part in minutes.parts}
    new = [item for item in _items(session, minutes.meeting) if item.id not in there]
    last = max((p.position for p in minutes.parts if p.kind is not PartKind.OTHER), default=0)
    for part in minutes.parts:
        if part.kind is PartKind.OTHER:
            part.position += len(new)
    for position, item in enumerate(new, start=last + 1):
        part = _of_item(item)
        part.position = position
        add_part(session, minutes, part, actor=actor, now=now)
    session.expire(minutes, ["parts"])
    return len(new)


def add_part(
    session: Session, minutes: Minutes, part: MinutesPart, *, actor: str, now: datetime
) -> None:
    """Add a part, and what it says as its revision 0."""
    part.minutes_id, part.saved_at, part.saved_by = minutes.id, now, actor
    part.text = part.text or ""
    session.add(part)
    session.flush()
    session.add(PartRevision(part_id=part.id, number=0, text=part.text, at=now, by=actor))
    session.flush()


def _parts(session: Session, meeting: Meeting) -> Iterator[MinutesPart]:
    yield MinutesPart(
        kind=PartKind.PREVIOUS, title="Acta anterior", text=_of_the_one_before(session, meeting)
    )
    yield MinutesPart(kind=PartKind.FOLLOW_UP, title="Seguimiento de compromisos")
    for item in _items(session, meeting):
        yield _of_item(item)
    yield MinutesPart(kind=PartKind.OTHER, title="Varios")


def _of_item(item: AgendaItem) -> MinutesPart:
    return MinutesPart(
        kind=PartKind.ITEM,
        title=item.title,
        item_id=item.id,
        reserved_for_id=item.reserved_for_id,
    )


def _items(session: Session, meeting: Meeting) -> list[AgendaItem]:
    wanted = select(AgendaItem).where(
        AgendaItem.meeting_id == meeting.id, AgendaItem.state == ItemState.ACCEPTED
    )
    return list(session.scalars(wanted.order_by(AgendaItem.position, AgendaItem.id)))


def _of_the_one_before(session: Session, meeting: Meeting) -> str:
    found = session.scalars(
        select(Minutes)
        .join(Minutes.meeting)
        .where(Meeting.series_id == meeting.series_id, Meeting.starts_at < meeting.starts_at)
        .order_by(Meeting.starts_at.desc(), Minutes.version.desc())
        .limit(1)
    ).first()
    if found is None:
        return ""
    name = label(found.meeting.number, found.meeting.year, found.version)
    if found.approved_at is None:
        return f"El {name} está pendiente de aprobación."
    day = spanish.day(spanish.wall(found.approved_at))
    return f"El {name} fue aprobada por las partes el {day}."
