"""Answer with pages and feeds that are the same for everybody, from what is kept.

Such an answer carries a strong ETag and no cookie, and asks nobody's session. What was answered
once at an address without parameters is answered the next time before Flask sees the request.
"""

from collections import OrderedDict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from threading import Lock
from typing import TYPE_CHECKING
from weakref import WeakSet

from flask import Flask, Response, current_app, request
from werkzeug.http import http_date, parse_date, parse_etags

from coopoutreach.platform.core.clock import utcnow
from coopoutreach.platform.core.db import PUBLIC, Database
from coopoutreach.platform.web.page_store import KeptPage, Key, PageStore, Render
from coopoutreach.platform.web.security import RULE
from coopoutreach.platform.web.shown_again import is_shown_again

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

HTML = "text/html; charset=utf-8"
#: Pages are asked about at each visit; feeds may be served by a proxy for five minutes.
PAGE = "public, no-cache"
FEED = "public, max-age=300"
#: Feeds of one subscriber are kept by their program alone.
PRIVATE_FEED = "private, max-age=900"
_MOST_ADDRESSES = 2000
_SAFE = frozenset({"GET", "HEAD"})


@dataclass(frozen=True, slots=True)
class ResponseOptions:
    """How a kept page is sent: its type, who may keep it for how long, and further headers."""

    content_type: str = HTML
    cache: str = PAGE
    headers: tuple[tuple[str, str], ...] = ()


PLAIN = ResponseOptions()


@dataclass(frozen=True, slots=True)
class _Known:
    """What an address was answered with, and until when it would be again."""

    key: Key
    manner: ResponseOptions
    until: datetime
    #: Which of our addresses it is, for the log.
    rule: str


class CachedPageMiddleware:
    """Answers what is kept before Flask looks at the request, at a third of the cost.

    It knows only addresses that a view answered with a kept page: host and path, since hosts that
    are not ours were refused, and no parameters, since anybody may make those up.
    """

    def __init__(self, app: "WSGIApplication", keeper: PageStore) -> None:
        self._app = app
        self._keeper = keeper
        self._known: OrderedDict[tuple[str, str], _Known] = OrderedDict()
        self._lock = Lock()

    def __call__(
        self, environ: "WSGIEnvironment", start_response: "StartResponse"
    ) -> Iterable[bytes]:
        """Answer one request, or pass it on."""
        known = self._known.get(_address(environ)) if _is_plain(environ) else None
        now = utcnow()
        page = self._keeper.found(known.key, now=now) if known and now < known.until else None
        if known is None or page is None:
            return self._app(environ, start_response)
        environ[RULE] = known.rule
        status, headers, body = _answer(environ, page, known.manner)
        if body:
            headers.append(("Content-Length", str(len(body))))
        start_response(status, headers)
        return [] if environ["REQUEST_METHOD"] == "HEAD" else [body]

    def learn(
        self, environ: "WSGIEnvironment", key: Key, manner: ResponseOptions, *, until: datetime
    ) -> None:
        """Note what the address of this request is answered with."""
        if not _is_plain(environ):
            return
        with self._lock:
            self._known[_address(environ)] = _Known(key, manner, until, environ.get(RULE, ""))
            while len(self._known) > _MOST_ADDRESSES:
                self._known.popitem(last=False)


#: Every keeper there is, so that all can be told to forget.
_keepers: WeakSet[PageStore] = WeakSet()


def init_app(app: Flask, database: Database) -> None:
    """Give the application a keeper of pages, and the shortcut to it.

    Called before whatever completes the headers of each response is put around the application:
    what the shortcut answers needs them too.
    """
    app.wsgi_app = _keep_for(app, database)[1]  # type: ignore[method-assign]  # Flask's way


