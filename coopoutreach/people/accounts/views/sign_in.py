"""Coming in with a password, and going out."""

from contextlib import suppress
from typing import NamedTuple

import structlog
from flask import make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from coopoutreach.people.accounts import commands, passwords, queries, rules, sessions
from coopoutreach.people.accounts.errors import WrongCredentials
from coopoutreach.people.accounts.forms import SignInForm
from coopoutreach.people.accounts.views.blueprint import (
    bp,
    count,
    database,
    destination,
    forget_passwords,
    network,
    say_beside_field,
)
from coopoutreach.platform.access.guard import public
from coopoutreach.platform.core.clock import utcnow
from coopoutreach.platform.limits.errors import TooOften
from coopoutreach.platform.limits.rules import network_of
from coopoutreach.platform.web.forms import INVALID
from coopoutreach.platform.web.transaction import separate_transaction, transaction

logger = structlog.get_logger(__name__)


class _Account(NamedTuple):
    """What is known of an account before its password is checked."""

    user_id: int
    password_hash: str | None


@bp.get("/ingresar")
@public
def sign_in() -> ResponseReturnValue:
    """Show the form, or lead who is in already to where they work."""
    user = sessions.signed_in_user()
    wanted = request.args.get("next")
    if user is not None:
        return redirect(destination(wanted, user), 303)
    return render_template("people/accounts/sign_in.html", form=SignInForm(data={"next": wanted}))


@bp.post("/ingresar")
@public
def submit_sign_in() -> ResponseReturnValue:
    """Check address and password, and open a session."""
    form = SignInForm(request.form)
    if not form.validate():
        return _again(form)
    account = _account(form.email.data)
    _count(form.email.data, account)
    secret = _open(account, form.password.data)
    if secret is None:
        with separate_transaction() as session:
            user_id = account.user_id if account else None
            commands.note_refused(session, user_id, address=network(), now=utcnow())
        say_beside_field(form, WrongCredentials())
        return _again(form)
    return _in(secret, form.next.data)


@bp.get("/salir")
@public
def leave() -> ResponseReturnValue:
    """Show the button that ends the session: looking at a page never does."""
    return render_template("people/accounts/leave.html", user=sessions.signed_in_user())


@bp.post("/salir")
@public
def sign_out() -> ResponseReturnValue:
    """End the session, and have the browser forget what it kept of us."""
    browser = sessions.browser_session()
    if browser.secret is not None:
        with transaction() as session:
            commands.sign_out(session, browser.secret, now=utcnow())
    browser.end()
    response = make_response(redirect(url_for("accounts.sign_in"), 303))
    response.headers["Clear-Site-Data"] = '"cache", "storage"'
    return response


def _account(email: str) -> _Account | None:
    with database().reading() as session:
        user = queries.user_by_email(session, email)
        if user is None:
            return None
        return _Account(user.id, user.password_hash if user.active else None)


def _count(email: str, account: _Account | None) -> None:
    """Count the attempt, right or wrong, by address and network together.

    Whoever tries passwords from elsewhere cannot keep the account's owner out.
    """
    count(sign_in_global="all", sign_in_per_network=network())
    try:
        count(sign_in_per_account=f"{rules.email_key(email)} {network_of(network())}")
    except TooOften:
        logger.warning("accounts.sign_in_limited", user_id=account.user_id if account else None)
        if account is not None and account.password_hash is not None:
            with separate_transaction() as session:
                commands.warn_of_attempts(session, account.user_id, address=network(), now=utcnow())
        raise


def _open(account: _Account | None, password: str) -> str | None:
    """Open a session if the password is right; return its secret, or None."""
    verified = account.password_hash if account else None
    # Asked even where there is nothing to compare with, so that it takes as long.
    if not passwords.matches(verified, password) or account is None or verified is None:
        return None
    renewed = passwords.hash_password(password) if passwords.is_outdated(verified) else None
    browser = sessions.browser()
    with suppress(WrongCredentials), transaction() as session:
        return commands.sign_in(
            session,
            account.user_id,
            verified_hash=verified,
            renewed_hash=renewed,
            browser=browser,
            now=utcnow(),
        )
    return None


def _in(secret: str, wanted: str | None) -> ResponseReturnValue:
    browser = sessions.browser_session()
    browser.issue(secret)
    user = sessions.signed_in_user()
    if user is None:
        raise WrongCredentials
    return redirect(destination(wanted, user), 303)


def _again(form: SignInForm) -> ResponseReturnValue:
    forget_passwords(form)
    return render_template("people/accounts/sign_in.html", form=form), INVALID
