"""Server-side sessions: the cookie is a secret, the database keeps its hash.

Who has no account gets a cookie only with a form, and no row: the form's token is made from the
cookie's secret. A page that asks neither who is signed in nor for a token costs no query, sets no
cookie and may be kept by anybody.
"""

from collections.abc import Callable
from datetime import datetime
from functools import wraps
from typing import Any, ParamSpec, TypeVar

import structlog
from flask import Flask, Request, Response, current_app, flash, request, session
from flask.sessions import SessionInterface, SessionMixin
from flask_babel import gettext as _
from flask_login import AnonymousUserMixin, LoginManager, current_user
from flask_wtf.csrf import CSRFProtect
from itsdangerous import BadSignature, URLSafeTimedSerializer
from sqlalchemy import update
from sqlalchemy.exc import OperationalError
from typing_extensions import override

from coopoutreach.people.accounts import rules
from coopoutreach.people.accounts.browsers import BrowserSession
from coopoutreach.people.accounts.commands.sessions import Browser
from coopoutreach.people.accounts.models import User, UserSession
from coopoutreach.platform.access.guard import SAFE, SignInNeeded
from coopoutreach.platform.core.clock import utcnow
from coopoutreach.platform.core.db import db, release_request_session
from coopoutreach.platform.core.links import digest
from coopoutreach.platform.core.settings import Settings
from coopoutreach.platform.web.shown_again import is_shown_again
from coopoutreach.platform.web.transaction import separate_transaction

logger = structlog.get_logger(__name__)

P = ParamSpec("P")
R = TypeVar("R")

COOKIE = "__Host-mesa"
#: What is to be said on the next page to who has no account: nothing of it is stored here.
SAID = "__Host-dicho"
SAID_SECONDS = 120
_SEE_OTHER = 303
#: A form may lie open for as long as a day's work; its token is of one browser anyway.
FORM_SECONDS = 12 * 3600


class Anonymous(AnonymousUserMixin):  # type: ignore[misc]  # flask_login ships no types
    """Whoever is not signed in."""

    id = None
    email = ""
    name = ""
    role = None
    actor = "anonymous"


class _FormCheck(CSRFProtect):  # type: ignore[misc]  # flask_wtf ships no types
    """Flask-WTF's check, without its look-ups where nothing is changed."""

    @override
    def protect(self, apply_exemptions: bool = False) -> None:
        # What is only shown again is not sent.
        if request.method not in SAFE and not is_shown_again():
            super().protect(apply_exemptions)


class Sessions(SessionInterface):
    """Opens a browser's session for Flask, and keeps what changed in it."""

    def __init__(self, key: bytes) -> None:
        self._key = key
        self._signer = URLSafeTimedSerializer(key, salt="said on the next page")

    @override
    def open_session(self, app: Flask, request: Request) -> BrowserSession:
        return BrowserSession(
            lambda: request.cookies.get(COOKIE), self._key, lambda: self._said(request)
        )

    @override
    def save_session(self, app: Flask, session: SessionMixin, response: Response) -> None:
        browser = session
        if not isinstance(browser, BrowserSession) or not browser.asked:
            return
        _keep(browser)
        if browser.issued and browser.secret is not None:
            _set_cookie(response, browser.secret)
        elif browser.ended:
            _set_cookie(response, "", max_age=0)
        self._keep_said(browser, response)
        if response.cache_control.public:
            # The answer holds what is for one browser only, whatever the view said.
            del response.headers["Cache-Control"]
        response.vary.add("Cookie")

    def _said(self, request: Request) -> list[list[str]]:
        """Return the sentences that wait in this browser, of who is not signed in."""
        try:
            said: list[list[str]] = self._signer.loads(
                request.cookies.get(SAID, ""), max_age=SAID_SECONDS
            )
        except BadSignature:
            return []
        return said

    def _keep_said(self, browser: BrowserSession, response: Response) -> None:
        if browser.new_flashes is None or browser.looked_up is not None:
            return
        said = str(self._signer.dumps(browser.new_flashes)) if browser.new_flashes else ""
        response.set_cookie(
            SAID,
            said,
            max_age=SAID_SECONDS if said else 0,
            path="/",
            secure=True,
            httponly=True,
            samesite="Lax",
        )


