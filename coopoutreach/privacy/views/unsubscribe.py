"""Stop mail that is not about one's own registrations: by the link in it, without signing in.

Mail programs post here by themselves (RFC 8058), with no cookie and no form of ours: the secret in
the address is the proof, and these two views are exempt from the check of forms.
"""

from flask import Blueprint, render_template
from flask.blueprints import BlueprintSetupState
from flask.typing import ResponseReturnValue

from coopoutreach.mail.outgoing.suppression import LINK
from coopoutreach.platform.access.guard import by_link
from coopoutreach.platform.core import settings
from coopoutreach.platform.core.clock import utcnow
from coopoutreach.platform.core.errors import NotFound
from coopoutreach.platform.core.links import identifier_of
from coopoutreach.platform.web.transaction import transaction
from coopoutreach.privacy import commands
from coopoutreach.privacy.views.blueprint import bp


@bp.get("/correo/baja/<token>")
@by_link
def unsubscribe_form(token: str) -> ResponseReturnValue:
    """Show the button; looking changes nothing, whoever's program looks."""
    _address(token)
    return render_template("privacy/unsubscribe.html", token=token, done="")


@bp.post("/correo/baja/<token>")
@by_link
def unsubscribe(token: str) -> ResponseReturnValue:
    """Stop it at once; the answer is a page and no redirect, as RFC 8058 wants."""
    hashed = _address(token)
    with transaction() as session:
        commands.unsubscribe(session, hashed, now=utcnow())
    return render_template("privacy/unsubscribe.html", token=token, done="out")


@bp.post("/correo/baja/<token>/deshacer")
@by_link
def resubscribe(token: str) -> ResponseReturnValue:
    """Take it back, if it was by the button and not by an opposition under the law."""
    hashed = _address(token)
    with transaction() as session:
        allowed = commands.resubscribe(session, hashed, now=utcnow())
    done = "back" if allowed else "opposed"
    return render_template("privacy/unsubscribe.html", token=token, done=done)


def _address(token: str) -> str:
    if not settings.current().links.matches(token, LINK, nonce=""):
        raise NotFound
    return identifier_of(token)


def _exempt(state: BlueprintSetupState) -> None:
    for view in (unsubscribe, resubscribe):
        state.app.extensions["csrf"].exempt(view)


def _set_up(blueprint: Blueprint) -> None:
    blueprint.record_once(_exempt)


_set_up(bp)
