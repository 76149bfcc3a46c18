"""Ask who is signed in to show it anew, before what others could misuse at an open browser."""

from collections.abc import Callable
from contextlib import suppress
from functools import wraps
from typing import ParamSpec

from flask import render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from coopoutreach.people.accounts import commands, passwords, queries, rules, sessions
from coopoutreach.people.accounts.errors import WrongPassword
from coopoutreach.people.accounts.models import User, UserSession
from coopoutreach.people.accounts.views.blueprint import count, database, network
from coopoutreach.platform.core.clock import utcnow
from coopoutreach.platform.limits.errors import TooOften
from coopoutreach.platform.limits.rules import network_of
from coopoutreach.platform.web.forms import INVALID
from coopoutreach.platform.web.shown_again import is_shown_again
from coopoutreach.platform.web.transaction import separate_transaction

P = ParamSpec("P")

#: Nothing was done: whoever asks must show first who they are.
_UNCONFIRMED = 401
#: The fields that the page adds to those of the form that was sent.
_HOW, _PASSWORD = "confirm", "confirm_password"
_OWN = frozenset({_HOW, _PASSWORD, "csrf_token"})


def recently_signed_in(
    view: Callable[P, ResponseReturnValue],
) -> Callable[P, ResponseReturnValue]:
    """Open a view that changes something to who showed not long ago who they are.

    Anybody else gets a page that asks for the password, or mails a link, and holds all that was
    sent: with the password, the view goes on with it. It stands above `requires`, which opens
    the transaction: hashing a password inside one would hold everybody else up.
    """

    @wraps(view)
    def guarded(*args: P.args, **kwargs: P.kwargs) -> ResponseReturnValue:
        row = sessions.browser_session().row
        # Where a form is only shown again nothing is done that others could misuse.
        asks = row is not None and not is_shown_again() and not _is_recent(row)
        question = _question(row.user) if row is not None and asks else None
        return view(*args, **kwargs) if question is None else question

    return guarded


def _question(user: User) -> tuple[str, int] | None:
    """Return the page that asks who is here, or None if what was sent tells it."""
    how = request.form.get(_HOW)
    if how is None:
        return _page(user), _UNCONFIRMED
    if how == "link":
        _mail_link(user)
        return _page(user, sent=True), _UNCONFIRMED
    try:
        _check(user)
    except WrongPassword as error:
        return _page(user, problem=str(error)), INVALID
    return None


def _is_recent(row: UserSession) -> bool:
    return rules.is_recent(created_at=row.created_at, confirmed_at=row.confirmed_at, now=utcnow())


def _check(user: User) -> None:
    """Note that whoever is here knows the password.

    :raises WrongPassword: if they do not
    """
    count(sign_in_per_account=f"{user.email} {network_of(network())}")
    with database().reading() as session:
        verified = queries.password_hash_of(session, user.id)
    given = request.form.get(_PASSWORD, "")
    if not passwords.matches(verified, given) or verified is None:
        raise WrongPassword
    secret = sessions.browser_session().secret or ""
    with separate_transaction() as session:
        commands.confirm(session, secret, verified_hash=verified, now=utcnow())


def _mail_link(user: User) -> None:
    browser = sessions.browser()
    with suppress(TooOften):
        count(link_per_network=network(), link_per_account=user.email)
        with separate_transaction() as session:
            commands.request_link(session, user.email, browser=browser, now=utcnow())


def _page(user: User, *, problem: str = "", sent: bool = False) -> str:
    with database().reading() as session:
        has_password = queries.password_hash_of(session, user.id) is not None
    return render_template(
        "people/accounts/confirm.html",
        fields=[pair for pair in request.form.items(multi=True) if pair[0] not in _OWN],
        action=request.full_path if request.query_string else request.path,
        has_password=has_password,
        problem=problem if has_password else _still_unused(problem),
        sent=sent,
    )


def _still_unused(problem: str) -> str:
    return _("Todavía no usa el enlace.") if problem else ""