def init_app(app: Flask, settings: Settings) -> None:
    """Give `app` its sessions, the check of forms, and `current_user`."""
    app.session_interface = Sessions(settings.secret_key.encode())
    app.config.update(
        SESSION_COOKIE_NAME=COOKIE,
        SESSION_COOKIE_SECURE=True,
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_PATH="/",
        WTF_CSRF_SSL_STRICT=True,
        WTF_CSRF_TIME_LIMIT=FORM_SECONDS,
    )
    _FormCheck(app)
    app.after_request(_tell_of_change)
    login = LoginManager()
    login.session_protection = None
    login.anonymous_user = Anonymous
    login.request_loader(lambda _request: signed_in_user())
    # Not by its init_app(): that keeps a cookie of its own at every request, and asks who is
    # signed in for every page that is rendered.
    app.login_manager = login  # type: ignore[attr-defined]  # where flask_login looks
    app.jinja_env.globals["current_user"] = current_user


def browser_session() -> BrowserSession:
    """Return the session of the browser that this request came from."""
    found = session._get_current_object()  # type: ignore[attr-defined]  # noqa: SLF001 (the proxy's)
    if not isinstance(found, BrowserSession):
        raise TypeError("Call init_app() first.")
    return found


def signed_in_user() -> User | None:
    """Return who is signed in."""
    row = browser_session().row
    return row.user if row is not None else None


def account() -> str:
    """Return the number of the account that is signed in, "" for nobody."""
    row = browser_session().row
    return str(row.user_id) if row is not None else ""


def browser() -> Browser:
    """Return what is kept of the browser that this request came from."""
    return Browser(
        address=request.remote_addr or "",
        name=request.user_agent.string,
        secret=browser_session().secret,
    )


def signed_in(view: Callable[P, R]) -> Callable[P, R]:
    """Open the view to whoever has an account, for what is their own.

    Unlike `requires` it opens no writing transaction: hashing a password inside one would hold
    everybody else up.
    """

    @wraps(view)
    def guarded(*args: P.args, **kwargs: P.kwargs) -> R:
        if not current_user.is_authenticated:
            raise SignInNeeded("Ingrese para continuar.")
        return view(*args, **kwargs)

    guarded.access = "signed-in"  # type: ignore[attr-defined]  # read by the tests
    return guarded


def _tell_of_change(response: Response) -> Response:
    """Say on the next page that something was done, where the view said nothing of its own.

    To whoever acts by link: they have no other page on which to see it.
    """
    view = current_app.view_functions.get(request.endpoint or "")
    acted = request.method not in SAFE and response.status_code == _SEE_OTHER
    if acted and getattr(view, "access", None) == "link":
        browser = browser_session()
        if browser.new_flashes is None:
            flash(_("Listo: quedó guardado."), "success")
    return response


def _keep(browser: BrowserSession) -> None:
    """Write what changed: an update, so that a session which ended meanwhile stays ended."""
    row, now = browser.looked_up, utcnow()
    if row is None or browser.secret is None:
        return
    values: dict[str, Any] = {}
    if browser.new_flashes is not None:
        values["flashes"] = browser.new_flashes
    if now - row.last_seen_at >= rules.SEEN_EVERY:
        values["last_seen_at"] = now
    if values:
        _update(browser.secret, values, now)


def _update(secret: str, values: dict[str, Any], now: datetime) -> None:
    if db.session.registry.has():
        # Nothing of the request is written any more, and SQLite has one writer.
        release_request_session()
    try:
        with separate_transaction() as apart:
            apart.execute(
                update(UserSession).where(UserSession.token_hash == digest(secret)).values(values)
            )
    except OperationalError as error:
        # The answer is right without it.
        logger.warning("session.not_kept", error=str(error.orig), at=now.isoformat())


def _set_cookie(response: Response, value: str, *, max_age: int | None = None) -> None:
    response.set_cookie(
        COOKIE, value, max_age=max_age, path="/", secure=True, httponly=True, samesite="Lax"
    )
