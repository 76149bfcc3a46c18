"""Keep what was rendered, for pages and feeds that are the same for everybody.

A kept page is right for as long as the revision it was made at stands (`core.db.touch` ends it, in
the transaction that changes what it shows) and until the next moment at which time alone would
change it. Asking for the revision is the one read of a request that finds its page kept.
"""

import hashlib
from collections import OrderedDict
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, time, timedelta
from http import HTTPStatus
from threading import Lock
from typing import Any
from weakref import WeakSet
from zoneinfo import ZoneInfo

from flask import Flask, Response, current_app, request
from sqlalchemy.orm import Session

from coopoutreach.core.db import Database
from coopoutreach.core.spanish import HOME_ZONE
from coopoutreach.web.revision import RevisionReader

HTML = "text/html; charset=utf-8"
#: Pages are asked about at each visit; feeds may be served by a proxy for five minutes.
PAGE = "public, no-cache"
FEED = "public, max-age=300"
#: What all kept pages of one database may weigh together, in bytes, and how many there may be.
MOST_BYTES = 24 * 1024 * 1024
MOST_PAGES = 1000

Key = tuple[object, ...]


@dataclass(frozen=True, slots=True)
class Rendered:
    """What a page says now, and the moment at which that changes by time alone."""

    body: bytes
    valid_until: datetime


@dataclass(frozen=True, slots=True)
class KeptPage:
    """A finished page: its bytes, their name, and how long they are right."""

    body: bytes
    etag: str
    made_at: datetime
    valid_until: datetime
    modified_at: datetime
    revision: int


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


class Keeper:
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

    def page(self, key: Key, render: Render, *, now: datetime) -> KeptPage:
        """Return the page of `key`, rendered by one thread at a time if it is not kept."""
        found = self._find(key, self._revision.number(), now)
        if found:
            return found
        with self._turn(key):
            # The number is read before what is rendered from: a change in between makes the
            # page old at once, never wrong for long.
            revision = self._revision.number()
            return self._find(key, revision, now) or self._make(key, render, revision, now)

    def once(self, render: Render, *, now: datetime) -> KeptPage:
        """Return a page that is not worth keeping, since what was asked is anybody's text."""
        return _finish(self._render(render), revision=-1, now=now)

    def forget(self) -> None:
        """Drop every page."""
        with self._lock:
            self._pages.clear()
            self._bytes = 0

    def _find(self, key: Key, revision: int, now: datetime) -> KeptPage | None:
        with self._lock:
            page = self._pages.get(key)
            if page is None or page.revision != revision:
                return None
            if not page.made_at <= now < page.valid_until:
                return None
            self._pages.move_to_end(key)
            return page

    def _make(self, key: Key, render: Render, revision: int, now: datetime) -> KeptPage:
        page = _finish(self._render(render), revision=revision, now=now)
        with self._lock:
            page = _follow(self._pages.get(key), page)
            self._drop(key)
            if len(page.body) <= self._most_bytes:
                self._pages[key] = page
                self._bytes += len(page.body)
            while self._bytes > self._most_bytes or len(self._pages) > self._most_pages:
                self._drop(next(iter(self._pages)))
        return page

    def _render(self, render: Render) -> Rendered:
        with self._database.reading() as session:
            return render(session)

    def _drop(self, key: Key) -> None:
        dropped = self._pages.pop(key, None)
        if dropped:
            self._bytes -= len(dropped.body)

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


def _finish(rendered: Rendered, *, revision: int, now: datetime) -> KeptPage:
    return KeptPage(
        body=rendered.body,
        etag=hashlib.blake2b(rendered.body, digest_size=16).hexdigest(),
        made_at=now,
        valid_until=rendered.valid_until,
        modified_at=now.replace(microsecond=0),
        revision=revision,
    )


def _follow(before: KeptPage | None, page: KeptPage) -> KeptPage:
    """Return `page` with the time of its last change: what says the same did not change."""
    if before is None:
        return page
    if before.etag == page.etag:
        return replace(page, modified_at=before.modified_at)
    # Two versions within one second would otherwise look alike to who asks by time.
    return replace(page, modified_at=max(page.modified_at, before.modified_at + timedelta(0, 1)))


#: Every keeper there is, so that all can be told to forget.
_keepers: WeakSet[Keeper] = WeakSet()


def init_app(app: Flask, database: Database) -> None:
    """Give the application a keeper of the pages made from its database."""
    keeper = Keeper(database)
    _keepers.add(keeper)
    app.extensions["kept"] = keeper


def forget_all() -> None:
    """Drop every page of every database; for tests, which empty theirs."""
    for keeper in _keepers:
        keeper.forget()


def template(name: str, /, **context: object) -> bytes:
    """Return a template as it reads for everybody: nothing in it knows who asks.

    `flask.render_template` would look up who is signed in, and with that the session.
    """
    text: str = current_app.jinja_env.get_template(name).render(context)
    return text.encode()


def respond(
    key: Key | None,
    render: Render,
    *,
    now: datetime,
    content_type: str = HTML,
    cache: str = PAGE,
    headers: Mapping[str, str] | None = None,
) -> Response:
    """Answer the request with the kept page of `key`, or 304 if the reader has it.

    `key` holds what the page depends on, and only values from a list of ours, so that nobody
    fills the memory; None for what is not to be kept.
    """
    keeper = _keeper()
    page = keeper.once(render, now=now) if key is None else keeper.page(key, render, now=now)
    response = _not_modified() if _has(page, cache) else Response(page.body)
    said = response.headers
    if response.status_code == HTTPStatus.OK:
        said["Content-Type"] = content_type
        for name, value in (headers or {}).items():
            said[name] = value
    said["ETag"] = f'"{page.etag}"'
    said["Cache-Control"] = cache
    if cache == FEED:
        response.last_modified = page.modified_at
    return response


def _keeper() -> Keeper:
    """Return the application's keeper, made at the first question."""
    if "kept" not in current_app.extensions:
        init_app(current_app, current_app.extensions["database"])
    keeper: Keeper = current_app.extensions["kept"]
    return keeper


def _not_modified() -> Response:
    response = Response(status=HTTPStatus.NOT_MODIFIED)
    del response.headers["Content-Type"]
    return response


def _has(page: KeptPage, cache: str) -> bool:
    """Return whether the reader says that it has this very page."""
    environ = request.environ
    if "HTTP_IF_NONE_MATCH" in environ:
        # What is asked by name is not asked by time (RFC 9110, 13.2.2).
        return request.if_none_match.contains_weak(page.etag)
    if cache == FEED and "HTTP_IF_MODIFIED_SINCE" in environ:
        since = request.if_modified_since
        return since is not None and page.modified_at <= since
    return False
