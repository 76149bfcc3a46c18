"""Find events, invitees and what they are to be told."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session, joinedload, undefer

from coopoutreach.events import rules, waiting
from coopoutreach.events.models import Announcement, Event, EventVersion, Fact, Invitee
from coopoutreach.events.rules import (
    ACTIVE_STATES,
    CHANGES,
    LINK,
    AnnouncementKind,
    AnnouncementState,
    Answer,
    EventKind,
    EventState,
    Standing,
)
from coopoutreach.platform.core.errors import NotFound
from coopoutreach.platform.core.links import identifier_of
from coopoutreach.platform.core.settings import current


def event_ids_of_other_rules(session: Session, *, tz_version: str, now: datetime) -> list[int]:
    """Return future events whose moments were derived by other rules of time."""
    wanted = select(Event.id).where(Event.tz_version != tz_version, Event.starts_at > now)
    return list(session.scalars(wanted.order_by(Event.id)))


def event_ids_shown(session: Session, *, now: datetime) -> list[int]:
    """Return the events whose entries calendars may still ask for."""
    since = now - timedelta(days=400)
    wanted = select(Event.id).where(Event.ends_at > since, Event.state != EventState.DRAFT)
    return list(session.scalars(wanted.order_by(Event.id)))


def fact(session: Session, name: str) -> str | None:
    """Return what was remembered under `name`, if anything was."""
    found = session.get(Fact, name)
    return found.value if found else None


def invitee_by_token(
    session: Session, token: str, *, kind: EventKind = EventKind.TALK
) -> Invitee | None:
    """Return the invitee whose link this is, or None: unknown, revoked and forged look the same.

    So does the link to another kind of event: a meeting's opens no page of a talk.
    """
    found = session.scalars(
        select(Invitee)
        .join(Event, Event.id == Invitee.event_id)
        .where(Invitee.public_id == identifier_of(token), Event.kind == kind)
        .options(joinedload(Invitee.person), joinedload(Invitee.organisation))
    ).one_or_none()
    # A MAC is compared either way, so that the time taken does not tell the two apart.
    right = current().links.matches(token, LINK, nonce=found.nonce if found else "")
    return found if right else None


@dataclass(frozen=True, slots=True)
class Audience:
    """Whom a change of an event will be told to."""

    invited: int
    waiting: int

    @property
    def total(self) -> int:
        """Return how many people they are."""
        return self.invited + self.waiting


def audience(session: Session, event_id: int) -> Audience:
    """Return how many people have a place at the event, and how many wait for one."""
    rows = session.execute(
        select(Invitee.standing, func.count())
        .where(Invitee.event_id == event_id)
        .group_by(Invitee.standing)
    )
    counts: dict[Standing, int] = dict(rows.all())
    return Audience(counts.get(Standing.INVITED, 0), counts.get(Standing.WAITING, 0))


def versions(session: Session, event_id: int) -> dict[int, EventVersion]:
    """Return what people were told of an event, by number."""
    wanted = select(EventVersion).where(EventVersion.event_id == event_id)
    return {found.number: found for found in session.scalars(wanted)}


def news(
    session: Session,
    event_id: int,
    current: EventVersion,
    known: Mapping[int, EventVersion],
) -> dict[AnnouncementKind, Audience]:
    """Return how many people have yet to be told of `current`, by what of it is news to them."""
    rows = session.execute(
        select(Invitee.standing, Invitee.told_version, func.count())
        .where(Invitee.event_id == event_id)
        .group_by(Invitee.standing, Invitee.told_version)
    )
    found: dict[AnnouncementKind, Audience] = {}
    for standing, told, number in rows:
        kind = news_to(standing, known.get(told), current)
        if kind is not None:
            before = found.get(kind, Audience(0, 0))
            waits = standing is Standing.WAITING
            found[kind] = Audience(
                before.invited + number * (not waits), before.waiting + number * waits
            )
    return found


def news_to(
    standing: Standing, told: EventVersion | None, current: EventVersion
) -> AnnouncementKind | None:
    """Return what of `current` is news to somebody who was `told` a version, if anything is."""
    if told is None:
        kind: AnnouncementKind | None = AnnouncementKind.MOVED
    else:
        kind = rules.change(told, current)
        if kind is None and told.words != current.words:
            kind = AnnouncementKind.REVISED
    return kind if kind is not None and rules.concerns(kind, standing) else None


def pending(
    session: Session, event_id: int, kinds: Sequence[AnnouncementKind] = CHANGES
) -> Announcement | None:
    """Return what the invitees are yet to be told of the event's changes, if there is anything."""
    wanted = select(Announcement).where(
        Announcement.event_id == event_id,
        Announcement.kind.in_(kinds),
        Announcement.state == AnnouncementState.DUE,
    )
    return session.scalars(wanted.order_by(Announcement.id.desc()).limit(1)).first()


def pending_cancellation(session: Session, event_id: int) -> Announcement | None:
    """Return the cancellation that the invitees are yet to be told of, if there is one."""
    return pending(session, event_id, (AnnouncementKind.CANCELLED,))


