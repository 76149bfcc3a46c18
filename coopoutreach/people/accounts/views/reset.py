"""Choosing a password by a link: because it was forgotten, or because there is none yet."""

from contextlib import suppress

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from coopoutreach.people.accounts import commands, passwords, queries, rules, sessions
from coopoutreach.people.accounts.errors import LinkSpent, UnsuitablePassword
from coopoutreach.people.accounts.forms import EmailForm, NewPasswordForm
from coopoutreach.people.accounts.models import LinkPurpose
from coopoutreach.people.accounts.views.blueprint import (
    GONE,
    bp,
    count,
    database,
    forget_passwords,
    network,
    say_beside_field,
)
from coopoutreach.platform.access.guard import by_link, public
from coopoutreach.platform.core.clock import utcnow
from coopoutreach.platform.limits.errors import TooOften
from coopoutreach.platform.web.forms import INVALID
from coopoutreach.platform.web.transaction import transaction

NEW_PASSWORD = frozenset({LinkPurpose.RESET, LinkPurpose.INVITATION})


@bp.get("/clave/olvidada")
@public
def forgotten() -> ResponseReturnValue:
    """Ask which address to send a link to."""
    return render_template("people/accounts/forgotten.html", form=EmailForm())


@bp.post("/clave/olvidada")
@public
def request_reset() -> ResponseReturnValue:
    """Owe the link; the answer is the same whether or not there is an account."""
    form = EmailForm(request.form)
    if not form.validate():
        return render_template("people/accounts/forgotten.html", form=form), INVALID
    count(link_per_network=network())
    # As for sign-in links: silence, so that nobody learns which addresses are known.
    with suppress(TooOften):
        count(link_per_account=rules.email_key(form.email.data))
        browser = sessions.browser()
        with transaction() as session:
            commands.request_reset(session, form.email.data, browser=browser, now=utcnow())
    return redirect(url_for("accounts.reset_sent"), 303)


@bp.get("/clave/olvidada/enviado")
@public
def reset_sent() -> ResponseReturnValue:
    """Say what happens next."""
    return render_template(
        "people/accounts/link_sent.html", minutes=30, again=url_for(".forgotten")
    )


@bp.get("/clave/nueva/<token>")
@by_link
def new_password(token: str) -> ResponseReturnValue:
    """Show the form for a new password."""
    if _whose(token) is None:
        return _spent()
    return render_template("people/accounts/new_password.html", form=NewPasswordForm(), token=token)


@bp.post("/clave/nueva/<token>")
@by_link
def set_new_password(token: str) -> ResponseReturnValue:
    """Set the password that was chosen. Nobody is signed in by it."""
    count(link_per_network=network())
    about = _whose(token)
    if about is None:
        return _spent()
    form = NewPasswordForm(request.form)
    if not form.validate() or not _is_suitable(form, about):
        return _again(form, token)
    hashed = passwords.hash_password(form.password.data)
    try:
        with transaction() as session:
            commands.reset_password(session, token, password_hash=hashed, now=utcnow())
    except LinkSpent:
        return _spent()
    return redirect(url_for("accounts.password_set"), 303)


@bp.get("/clave/guardada")
@public
def password_set() -> ResponseReturnValue:
    """Say that the new password holds."""
    return render_template("people/accounts/password_set.html")


def _whose(token: str) -> tuple[str, str] | None:
    """Return address and name of whoever a link is for, if it may still be used."""
    with database().reading() as session:
        link = queries.link_by_secret(session, token, NEW_PASSWORD, now=utcnow())
        return (link.user.email, link.user.name) if link is not None else None


def _is_suitable(form: NewPasswordForm, about: tuple[str, str]) -> bool:
    problem = rules.password_problem(form.password.data, about=about)
    if problem:
        say_beside_field(form, UnsuitablePassword(problem))
    return problem is None


def _again(form: NewPasswordForm, token: str) -> ResponseReturnValue:
    forget_passwords(form)
    return render_template("people/accounts/new_password.html", form=form, token=token), INVALID


def _spent() -> ResponseReturnValue:
    page = render_template("people/accounts/link_spent.html", again=url_for("accounts.forgotten"))
    return page, GONE
