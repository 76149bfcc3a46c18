"""How long people are not told yet of what changed: it may change again, or be undone."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from coopoutreach.events import rules
from coopoutreach.events.rules import AnnouncementKind
from coopoutreach.platform.core import settings


def wait_of(kind: AnnouncementKind) -> timedelta:
    """Return how long what is told is put off."""
    gathering = settings.current().gathering
    waits = {AnnouncementKind.LINK: gathering.link, AnnouncementKind.CANCELLED: gathering.undo}
    return waits.get(kind, gathering.change)


def due(kind: AnnouncementKind, *, starts: Iterable[datetime], now: datetime) -> datetime:
    """Return when people are told of what is done `now`; `starts`: when they may set out for."""
    return rules.due(now=now, wait=wait_of(kind), starts=starts)


def undo_until(done_at: datetime) -> datetime:
    """Return until when a publication can be undone."""
    return done_at + settings.current().gathering.undo


def undo_minutes() -> int:
    """Return for how many minutes a publication can be undone."""
    return settings.current().gathering.undo // timedelta(minutes=1)