def _keep_for(app: Flask, database: Database) -> tuple[PageStore, CachedPageMiddleware]:
    keeper = PageStore(database)
    _keepers.add(keeper)
    made = keeper, CachedPageMiddleware(app.wsgi_app, keeper)
    app.extensions["page_cache"] = made
    return made


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
    manner: ResponseOptions = PLAIN,
    follows: tuple[str, ...] = (PUBLIC,),
) -> Response:
    """Answer the request with the kept page of `key`, or 304 if the reader has it.

    `key` holds what the page depends on, and only values from a list of ours, so that nobody
    fills the memory; None for what is not to be kept. `follows`: the revisions that end it
    (`core.db.touch`). What is private never takes the shortcut:
    each time somebody has to ask who may have it.
    """
    keeper, shortcut = _of(current_app)
    if key is None or is_shown_again():
        page = keeper.once(render, now=now)
    else:
        page = keeper.page(key, render, follows=follows, now=now)
        if manner.cache != PRIVATE_FEED:
            shortcut.learn(request.environ, key, manner, until=page.valid_until)
    status, headers, body = _answer(request.environ, page, manner)
    response = Response(body, status=status)
    response.headers.clear()
    response.headers.extend(headers)
    return response


def _of(app: Flask) -> tuple[PageStore, CachedPageMiddleware]:
    # Without `init_app` pages are kept all the same. The shortcut is not put in the way then:
    # at this point it would stand outside of what completes the headers.
    found: tuple[PageStore, CachedPageMiddleware] | None = app.extensions.get("page_cache")
    return found or _keep_for(app, app.extensions["database"])


def _is_plain(environ: "WSGIEnvironment") -> bool:
    return environ["REQUEST_METHOD"] in _SAFE and not environ.get("QUERY_STRING")


def _address(environ: "WSGIEnvironment") -> tuple[str, str]:
    return environ.get("HTTP_HOST", ""), environ["PATH_INFO"]


def _answer(
    environ: "WSGIEnvironment", page: KeptPage, manner: ResponseOptions
) -> tuple[str, list[tuple[str, str]], bytes]:
    """Return the status, the headers and the body that answer a request for the page."""
    packed = bool(page.packed) and _takes_gzip(environ)
    headers = [("ETag", _tag(page, packed=packed)), ("Cache-Control", manner.cache)]
    if page.packed:
        headers.append(("Vary", "Accept-Encoding"))
    if manner.cache == FEED:
        headers.append(("Last-Modified", http_date(page.modified_at)))
    if _has(environ, page, manner):
        return "304 NOT MODIFIED", headers, b""
    headers = [("Content-Type", manner.content_type), *manner.headers, *headers]
    if not packed:
        return "200 OK", headers, page.body
    return "200 OK", [*headers, ("Content-Encoding", "gzip")], page.packed


def _tag(page: KeptPage, *, packed: bool) -> str:
    """Return the ETag of the page as it is sent: other bytes have another (RFC 9110, 8.8.3)."""
    return f'"{page.etag}-gzip"' if packed else f'"{page.etag}"'


def _takes_gzip(environ: "WSGIEnvironment") -> bool:
    accepted: str = environ.get("HTTP_ACCEPT_ENCODING", "")
    return "gzip" in accepted and "gzip;q=0" not in accepted.replace(" ", "")


def _has(environ: "WSGIEnvironment", page: KeptPage, manner: ResponseOptions) -> bool:
    """Return whether the reader says that it has this very page."""
    named = environ.get("HTTP_IF_NONE_MATCH")
    if named is not None:
        # What is asked by name is not asked by time (RFC 9110, 13.2.2).
        forms = (page.etag, f"{page.etag}-gzip")
        # Most send back what they got, alone; the others are taken apart.
        return named in {f'"{form}"' for form in forms} or any(
            parse_etags(named).contains_weak(form) for form in forms
        )
    if manner.cache == FEED and "HTTP_IF_MODIFIED_SINCE" in environ:
        since = parse_date(environ["HTTP_IF_MODIFIED_SINCE"])
        return since is not None and page.modified_at <= since
    return False
