"""What holds of every response, and what no request may bring."""

from collections.abc import Iterable
from itertools import count
from os import getpid
from re import compile as pattern
from secrets import token_hex
from time import perf_counter
from typing import TYPE_CHECKING, Any, cast
from urllib.parse import unquote_to_bytes

from flask import Flask, Response, g, request
from werkzeug.exceptions import BadRequest
from werkzeug.middleware.proxy_fix import ProxyFix

from coopoutreach.platform.core.settings import Settings
from coopoutreach.platform.web import log, uploads

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

#: No form but an upload needs more.
MOST_BYTES = 1024 * 1024
MOST_FORM_BYTES = 512 * 1024
MOST_PARTS = 500

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
    "font-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; "
    "frame-ancestors 'none'; object-src 'none'"
)
#: On every response, unless it says otherwise itself.
HEADERS = (
    ("Content-Security-Policy", POLICY),
    ("X-Content-Type-Options", "nosniff"),
    ("X-Frame-Options", "DENY"),
    # With `no-referrer`, browsers send `Origin: null` and the check of forms fails over HTTPS;
    # with `same-origin`, the secret of a link would reach our own log.
    ("Referrer-Policy", "strict-origin"),
    (
        "Permissions-Policy",
        "camera=(), microphone=(), geolocation=(), payment=(), usb=(), browsing-topics=()",
    ),
    ("Cross-Origin-Opener-Policy", "same-origin"),
    ("Cross-Origin-Resource-Policy", "same-origin"),
)
HSTS = ("Strict-Transport-Security", "max-age=63072000; includeSubDomains")
#: On what does not say by itself that it may be kept: it is for one person, or a refusal.
PRIVATE = (
    ("Cache-Control", "no-store"),
    ("Vary", "Cookie"),
    ("X-Robots-Tag", "noindex, nofollow"),
)
FOREVER = ("Cache-Control", "public, max-age=31536000, immutable")
#: The bundle's files carry a hash of their content in their name.
_HASHED = pattern(r"/static/dist/(?:[\w-]+/)*[\w.-]+-[A-Z0-9]{8}\.\w+")
_PLAIN = pattern(r"[!-$&-~ ]*").fullmatch
_UNSAFE = frozenset({"POST", "PUT", "PATCH", "DELETE"})
#: Characters that no page may hold: https://html.spec.whatwg.org/#preprocessing-the-input-stream
_NONCHARACTERS = "".join(
    chr(plane << 16 | last) for plane in range(17) for last in (0xFFFE, 0xFFFF)
)
_NOT_OF_PAGES = pattern(rf"[\x01-\x08\x0b\x0e-\x1f\x7f-\x9f\ufdd0-\ufdef{_NONCHARACTERS}]")

#: A request's number: when this started, which process, and which of its requests. Not a secret,
#: and ten times as quick as a random one.
_START = token_hex(4)
_numbers = count(1)

_ID = "coopoutreach.request_id"
_DOUBTFUL = "coopoutreach.doubtful"
#: Where the rule stands that a request was answered by, such as `/inscripciones/<token>`: what the
#: log says instead of the address, in which there may be a secret.
RULE = "coopoutreach.rule"


def init_app(app: Flask, settings: Settings) -> None:
    """Put the envelope around `app`: headers, a log line, and what is refused unread."""
    log.configure()
    app.config.update(
        TRUSTED_HOSTS=list(settings.trusted_hosts),
        MAX_CONTENT_LENGTH=MOST_BYTES,
        MAX_FORM_MEMORY_SIZE=MOST_FORM_BYTES,
        MAX_FORM_PARTS=MOST_PARTS,
    )
    app.before_request(_note_rule)
    app.before_request(_refuse_unreadable)
    app.after_request(_echo_as_html)
    inner: Any = app.wsgi_app
    if settings.proxy_hops:
        # Without a proxy whose number of hops is known, these headers are anybody's word. Each
        # proxy adds an address; the scheme is one word, which the nearest sets or hands on.
        inner = ProxyFix(inner, x_for=settings.proxy_hops, x_proto=1, x_host=0, x_prefix=0)
    app.wsgi_app = Envelope(inner, secure=settings.secure)  # type: ignore[method-assign]  # Flask's way


