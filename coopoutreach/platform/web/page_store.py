"""Keep what was rendered for as long as it is right.

A kept page is right for as long as the revisions it follows stand (`core.db.touch` ends one, in the
transaction that changes what it shows) and until the next moment at which time alone would change
it. Asking for them is the one read of a request that finds its page kept.
"""

import gzip
import hashlib
from collections import OrderedDict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, time, timedelta
from threading import Lock
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from coopoutreach.platform.core.db import Database
from coopoutreach.platform.core.spanish import HOME_ZONE
from coopoutreach.platform.web.revision import RevisionReader

#: What all kept pages of one database may weigh together, in bytes, and how many there may be.
MOST_BYTES = 24 * 1024 * 1024
MOST_PAGES = 1000
#: Bytes below which a page fits into one packet anyway.
LEAST_PACKED = 1000

Key = tuple[object, ...]


@dataclass(frozen=True, slots=True)
class Rendered:
    """What a page says now, and the moment at which that changes by time alone."""

    body: bytes
    valid_until: datetime
    #: Revisions that it turned out to follow beside those that it always does.
    also_follows: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class KeptPage:
    """A finished page: its bytes, their name, and how long they are right."""

    body: bytes
    #: The body as gzip has it; empty where that would not be worth it.
    packed: bytes
    etag: str
    made_at: datetime
    valid_until: datetime
    modified_at: datetime
    #: The names of the revisions that it follows, and their numbers when it was made.
    follows: tuple[str, ...]
    revisions: tuple[int, ...]

    @property
    def weight(self) -> int:
        """Return how many bytes keeping it takes."""
        return len(self.body) + len(self.packed)


Render = Callable[[Session], Rendered]


def next_change(now: datetime, *moments: datetime | None) -> datetime:
    """Return the first of `moments` after `now`, or the federation's midnight if that is sooner."""
    ahead = [moment for moment in moments if moment is not None and moment > now]
    return min([*ahead, _next_midnight(now)])


def midnight(now: datetime, *, days: int = 0) -> datetime:
    """Return when the federation's day of `now` began, `days` later or earlier."""
    zone = ZoneInfo(HOME_ZONE)
    day = now.astimezone(zone).date() + timedelta(days=days)
    return datetime.combine(day, time(), zone).astimezone(UTC)


def _next_midnight(now: datetime) -> datetime:
    return midnight(now, days=1)


class PageStore:
    """The pages kept from one database: the least recently asked for leave first."""

    def __init__(
        self, database: Database, *, most_bytes: int = MOST_BYTES, most_pages: int = MOST_PAGES
    ) -> None:
        self._database = database
        self._revision = RevisionReader(database.engine)
        self._most_bytes = most_bytes
        self._most_pages = most_pages
        self._pages: OrderedDict[Key, KeptPage] = OrderedDict()
        self._bytes = 0
        self._lock = Lock()
        self._turns: dict[Key, _Turn] = {}

    def page(
        self, key: Key, render: Render, *, follows: tuple[str, ...], now: datetime
    ) -> KeptPage:
        """Return the page of `key`, rendered by one thread at a time if it is not kept.

        `follows`: the names of the revisions that end it.
        """
        found = self.found(key, now=now)
        if found:
            return found
        with self._turn(key):
            # Another thread may have made it while this one waited.
            return self.found(key, now=now) or self._make(key, render, follows, now)

    def found(self, key: Key, *, now: datetime) -> KeptPage | None:
        """Return the page of `key` if it is kept and right."""
        with self._lock:
            page = self._pages.get(key)
        if page is None or not page.made_at <= now < page.valid_until:
            return None
        if self._revision.numbers(page.follows) != page.revisions:
            self._forget(key, page)
            return None
        with self._lock:
            if key in self._pages:
                self._pages.move_to_end(key)
        return page

    def once(self, render: Render, *, now: datetime) -> KeptPage:
        """Return a page that is not worth keeping, since what was asked is anybody's text."""
        return _finish(self._render(render), (), (), now=now, pack=False)

    @property
    def size(self) -> tuple[int, int]:
        """Return how many pages are kept, and how many bytes they weigh."""
        with self._lock:
            return len(self._pages), self._bytes

    def forget(self) -> None:
        """Drop every page."""
        with self._lock:
            self._pages.clear()
            self._bytes = 0

    def _forget(self, key: Key, page: KeptPage) -> None:
        """Note that a page is old: its revisions are not asked for again, its age is kept."""
        with self._lock:
            if self._pages.get(key) is page:
                self._pages[key] = replace(page, valid_until=page.made_at)

    def _make(self, key: Key, render: Render, follows: tuple[str, ...], now: datetime) -> KeptPage:
        # The numbers are read before what is rendered from: a change in between makes the page old
        # at once, never wrong for long.
        revisions = self._revision.numbers(follows)
        rendered = self._render(render)
        if not set(rendered.also_follows) <= set(follows):
            follows = (*follows, *rendered.also_follows)
            revisions = self._revision.numbers(follows)
            rendered = self._render(render)
        page = _finish(rendered, follows, revisions, now=now, pack=True)
        with self._lock:
            page = _follow(self._pages.get(key), page)
            self._drop(key)
            if page.weight <= self._most_bytes:
                self._pages[key] = page
                self._bytes += page.weight
            while self._bytes > self._most_bytes or len(self._pages) > self._most_pages:
                self._drop(next(iter(self._pages)))
        return page

    def _render(self, render: Render) -> Rendered:
        with self._database.reading() as session:
            return render(session)

    def _drop(self, key: Key) -> None:
        dropped = self._pages.pop(key, None)
        if dropped:
            self._bytes -= dropped.weight

    @contextmanager
    def _turn(self, key: Key) -> Iterator[None]:
        with self._lock:
            turn = self._turns.setdefault(key, _Turn())
            turn.waiting += 1
        try:
            with turn.lock:
                yield
        finally:
            with self._lock:
                turn.waiting -= 1
                if not turn.waiting:
                    self._turns.pop(key, None)


@dataclass(slots=True)
class _Turn:
    """Who renders a page now, and how many wait for it."""

    lock: Any = field(default_factory=Lock)
    waiting: int = 0


def _finish(
    rendered: Rendered,
    follows: tuple[str, ...],
    revisions: tuple[int, ...],
    *,
    now: datetime,
    pack: bool,
) -> KeptPage:
    """Finish a page; packed only where it is kept, so that it is done once and not at each visit.

    What is kept is the same for everybody who may have it and holds no token of a form, so nobody
    learns a secret from how well it packs (BREACH).
    """
    worth_it = pack and len(rendered.body) >= LEAST_PACKED
    return KeptPage(
        body=rendered.body,
        packed=gzip.compress(rendered.body, 6, mtime=0) if worth_it else b"",
        etag=hashlib.blake2b(rendered.body, digest_size=16).hexdigest(),
        made_at=now,
        valid_until=rendered.valid_until,
        modified_at=now.replace(microsecond=0),
        follows=follows,
        revisions=revisions,
    )


def _follow(before: KeptPage | None, page: KeptPage) -> KeptPage:
    """Return `page` with the time of its last change: what says the same did not change."""
    if before is None:
        return page
    if before.etag == page.etag:
        return replace(page, modified_at=before.modified_at)
    # Two versions within one second would otherwise look alike to who asks by time.
    return replace(page, modified_at=max(page.modified_at, before.modified_at + timedelta(0, 1)))
