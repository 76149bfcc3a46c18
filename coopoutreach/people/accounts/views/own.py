"""One's own account: the password, and where one is signed in."""

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from coopoutreach.people.accounts import commands, passwords, queries, rules, sessions
from coopoutreach.people.accounts.errors import UnsuitablePassword, WrongPassword
from coopoutreach.people.accounts.forms import ChangePasswordForm
from coopoutreach.people.accounts.sessions import signed_in
from coopoutreach.people.accounts.views.blueprint import (
    bp,
    count,
    database,
    forget_passwords,
    network,
    say_beside_field,
)
from coopoutreach.platform.core import spanish
from coopoutreach.platform.core.clock import utcnow
from coopoutreach.platform.core.errors import DomainError, NotFound
from coopoutreach.platform.limits.rules import network_of
from coopoutreach.platform.web.forms import INVALID
from coopoutreach.platform.web.transaction import reading, transaction


@bp.get("/mi-cuenta")
@signed_in
def account() -> ResponseReturnValue:
    """Show who one is here, and in which browsers one is signed in."""
    found = queries.sessions_of(reading(), current_user.id, now=utcnow())
    row = sessions.browser_session().row
    rows = [
        {
            "id": one.id,
            "browser": rules.browser_name(one.browser),
            "address": one.address,
            "since": spanish.daytime(spanish.wall(one.created_at)),
            "seen": spanish.daytime(spanish.wall(one.last_seen_at)),
            "this": row is not None and one.id == row.id,
        }
        for one in found
    ]
    return render_template("people/accounts/account.html", rows=rows)


@bp.post("/mi-cuenta/sesiones/cerrar")
@signed_in
def close_session() -> ResponseReturnValue:
    """End one of one's own sessions, or all but this one."""
    wanted = request.form.get("session", "")
    user_id, actor, now = current_user.id, current_user.actor, utcnow()
    secret = sessions.browser_session().secret or ""
    with transaction() as session:
        if wanted == "others":
            commands.close_other_sessions(
                session, user_id, keep_secret=secret, actor=actor, now=now
            )
        elif not (
            wanted.isascii()
            and wanted.isdecimal()
            and len(wanted) < 10  # noqa: PLR2004 (more is no number of a row)
            and commands.close_session(session, int(wanted), user_id=user_id, actor=actor, now=now)
        ):
            raise NotFound
    flash(_("La sesión quedó cerrada."), "success")
    return redirect(url_for("accounts.account"), 303)


@bp.get("/clave")
@signed_in
def password() -> ResponseReturnValue:
    """Show the form to change one's password."""
    return render_template("people/accounts/password.html", form=ChangePasswordForm())


@bp.post("/clave")
@signed_in
def change_password() -> ResponseReturnValue:
    """Change one's password: this browser gets a new session, all others lose theirs."""
    form = ChangePasswordForm(request.form)
    if not form.validate():
        return _again(form)
    count(sign_in_per_account=f"{current_user.email} {network_of(network())}")
    try:
        secret = _change(form)
    except DomainError as error:
        if error.field is None:
            raise
        say_beside_field(form, error)
        return _again(form)
    sessions.browser_session().issue(secret)
    flash(_("Su clave cambió. Cerramos sus otras sesiones."), "success")
    return redirect(url_for("accounts.account"), 303)


def _change(form: ChangePasswordForm) -> str:
    user_id, about = current_user.id, (current_user.email, current_user.name)
    with database().reading() as session:
        verified = queries.password_hash_of(session, user_id)
    if verified is None or not passwords.matches(verified, form.current.data):
        raise WrongPassword
    problem = rules.password_problem(form.password.data, about=about)
    if problem:
        raise UnsuitablePassword(problem)
    hashed = passwords.hash_password(form.password.data)
    browser = sessions.browser()
    with transaction() as session:
        return commands.change_password(
            session,
            user_id,
            verified_hash=verified,
            password_hash=hashed,
            browser=browser,
            now=utcnow(),
        )


def _again(form: ChangePasswordForm) -> ResponseReturnValue:
    forget_passwords(form)
    return render_template("people/accounts/password.html", form=form), INVALID
