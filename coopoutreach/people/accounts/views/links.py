"""Coming in by a link that is mailed."""

from contextlib import suppress

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from coopoutreach.people.accounts import commands, queries, rules, sessions
from coopoutreach.people.accounts.errors import LinkSpent, OtherBrowser
from coopoutreach.people.accounts.forms import EmailForm, UseLinkForm
from coopoutreach.people.accounts.models import LinkPurpose
from coopoutreach.people.accounts.views.blueprint import (
    GONE,
    bp,
    count,
    database,
    network,
    say_beside_field,
)
from coopoutreach.platform.access.guard import by_link, public
from coopoutreach.platform.core.clock import utcnow
from coopoutreach.platform.limits.errors import TooOften
from coopoutreach.platform.web.forms import INVALID
from coopoutreach.platform.web.transaction import transaction

SIGN_IN = frozenset({LinkPurpose.SIGN_IN})


@bp.get("/ingresar/enlace")
@public
def link_form() -> ResponseReturnValue:
    """Ask which address to send a link to."""
    return render_template("people/accounts/link_form.html", form=EmailForm())


@bp.post("/ingresar/enlace")
@public
def request_link() -> ResponseReturnValue:
    """Owe the link; the answer is the same whether or not there is an account."""
    form = EmailForm(request.form)
    if not form.validate():
        return render_template("people/accounts/link_form.html", form=form), INVALID
    count(link_per_network=network())
    # Too many to one address are left out without a word, which would tell that it is known.
    with suppress(TooOften):
        count(link_per_account=rules.email_key(form.email.data))
        browser = sessions.browser()
        with transaction() as session:
            commands.request_link(session, form.email.data, browser=browser, now=utcnow())
    return redirect(url_for("accounts.link_sent"), 303)


@bp.get("/ingresar/enlace/enviado")
@public
def link_sent() -> ResponseReturnValue:
    """Say what happens next."""
    return render_template(
        "people/accounts/link_sent.html", minutes=10, again=url_for(".link_form")
    )


@bp.get("/ingresar/enlace/<token>")
@by_link
def link(token: str) -> ResponseReturnValue:
    """Show the button that uses the link up: mail scanners only look."""
    with database().reading() as session:
        found = queries.link_by_secret(session, token, SIGN_IN, now=utcnow())
        if found is None:
            return _spent()
        known = found.was_asked_for_by(sessions.browser_session().secret)
    return render_template(
        "people/accounts/link.html", form=UseLinkForm(), known=known, token=token
    )


@bp.post("/ingresar/enlace/<token>")
@by_link
def use_link(token: str) -> ResponseReturnValue:
    """Use the link up and open a session."""
    form = UseLinkForm(request.form)
    count(sign_in_global="all", sign_in_per_network=network())
    browser = sessions.browser()
    try:
        with transaction() as session:
            user, secret = commands.consume_link(
                session, token, email=form.email.data, browser=browser, now=utcnow()
            )
            home = rules.home_of(user.role)
    except LinkSpent:
        return _spent()
    except OtherBrowser as error:
        form.email.errors = []
        say_beside_field(form, error)
        page = render_template("people/accounts/link.html", form=form, known=False, token=token)
        return page, INVALID
    sessions.browser_session().issue(secret)
    return redirect(home, 303)


def _spent() -> ResponseReturnValue:
    page = render_template("people/accounts/link_spent.html", again=url_for("accounts.link_form"))
    return page, GONE