def believed_starts(session: Session, event: Event) -> list[datetime]:
    """Return when people may believe that the event begins: as it is, and as they were told."""
    told = (
        select(EventVersion.starts_at)
        .distinct()
        .join(
            Invitee,
            (Invitee.event_id == EventVersion.event_id)
            & (Invitee.told_version == EventVersion.number),
        )
        .where(EventVersion.event_id == event.id, Invitee.standing != Standing.WITHDRAWN)
    )
    return [event.starts_at, *session.scalars(told)]


@dataclass(frozen=True, slots=True)
class Outlook:
    """What people are going to be told of, how many they are, and when."""

    kind: AnnouncementKind
    audience: Audience
    due_at: datetime


def outlook(
    session: Session, event: Event, current: EventVersion, *, now: datetime
) -> Outlook | None:
    """Return what would follow if `current`, kept or not, held from now on; None if nothing."""
    found = news(session, event.id, current, versions(session, event.id))
    kind = rules.most_telling(found)
    if kind is None:
        return None
    people = Audience(
        sum(part.invited for part in found.values()), sum(part.waiting for part in found.values())
    )
    starts = [*believed_starts(session, event), current.starts_at]
    return Outlook(kind, people, waiting.due(kind, starts=starts, now=now))


def announcement(session: Session, announcement_id: int) -> Announcement | None:
    """Return an announcement as it stands now; None if it was taken back."""
    wanted = select(Announcement).where(Announcement.id == announcement_id)
    return session.scalars(wanted.execution_options(populate_existing=True)).one_or_none()


def has_invitees(session: Session, event_id: int) -> bool:
    """Return whether anybody ever registered for the event."""
    wanted = select(Invitee.id).where(Invitee.event_id == event_id).limit(1)
    return session.scalar(wanted) is not None


def due_announcement_ids(session: Session, *, now: datetime) -> list[int]:
    """Return the announcements whose time has come, oldest first."""
    return list(
        session.scalars(
            select(Announcement.id)
            .where(Announcement.state == AnnouncementState.DUE, Announcement.due_at <= now)
            .order_by(Announcement.due_at, Announcement.id)
        )
    )


def announcement_ids_to_try_again(session: Session, *, now: datetime) -> list[int]:
    """Return the announcements that went past somebody whom they could not tell, and are due."""
    wanted = select(Announcement.id).where(Announcement.again_at <= now)
    return list(session.scalars(wanted.order_by(Announcement.again_at, Announcement.id)))


def untold_count(session: Session) -> int:
    """Return how many people announcements went past and could not tell."""
    wanted = select(Announcement.untold).where(Announcement.again_at.is_not(None))
    return sum(len(untold) for untold in session.scalars(wanted))


def invitees_of_ids(session: Session, ids: Sequence[int]) -> Sequence[Invitee]:
    """Return the invitees of these ids who were not taken off, in order."""
    wanted = (
        select(Invitee)
        .where(Invitee.id.in_(ids), Invitee.standing != Standing.WITHDRAWN)
        .options(joinedload(Invitee.person))
        .order_by(Invitee.id)
    )
    return session.scalars(wanted).all()


def invitees_to_tell(
    session: Session, announcement: Announcement, *, limit: int
) -> Sequence[Invitee]:
    """Return the next invitees that an announcement is for, in order of their id.

    A reminder is for who has a place and has not declined. A change is for who has not been told of
    this version yet; a cancellation for everybody who still counts on the event.
    """
    wanted = (
        select(Invitee)
        .where(
            Invitee.event_id == announcement.event_id,
            Invitee.id > announcement.last_invitee_id,
            Invitee.standing != Standing.WITHDRAWN,
        )
        .options(joinedload(Invitee.person))
        .order_by(Invitee.id)
        .limit(limit)
    )
    if announcement.kind is AnnouncementKind.REMINDER:
        wanted = wanted.where(
            Invitee.standing == Standing.INVITED, Invitee.answer != Answer.DECLINED
        )
    if announcement.kind in CHANGES:
        wanted = wanted.where(Invitee.told_version != announcement.version)
    return session.scalars(wanted).all()


def lock_event(session: Session, event_id: int) -> Event:
    """Return the event, holding its row: whoever counts its places does so alone.

    :raises NotFound: if it was a draft that somebody threw away meanwhile
    """
    found = session.scalars(
        select(Event)
        .where(Event.id == event_id)
        .with_for_update(of=Event)
        .execution_options(populate_existing=True)
        .options(undefer(Event.vevent), undefer(Event.vevent_invited))
    ).one_or_none()
    if found is None:
        raise NotFound
    return found


def past_event_ids_to_close(session: Session, *, now: datetime) -> list[int]:
    """Return standing events that are over."""
    wanted = select(Event.id).where(Event.state.in_(ACTIVE_STATES), Event.ends_at <= now)
    return list(session.scalars(wanted))


def announcements_of(session: Session, event_id: int) -> Sequence[Announcement]:
    """Return everything that the invitees of an event were or will be told, by its time."""
    wanted = select(Announcement).where(Announcement.event_id == event_id)
    return session.scalars(wanted.order_by(Announcement.due_at)).all()
