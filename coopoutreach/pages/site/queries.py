"""Find the talks that public pages show: a fixed number of queries, whatever the length."""

import unicodedata
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, and_, func, or_, select
from sqlalchemy.orm import Session, raiseload

from coopoutreach.events.rules import ACTIVE_STATES, PUBLIC, EventState, Modality
from coopoutreach.pages.site.rules import PAGE_LENGTH, Filters, month_start, pages
from coopoutreach.talks.talks.models import Talk, Topic, talk_topic
from coopoutreach.talks.talks.rules import Format


def next_talks(session: Session, *, now: datetime, limit: int) -> Sequence[Talk]:
    """Return talks that are going to happen, soonest first."""
    return session.scalars(
        select(Talk)
        .where(Talk.state.in_(ACTIVE_STATES), Talk.ends_at > now)
        .options(raiseload("*"))
        .order_by(Talk.starts_at, Talk.id)
        .limit(limit)
    ).all()


def talks(session: Session, filters: Filters, *, now: datetime) -> tuple[Sequence[Talk], int]:
    """Return one page of the list, and how many talks the whole list has.

    A page beyond the last shows the last.
    """
    conditions = _conditions(filters, now=now)
    order = (Talk.starts_at.desc() if filters.past else Talk.starts_at, Talk.id)
    if filters.text:
        found = _ids_with(session, filters.text, where=conditions, order=order)
        total = len(found)
        conditions = [Talk.id.in_(found[_offset(filters, total) :][:PAGE_LENGTH])]
        offset = 0
    else:
        total = session.scalar(select(func.count(Talk.id)).where(*conditions)) or 0
        offset = _offset(filters, total)
    wanted = select(Talk).where(*conditions).options(raiseload("*")).order_by(*order)
    return session.scalars(wanted.limit(PAGE_LENGTH).offset(offset)).all(), total


def talks_of_days(session: Session, *, first: date, last: date, region: str = "") -> Sequence[Talk]:
    """Return the public talks of the days from `first` to `last`, by their own clocks."""
    start = datetime.combine(first, datetime.min.time())
    end = datetime.combine(last + timedelta(days=1), datetime.min.time())
    conditions = [Talk.state.in_(PUBLIC), Talk.wall_start < end, Talk.wall_end > start]
    if region:
        conditions.append(of_region(region))
    wanted = select(Talk).where(*conditions).options(raiseload("*"))
    return session.scalars(wanted.order_by(Talk.wall_start, Talk.id)).all()


def next_end(session: Session, *, now: datetime) -> datetime | None:
    """Return when the next public talk ends, and leaves the list of what is to come."""
    wanted = select(func.min(Talk.ends_at)).where(Talk.state.in_(PUBLIC), Talk.ends_at > now)
    return session.scalar(wanted)


def topic_choices(session: Session) -> list[tuple[int, str]]:
    """Return the topics that public talks are about, by name."""
    used = select(talk_topic.c.topic_id).join(Talk, Talk.id == talk_topic.c.talk_id)
    wanted = select(Topic.id, Topic.name).where(Topic.id.in_(used.where(Talk.state.in_(PUBLIC))))
    return [(row.id, row.name) for row in session.execute(wanted.order_by(Topic.name))]


def of_region(region: str) -> ColumnElement[bool]:
    """Return the condition that a talk is in the region, or online and thus in every one."""
    everywhere = and_(Talk.region.is_(None), Talk.modality == Modality.ONLINE)
    return or_(Talk.region == region, everywhere)


def _conditions(filters: Filters, *, now: datetime) -> list[ColumnElement[bool]]:
    if filters.past:
        found = [Talk.state.in_(PUBLIC), Talk.ends_at <= now]
    else:
        found = [Talk.state.in_(ACTIVE_STATES | {EventState.CANCELLED}), Talk.ends_at > now]
    if filters.region:
        found.append(of_region(filters.region))
    if filters.format:
        found.append(Talk.format == Format(filters.format))
    if filters.modality:
        found.append(Talk.modality == Modality(filters.modality))
    if filters.topic:
        found.append(Talk.topics.any(Topic.id == filters.topic))
    if filters.month:
        start = datetime.combine(filters.month, datetime.min.time())
        end = datetime.combine(month_start(filters.month, months=1), datetime.min.time())
        found += [Talk.wall_start >= start, Talk.wall_start < end]
    return found


def _ids_with(
    session: Session,
    text: str,
    *,
    where: Sequence[ColumnElement[bool]],
    order: Sequence[Any],
) -> list[int]:
    """Return, in that order, the talks in which every word of `text` occurs.

    Neither engine compares without accents as people do; the few columns are read and compared.
    """
    words = _plain(text).split()
    rows = session.execute(
        select(Talk.id, Talk.title, Talk.description, Talk.place).where(*where).order_by(*order)
    )
    return [
        talk_id
        for talk_id, *texts in rows
        for whole in [_plain(" ".join(texts))]
        if all(word in whole for word in words)
    ]


def _plain(text: str) -> str:
    return unicodedata.normalize("NFD", text.lower()).encode("ascii", "ignore").decode()


def _offset(filters: Filters, total: int) -> int:
    return (min(filters.page, pages(total)) - 1) * PAGE_LENGTH
