"""Find events, invitees and what they are to be told."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session, joinedload, undefer

from coopoutreach.core.links import identifier_of
from coopoutreach.core.settings import current
from coopoutreach.events.models import Announcement, Event, Fact, Invitee
from coopoutreach.events.rules import (
    LINK,
    STANDING,
    AnnouncementKind,
    AnnouncementState,
    Answer,
    Standing,
)


def event_ids_of_other_rules(session: Session, *, tz_version: str, now: datetime) -> list[int]:
    """Return future events whose moments were derived by other rules of time."""
    wanted = select(Event.id).where(Event.tz_version != tz_version, Event.starts_at > now)
    return list(session.scalars(wanted.order_by(Event.id)))


def fact(session: Session, name: str) -> str | None:
    """Return what was remembered under `name`, if anything was."""
    found = session.get(Fact, name)
    return found.value if found else None


def invitee_by_token(session: Session, token: str) -> Invitee | None:
    """Return the invitee whose link this is, or None: unknown, revoked and forged look the same."""
    found = session.scalars(
        select(Invitee)
        .where(Invitee.public_id == identifier_of(token))
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


def audience(session: Session, event_id: int) -> Audience:
    """Return how many people have a place at the event, and how many wait for one."""
    rows = session.execute(
        select(Invitee.standing, func.count())
        .where(Invitee.event_id == event_id)
        .group_by(Invitee.standing)
    )
    counts: dict[Standing, int] = dict(rows.all())
    return Audience(counts.get(Standing.INVITED, 0), counts.get(Standing.WAITING, 0))


def due_announcement_ids(session: Session, *, now: datetime) -> list[int]:
    """Return the announcements whose time has come, oldest first."""
    return list(
        session.scalars(
            select(Announcement.id)
            .where(Announcement.state == AnnouncementState.DUE, Announcement.due_at <= now)
            .order_by(Announcement.due_at, Announcement.id)
        )
    )


def invitees_to_tell(
    session: Session, announcement: Announcement, *, limit: int
) -> Sequence[Invitee]:
    """Return the next invitees that an announcement is for, in order of their id.

    A reminder is for who has a place and has not declined. A move is for who has not been told of
    this sequence yet; a cancellation for everybody who still counts on the event.
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
    return session.scalars(wanted).all()


def lock_event(session: Session, event_id: int) -> Event:
    """Return the event, holding its row: whoever counts its places does so alone."""
    return session.scalars(
        select(Event)
        .where(Event.id == event_id)
        .with_for_update(of=Event)
        .execution_options(populate_existing=True)
        .options(undefer(Event.vevent), undefer(Event.vevent_invited))
    ).one()


def past_event_ids_to_close(session: Session, *, now: datetime) -> list[int]:
    """Return standing events that are over."""
    wanted = select(Event.id).where(Event.state.in_(STANDING), Event.ends_at <= now)
    return list(session.scalars(wanted))


def announcements_of(session: Session, event_id: int) -> Sequence[Announcement]:
    """Return everything that the invitees of an event were or will be told, by its time."""
    wanted = select(Announcement).where(Announcement.event_id == event_id)
    return session.scalars(wanted.order_by(Announcement.due_at)).all()
