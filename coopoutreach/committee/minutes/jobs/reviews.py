"""Remind of reviews, take silence for approval where that was agreed, and publish."""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta

import structlog
from sqlalchemy import select
from sqlalchemy.orm import Session

from coopoutreach.committee.minutes import commands, content, notices, proving, queries
from coopoutreach.committee.minutes.models import Minutes
from coopoutreach.committee.minutes.rules import REVIEWED, State, days_before
from coopoutreach.platform.core import spanish
from coopoutreach.platform.core.batch import for_each
from coopoutreach.platform.core.db import Database
from coopoutreach.platform.core.errors import DomainError

logger = structlog.get_logger(__name__)

ACTOR = "job:minutes"
#: Working days before the last one on which a first reminder goes out.
_SOON = 2
#: How long published mail waits for the PDF that it leads to.
_PATIENCE = timedelta(minutes=10)


def follow_reviews(database: Database, now: datetime) -> int:
    """Remind each side of minutes that wait for it; after the term, take agreed silence."""
    with database.reading() as session:
        found = list(session.scalars(select(Minutes.id).where(Minutes.state.in_(REVIEWED))))
    told: list[int] = []

    def follow(session: Session, minutes_id: int) -> None:
        told.append(remind(session, session.get_one(Minutes, minutes_id), now=now))

    def approve(session: Session, proved: tuple[int, str]) -> None:
        minutes = session.get_one(Minutes, proved[0])
        told.append(
            commands.approve_by_silence(session, minutes, typeset=proved[1], actor=ACTOR, now=now)
        )

    for_each(database, found, follow)
    for_each(database, _proved(database, found, now=now), approve)
    return sum(told)


def _proved(
    database: Database, minutes_ids: Sequence[int], *, now: datetime
) -> Iterator[tuple[int, str]]:
    """Yield those minutes of which silence approves, with the hash of what was typeset of them."""
    for minutes_id in minutes_ids:
        with database.reading() as session:
            minutes = session.get_one(Minutes, minutes_id)
            over = queries.is_silence_over(minutes, now=now)
            said = content.frozen(minutes) if over else None
        if said is None:
            continue
        try:
            yield minutes_id, proving.prove(said)
        except DomainError as error:
            # They stay in review, and the board says so.
            logger.error("minutes.not_typeset", minutes=minutes_id, why=type(error).__name__)  # noqa: TRY400 (said by what failed)


def remind(session: Session, minutes: Minutes, *, now: datetime) -> int:
    """Owe the reminder of today to reviewers of sides that have not approved; return how many."""
    until, today = minutes.review_until, spanish.wall(now).date()
    if until is None or not days_before(until, _SOON) <= today <= until:
        return 0
    if minutes.review_began_at and spanish.wall(minutes.review_began_at).date() == today:
        return 0
    done = notices.approved_by(minutes)
    waiting = [
        link
        for link in notices.links_of(session, minutes)
        if link.organisation_id not in done and (link.approves or _may_sign_off(minutes, link))
    ]
    last = today == until
    return notices.review_reminders(session, minutes, waiting, last=last, now=now)


def _may_sign_off(minutes: Minutes, link: object) -> bool:
    return minutes.state is State.IN_REVIEW and getattr(link, "signed_off_at", None) is None


def publish_approved(database: Database, now: datetime) -> int:
    """Send approved minutes out, with their PDF if it is ready, and without it after a while."""
    with database.reading() as session:
        found = session.execute(
            select(Minutes.id, Minutes.pdf_sha256, Minutes.approved_at).where(
                Minutes.state == State.APPROVED
            )
        ).all()
    due = [
        number
        for number, pdf, approved_at in found
        if pdf or approved_at is None or now - approved_at >= _PATIENCE
    ]

    def publish(session: Session, minutes_id: int) -> None:
        commands.publish(session, session.get_one(Minutes, minutes_id), actor=ACTOR, now=now)

    return for_each(database, due, publish)
