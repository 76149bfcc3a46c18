"""Find talks, plans and topics."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session, joinedload, selectinload, undefer

from coopoutreach.core.db import HELD
from coopoutreach.events.models import Event
from coopoutreach.events.rules import PUBLIC, STANDING, EventState
from coopoutreach.outreach import rules
from coopoutreach.outreach.models import OutreachPlan, Talk, Topic
from coopoutreach.outreach.rules import Window

# Statements that every registration asks are written once: putting one together costs more than
# answering it.
_BY_SLUG = select(Talk).where(Talk.slug == bindparam("slug"), Talk.state.in_(PUBLIC))
_LOCKING = (
    select(Talk)
    .with_for_update(of=Event)
    .execution_options(populate_existing=True)
    .options(undefer(Talk.vevent), undefer(Talk.vevent_invited))
)
_LOCKED = _LOCKING.where(Talk.id == bindparam("talk_id"))
_LOCKED_BY_SLUG = _LOCKING.where(Talk.slug == bindparam("slug"), Talk.state.in_(PUBLIC))


def talk_by_slug(session: Session, slug: str) -> Talk | None:
    """Return the talk that a public address names; a draft has none."""
    return session.scalars(
        select(Talk)
        .where(Talk.slug == slug, Talk.state.in_(PUBLIC))
        .options(selectinload(Talk.speakers), selectinload(Talk.topics))
    ).one_or_none()


def talk_alone_by_slug(session: Session, slug: str) -> Talk | None:
    """Return the talk that a public address names, without its speakers and topics."""
    return session.scalar(_BY_SLUG, {"slug": slug})


def talk_by_public_id(session: Session, public_id: str) -> Talk | None:
    """Return the talk that the coordination's address names, a draft too."""
    return session.scalars(
        select(Talk)
        .where(Talk.public_id == public_id)
        .options(selectinload(Talk.speakers), selectinload(Talk.topics), joinedload(Talk.plan))
    ).one_or_none()


def lock_talk(session: Session, talk_id: int) -> Talk:
    """Return the talk as it is now, holding its row: whoever counts its seats does so alone.

    What the session knew of it before is read anew, its capacity above all. Who holds the row
    already, in the same transaction, is not asked to take it again.
    """
    held: dict[int, Talk] = session.info.setdefault(HELD, {})
    if talk_id not in held:
        held[talk_id] = session.scalars(_LOCKED, {"talk_id": talk_id}).one()
    return held[talk_id]


def lock_talk_by_slug(session: Session, slug: str) -> Talk | None:
    """Return the talk that a public address names, holding its row; a draft has none."""
    found = session.scalar(_LOCKED_BY_SLUG, {"slug": slug})
    if found is not None:
        session.info.setdefault(HELD, {})[found.id] = found
    return found


def upcoming(session: Session, *, now: datetime, limit: int | None = None) -> Sequence[Talk]:
    """Return published talks that have not ended, soonest first."""
    return session.scalars(
        select(Talk)
        .where(Talk.state.in_(STANDING), Talk.ends_at > now)
        .options(selectinload(Talk.topics))
        .order_by(Talk.starts_at, Talk.id)
        .limit(limit)
    ).all()


def public_between(session: Session, *, after: datetime, before: datetime) -> Sequence[Talk]:
    """Return public talks that begin in a span of time, cancelled and past ones too."""
    return session.scalars(
        select(Talk)
        .where(Talk.state.in_(PUBLIC), Talk.starts_at >= after, Talk.starts_at < before)
        .options(selectinload(Talk.topics))
        .order_by(Talk.starts_at, Talk.id)
    ).all()


def talks_of_plan(
    session: Session, plan_id: int | None, *, after: datetime | None = None
) -> Sequence[Talk]:
    """Return the talks of a plan (None: of all) in every state, soonest first."""
    wanted = select(Talk).options(selectinload(Talk.topics)).order_by(Talk.starts_at, Talk.id)
    if plan_id is not None:
        wanted = wanted.where(Talk.plan_id == plan_id)
    if after is not None:
        wanted = wanted.where(Talk.ends_at >= after)
    return session.scalars(wanted).all()


def plans(session: Session) -> Sequence[OutreachPlan]:
    """Return all plans, the newest first."""
    return session.scalars(select(OutreachPlan).order_by(OutreachPlan.starts_on.desc())).all()


def plan_choices(session: Session) -> list[tuple[str, str]]:
    """Return the plans to choose from, as (public id, name)."""
    return [(plan.public_id, plan.name) for plan in plans(session)]


def topics(session: Session) -> Sequence[Topic]:
    """Return all topics by name."""
    return session.scalars(select(Topic).order_by(Topic.name)).all()


def window_of(talk: Talk, *, now: datetime) -> Window:
    """Return whether the talk takes registrations now, and if not, why."""
    return rules.window(
        standing=talk.state in STANDING,
        starts_at=talk.starts_at,
        opens_at=talk.registration_opens_at,
        closes_at=talk.registration_closes_at,
        now=now,
    )


def is_draft(talk: Talk) -> bool:
    """Return whether nobody but the coordination sees the talk."""
    return talk.state is EventState.DRAFT


def slugs_like(session: Session, stem: str) -> set[str]:
    """Return the addresses in use that begin with `stem`."""
    return set(
        session.scalars(select(Talk.slug).where(Talk.slug.startswith(stem, autoescape=True)))
    )
