"""Find minutes, their parts and what each said before."""

from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, func, or_, select
from sqlalchemy.orm import Session, joinedload, undefer

from coopoutreach.committee.meetings.models import Meeting
from coopoutreach.committee.minutes.models import (
    Decision,
    Minutes,
    MinutesPart,
    Observation,
    PartRevision,
)
from coopoutreach.committee.minutes.rules import LOCKED, REVIEWED
from coopoutreach.platform.core import spanish


def of_meeting(session: Session, meeting_id: int) -> Sequence[Minutes]:
    """Return every version of a meeting's minutes, the newest first."""
    wanted = select(Minutes).where(Minutes.meeting_id == meeting_id)
    return session.scalars(wanted.order_by(Minutes.version.desc())).all()


def current(session: Session, public_id: str) -> Minutes | None:
    """Return the newest version of the minutes of the meeting that an address names."""
    return session.scalars(
        select(Minutes)
        .join(Minutes.meeting)
        .where(Meeting.public_id == public_id)
        .order_by(Minutes.version.desc())
        .limit(1)
    ).first()


def version(session: Session, meeting_id: int, number: int) -> Minutes | None:
    """Return one version of a meeting's minutes."""
    return session.scalars(
        select(Minutes).where(Minutes.meeting_id == meeting_id, Minutes.version == number)
    ).first()


def by_code(session: Session, code: str) -> Minutes | None:
    """Return the approved minutes of a verification code."""
    wanted = select(Minutes).where(Minutes.code == code, Minutes.state.in_(LOCKED))
    return session.scalars(wanted.options(undefer(Minutes.content))).first()


def rectified_by(session: Session, minutes: Minutes) -> Minutes | None:
    """Return the version, approved or not, that puts these minutes right."""
    return session.scalars(
        select(Minutes)
        .where(Minutes.rectifies_id == minutes.id)
        .order_by(Minutes.version.desc())
        .limit(1)
    ).first()


def is_silence_over(minutes: Minutes, *, now: datetime) -> bool:
    """Return whether the table takes silence for a word, and the time to speak is over."""
    return (
        minutes.meeting.series.silence_approves
        and minutes.state in REVIEWED
        and minutes.review_until is not None
        and spanish.wall(now).date() > minutes.review_until
    )


def lock(session: Session, minutes: Minutes) -> Minutes:
    """Return minutes as they stand now, holding their row: whoever counts words does so alone."""
    return session.scalars(
        select(Minutes)
        .where(Minutes.id == minutes.id)
        .with_for_update(of=Minutes)
        .execution_options(populate_existing=True)
        .options(undefer(Minutes.content))
    ).one()


def lock_part(session: Session, part: MinutesPart) -> MinutesPart:
    """Return a part as it stands now, holding its row: nobody saves it meanwhile."""
    return session.scalars(
        select(MinutesPart)
        .where(MinutesPart.id == part.id)
        .with_for_update(of=MinutesPart)
        .execution_options(populate_existing=True)
    ).one()


def part(session: Session, public_id: str, part_id: str) -> MinutesPart | None:
    """Return a part of the newest minutes of that meeting; a part of another's is none."""
    minutes = current(session, public_id)
    if minutes is None:
        return None
    return session.scalars(
        select(MinutesPart).where(
            MinutesPart.public_id == part_id, MinutesPart.minutes_id == minutes.id
        )
    ).first()


def decision(session: Session, public_id: str, decision_id: str) -> Decision | None:
    """Return a decision of the newest minutes of that meeting; one of another's is none."""
    minutes = current(session, public_id)
    if minutes is None:
        return None
    return session.scalars(
        select(Decision).where(Decision.public_id == decision_id, Decision.minutes_id == minutes.id)
    ).first()


def observation(session: Session, public_id: str, observation_id: str) -> Observation | None:
    """Return an observation of the newest minutes of that meeting; one of another's is none."""
    minutes = current(session, public_id)
    if minutes is None:
        return None
    return session.scalars(
        select(Observation).where(
            Observation.public_id == observation_id, Observation.minutes_id == minutes.id
        )
    ).first()


def parts(session: Session, minutes: Minutes, *, reader: Collection[int]) -> Sequence[MinutesPart]:
    """Return the parts of minutes that somebody of the sides `reader` may see, in their order."""
    return session.scalars(
        select(MinutesPart)
        .where(MinutesPart.minutes_id == minutes.id, _open_to(MinutesPart, reader))
        .order_by(MinutesPart.position)
        .options(joinedload(MinutesPart.reserved_for), joinedload(MinutesPart.item))
    ).all()


def decisions(session: Session, minutes: Minutes, *, reader: Collection[int]) -> Sequence[Decision]:
    """Return the decisions of minutes that somebody of the sides `reader` may see."""
    return session.scalars(
        select(Decision)
        .where(Decision.minutes_id == minutes.id, _open_to(Decision, reader))
        .order_by(Decision.ordinal)
        .options(joinedload(Decision.addressed_to), joinedload(Decision.part))
    ).all()


def _open_to(
    table: type[MinutesPart] | type[Decision], reader: Collection[int]
) -> ColumnElement[bool]:
    return or_(table.reserved_for_id.is_(None), table.reserved_for_id.in_(sorted(reader)))


def part_revisions(session: Session, part: MinutesPart) -> Sequence[PartRevision]:
    """Return everything that a part said, the newest first."""
    wanted = select(PartRevision).where(PartRevision.part_id == part.id)
    return session.scalars(wanted.order_by(PartRevision.number.desc())).all()


def revision(session: Session, part: MinutesPart, number: int) -> PartRevision | None:
    """Return what a part said at a revision, if it was kept."""
    return session.get(PartRevision, (part.id, number))


def with_aside(session: Session, minutes: Minutes) -> set[int]:
    """Return the parts of minutes beside which anybody's words are kept until they choose."""
    latest = (
        select(PartRevision.part_id, func.max(PartRevision.number).label("number"))
        .join(MinutesPart, MinutesPart.id == PartRevision.part_id)
        .where(MinutesPart.minutes_id == minutes.id)
        .group_by(PartRevision.part_id, PartRevision.by)
        .subquery()
    )
    beside = (latest.c.part_id == PartRevision.part_id) & (latest.c.number == PartRevision.number)
    wanted = select(PartRevision.part_id).join(latest, beside).where(PartRevision.aside)
    return set(session.scalars(wanted))


def observations(session: Session, minutes: Minutes) -> Sequence[Observation]:
    """Return what was observed about minutes, in its order, with who said it of which part."""
    return session.scalars(
        select(Observation)
        .where(Observation.minutes_id == minutes.id)
        .order_by(Observation.id)
        .options(
            joinedload(Observation.part),
            joinedload(Observation.person),
            joinedload(Observation.organisation),
        )
    ).all()
