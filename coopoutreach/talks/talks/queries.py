"""Find talks, plans and topics."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, bindparam, func, or_, select
from sqlalchemy.orm import Session, joinedload, selectinload, undefer

from coopoutreach.events import queries as events
from coopoutreach.events.models import Event, EventVersion
from coopoutreach.events.queries import Outlook
from coopoutreach.events.rules import ACTIVE_STATES, PUBLIC, TIME_AND_PLACE, EventState, change
from coopoutreach.platform.core import text
from coopoutreach.platform.core import time as civil
from coopoutreach.platform.core.db import HELD
from coopoutreach.talks.talks import rules
from coopoutreach.talks.talks.fields import TalkFields
from coopoutreach.talks.talks.models import OutreachPlan, Talk, Topic, talk_topic
from coopoutreach.talks.talks.plan_filters import PAGE_LENGTH, PlanFilters, PlanSort, When, pages
from coopoutreach.talks.talks.rules import Window

#: More talks than anybody would look through in a form.
MOST_PROPOSALS = 20
# Statements that every registration asks are written once: putting one together costs more than
# answering it.
_BY_SLUG = select(Talk).where(Talk.slug == bindparam("slug"), Talk.state.in_(PUBLIC))
_LOCKING = (
    select(Talk)
    # Both its tables: of a row that it waited for, PostgreSQL reads anew only what it locks, and
    # the capacity is the talk's.
    .with_for_update(of=(Event, Talk))
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
        .where(Talk.state.in_(ACTIVE_STATES), Talk.ends_at > now)
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


@dataclass(frozen=True, slots=True)
class Proposals:
    """What can be proposed to the people of a talk that is called off."""

    #: Other sessions of the same talk.
    sessions: Sequence[Talk]
    #: Talks on one of its topics.
    on_topic: Sequence[Talk]


def proposals(session: Session, talk: Talk, *, now: datetime) -> Proposals:
    """Return the talks to come that people of `talk` could go to instead, soonest first."""
    ahead = (
        select(Talk)
        .where(Talk.id != talk.id, Talk.state.in_(ACTIVE_STATES), Talk.starts_at > now)
        .order_by(Talk.starts_at, Talk.id)
        .limit(MOST_PROPOSALS)
    )
    first = talk.session_of_id or talk.id
    of_it = ahead.where(or_(Talk.id == first, Talk.session_of_id == first))
    sessions = session.scalars(of_it).all()
    topic_ids = [topic.id for topic in talk.topics]
    alike = ahead.where(
        Talk.topics.any(Topic.id.in_(topic_ids)), Talk.id.not_in([one.id for one in sessions])
    )
    return Proposals(sessions, session.scalars(alike).all() if topic_ids else [])


def replacement_of(talk: Talk, *, now: datetime) -> Talk | None:
    """Return what is proposed in place of a talk that was called off, while one can still go."""
    other = talk.replacement if talk.replacement_id is not None else None
    return other if other and other.state in ACTIVE_STATES and other.starts_at > now else None


def outlook_of_edit(
    session: Session, talk: Talk, given: TalkFields, *, tells_words: bool, now: datetime
) -> Outlook | None:
    """Return whom saving `given` would tell, of what and when; None if nobody is told."""
    if talk.state not in ACTIVE_STATES:
        return None
    last = session.get(EventVersion, (talk.id, talk.version))
    moments = {
        "starts_at": civil.moment(given.wall_start, given.zone, fold=given.fold),
        "ends_at": civil.moment(given.wall_end, given.zone, fold=given.fold),
    }
    asked = {name: getattr(given, name) for name in TIME_AND_PLACE if name not in moments}
    would = EventVersion(
        **asked, **moments, link=given.link, words=(last.words if last else 0) + tells_words
    )
    if last and not tells_words and change(last, would) is None:
        return None
    return events.outlook(session, talk, would, now=now)


@dataclass(frozen=True, slots=True)
class PlanPage:
    """One page of the list of talks, and how many there are on all of them."""

    talks: Sequence[Talk]
    total: int


#: By what each order goes; talks that are alike stand by their time.
_PLAN_SORTS = {
    PlanSort.DATE: Talk.starts_at,
    PlanSort.TITLE: Talk.title,
    PlanSort.STATE: Talk.state,
}


def plan_page(
    session: Session, filters: PlanFilters, *, plan_id: int | None, now: datetime
) -> PlanPage:
    """Return the talks that `filters` ask for, a page of them; beyond the last, the last."""
    wanted = _plan_conditions(filters, plan_id, now)
    if filters.text:
        wanted = [Talk.id.in_(_matching(session, wanted, filters.text))]
    total = session.scalar(select(func.count()).select_from(Talk).where(*wanted)) or 0
    page = min(filters.page, pages(total))
    key = _PLAN_SORTS[filters.sort]
    found = session.scalars(
        select(Talk)
        .where(*wanted)
        .order_by(key.desc() if filters.backwards else key.asc(), Talk.starts_at, Talk.id)
        .limit(PAGE_LENGTH)
        .offset((page - 1) * PAGE_LENGTH)
    )
    return PlanPage(found.all(), total)


def _plan_conditions(
    filters: PlanFilters, plan_id: int | None, now: datetime
) -> list[ColumnElement[bool]]:
    is_past = filters.when is When.PAST
    wanted: list[ColumnElement[bool]] = [Talk.ends_at <= now if is_past else Talk.ends_at > now]
    if plan_id is not None:
        wanted.append(Talk.plan_id == plan_id)
    if filters.state == EventState.PUBLISHED:
        wanted.append(Talk.state.in_((EventState.PUBLISHED, EventState.RESCHEDULED)))
    elif filters.state:
        wanted.append(Talk.state == filters.state)
    return wanted


def _matching(session: Session, wanted: list[ColumnElement[bool]], words: str) -> list[int]:
    """Return the talks whose title or place has each of `words`, whatever the accents and case.

    Compared here, since no engine folds accents: three short columns of each talk.
    """
    keys = text.search_key(words).split()
    rows = session.execute(select(Talk.id, Talk.title, Talk.place).where(*wanted))
    return [
        number
        for number, title, place in rows
        if all(key in text.search_key(f"{title} {place}") for key in keys)
    ]


def next_on_topic(session: Session, talk: Talk, *, now: datetime, limit: int) -> Sequence[Talk]:
    """Return the next talks that share a topic with this one and take registrations now.

    Other sessions of the same talk come first.
    """
    topics = select(talk_topic.c.topic_id).where(talk_topic.c.talk_id == talk.id)
    same_topic = select(talk_topic.c.talk_id).where(talk_topic.c.topic_id.in_(topics))
    is_session = Talk.id.in_([found.id for found in sessions_of(session, talk)])
    return session.scalars(
        select(Talk)
        .where(
            or_(Talk.id.in_(same_topic), is_session),
            Talk.id != talk.id,
            *_takes_registrations(now),
        )
        .order_by(is_session.desc(), Talk.starts_at, Talk.id)
        .limit(limit)
    ).all()


def first_session_id(talk: Talk) -> int:
    """Return what all sessions of one talk have in common: the id of the first of them."""
    return talk.session_of_id or talk.id


def are_sessions(talk: Talk, other: Talk) -> bool:
    """Return whether two talks are sessions of the same one."""
    return talk.id != other.id and first_session_id(talk) == first_session_id(other)


def sessions_of(session: Session, talk: Talk, *, now: datetime | None = None) -> Sequence[Talk]:
    """Return the other sessions of the same talk; with `now`, those that take registrations."""
    first = first_session_id(talk)
    wanted = select(Talk).where(
        or_(Talk.session_of_id == first, Talk.id == first), Talk.id != talk.id
    )
    if now is not None:
        wanted = wanted.where(*_takes_registrations(now))
    return session.scalars(wanted.order_by(Talk.starts_at, Talk.id)).all()


def _takes_registrations(now: datetime) -> list[ColumnElement[bool]]:
    """Return the conditions that a talk's window is open, as `rules.window` has it."""
    opens, closes = Talk.registration_opens_at, Talk.registration_closes_at
    return [
        Talk.state.in_(ACTIVE_STATES),
        Talk.starts_at > now,
        or_(opens.is_(None), opens <= now),
        or_(closes.is_(None), closes > now),
    ]


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
        standing=talk.state in ACTIVE_STATES,
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