class Envelope:
    """Completes every response with the headers it lacks, and logs it.

    It stands around Flask, so that what Flask answers by itself is no exception, and so that it
    costs microseconds.
    """

    def __init__(self, app: "WSGIApplication", *, secure: bool) -> None:
        self._app = app
        self._headers = [*HEADERS, HSTS] if secure else list(HEADERS)
        self._names = {name.lower() for name, _ in self._headers}

    def __call__(
        self, environ: "WSGIEnvironment", start_response: "StartResponse"
    ) -> Iterable[bytes]:
        """Answer one request."""
        began = perf_counter()
        request_id = environ[_ID] = f"{_START}-{getpid():x}-{next(_numbers):x}"
        path: str = environ["PATH_INFO"]
        method: str = environ["REQUEST_METHOD"]
        # Nearly all addresses are plain; those need not be looked at again.
        environ[_DOUBTFUL] = method in _UNSAFE or not _PLAIN(path + environ["QUERY_STRING"])

        def start(status: str, headers: list[tuple[str, str]], exc_info: Any = None) -> Any:
            self._complete(path, status, headers)
            log.request_done(
                request_id,
                method=method,
                path=environ.get(RULE) or log.without_words(path),
                status=status[:3],
                ms=(perf_counter() - began) * 1000,
                address=environ.get("REMOTE_ADDR", ""),
            )
            return start_response(status, headers, exc_info)

        return self._app(environ, cast("StartResponse", start))

    def _complete(self, path: str, status: str, headers: list[tuple[str, str]]) -> None:
        given = {name.lower() for name, _ in headers}
        if given.isdisjoint(self._names):
            headers += self._headers
        else:
            headers += [header for header in self._headers if header[0].lower() not in given]
        if "cache-control" not in given:
            headers += [header for header in PRIVATE if header[0].lower() not in given]
        elif status[:3] in ("200", "304") and _HASHED.fullmatch(path):
            headers[:] = [header for header in headers if header[0].lower() != "cache-control"]
            headers.append(FOREVER)


def _note_rule() -> None:
    if request.url_rule is not None:
        request.environ[RULE] = request.url_rule.rule


def _refuse_unreadable() -> None:
    """Refuse NUL and what is not UTF-8, in the address and in forms, and forms of other sites."""
    environ = request.environ
    g.request_id = environ.get(_ID)
    if not environ.get(_DOUBTFUL, True):
        return
    if not _is_clean(request.path) or not _is_text(request.query_string):
        raise BadRequest
    if request.method not in _UNSAFE:
        return
    if request.headers.get("Sec-Fetch-Site") == "cross-site":
        raise BadRequest
    request.max_content_length = uploads.most_bytes(otherwise=MOST_BYTES)
    if request.mimetype == "application/x-www-form-urlencoded":
        # Werkzeug leaves what it cannot decode as it is: the body itself must be looked at.
        if not _is_text(request.get_data(cache=True)):
            raise BadRequest
    elif not all(_is_clean(text) for item in request.form.items(multi=True) for text in item):
        raise BadRequest


def _echo_as_html(response: Response) -> Response:
    """Leave out what no page may hold, of a page that may show what its reader typed."""
    if response.mimetype != "text/html" or response.direct_passthrough:
        return response
    # What is packed is kept for everybody: nobody's words are in it.
    if (request.method in _UNSAFE or request.query_string) and not response.content_encoding:
        page = response.get_data(as_text=True)
        if _NOT_OF_PAGES.search(page):
            response.set_data(_NOT_OF_PAGES.sub("", page))
    return response


def _is_clean(text: str) -> bool:
    # U+FFFD is what stands where something could not be decoded.
    return "\x00" not in text and "\ufffd" not in text


def _is_text(encoded: bytes) -> bool:
    if not encoded:
        return True
    try:
        return _is_clean(unquote_to_bytes(encoded).decode())
    except UnicodeDecodeError:
        return False
