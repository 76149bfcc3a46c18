"""Give people back what they had typed, when their session had ended or their form had expired."""

from functools import cache

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user
from flask_wtf.csrf import CSRFError
from wtforms import Form, PasswordField

from coopoutreach.people.accounts import commands, queries
from coopoutreach.people.accounts.commands.held_forms import Typed
from coopoutreach.people.accounts.forms import SignInForm
from coopoutreach.people.accounts.sessions import signed_in
from coopoutreach.people.accounts.views.blueprint import bp, count, database, network
from coopoutreach.platform.access.guard import SAFE, SignInNeeded
from coopoutreach.platform.core.clock import utcnow
from coopoutreach.platform.core.db import release_request_session
from coopoutreach.platform.core.errors import NotFound
from coopoutreach.platform.limits.errors import TooOften
from coopoutreach.platform.web import drawn, errors, shown_again
from coopoutreach.platform.web.drawn import Drawn
from coopoutreach.platform.web.forms import INVALID
from coopoutreach.platform.web.shown_again import Heading
from coopoutreach.platform.web.transaction import separate_transaction

_UNKNOWN = 401
_ENDED = Heading(
    "Ingrese y verá lo que había escrito. Nada se envió todavía.", "Su sesión había terminado"
)
_BACK = Heading(
    "Esto es lo que había escrito. Nada se envió todavía: revíselo y envíelo.", "No se perdió nada"
)
_FILES = " Los archivos no se guardan: elíjalos otra vez."
_EXPIRED = Heading(
    "Lo que escribió está aquí y no se envió: revíselo y envíelo otra vez.", "El formulario venció"
)


@bp.get("/formularios/<secret>")
@signed_in
def held_form(secret: str) -> ResponseReturnValue:
    """Show the form that was sent when the session had ended, as it was filled; it is not sent."""
    with database().reading() as session:
        held = queries.held_form(session, secret, current_user.id, now=utcnow())
        if held is None:
            raise NotFound
        session.expunge_all()
    release_request_session()
    said = Heading(_BACK.text + (_FILES if held.had_files else ""), _BACK.title)
    fields = [(name, value) for name, value in held.fields]
    return (
        shown_again.form(held.path, fields, said)
        # Only where nothing was written is it enough to come back to the page.
        or (None if _texts(fields) else shown_again.page(held.page, said))
        or _as_text(fields, held.page)
    )


def ask_to_sign_in(error: SignInNeeded) -> ResponseReturnValue:
    """Lead whoever must sign in to the form, and back; what they sent waits for them there."""
    if request.method not in SAFE:
        return _hold(drawn.sent()) or errors.refused(error)
    release_request_session()
    wanted = request.full_path if request.query_string else request.path
    return redirect(url_for("accounts.sign_in", next=wanted), 303)


def form_expired(_error: CSRFError) -> ResponseReturnValue:
    """Show a form of ours again whose token is not good any more, as it was filled."""
    release_request_session()
    sent, asks = drawn.sent(), drawn.who_asks()
    if sent is not None and sent.account == asks:
        fields = errors.typed(_secrets())
        page = shown_again.form(errors.address(), fields, _EXPIRED)
        if page is not None:
            page.status_code = INVALID
            return page
        if asks and _texts(fields):
            return _as_text(fields, sent.page), INVALID
    held = None if asks else _hold(sent)
    return held or errors.form_expired()


def _hold(sent: Drawn | None) -> ResponseReturnValue | None:
    """Keep what was typed in a form of ours; return the page to sign in, which leads back to it."""
    release_request_session()
    if sent is None or not sent.account:
        return None
    typed = Typed(errors.address(), sent.page, errors.typed(_secrets()), bool(request.files))
    try:
        count(held_form_per_network=network())
    except TooOften:
        return None
    with separate_transaction() as session:
        secret = commands.hold_form(session, sent.account, typed, now=utcnow())
    if secret is None:
        return None
    form = SignInForm(data={"next": url_for("accounts.held_form", secret=secret)})
    return render_template("people/accounts/sign_in.html", form=form, said=_ENDED), _UNKNOWN


@cache
def _secrets() -> frozenset[str]:
    """Return the names of all fields that hold passwords: those are never kept."""
    found, left = set(), [Form]
    while left:
        form = left.pop()
        left += form.__subclasses__()
        for name in dir(form):
            kind = getattr(getattr(form, name, None), "field_class", None)
            if isinstance(kind, type) and issubclass(kind, PasswordField):
                found.add(name)
    return frozenset(found)


def _as_text(fields: list[tuple[str, str]], page: str) -> str:
    """Return the page that shows what was typed in a form that is not there any more."""
    return render_template("people/accounts/typed.html", texts=_texts(fields), page=page)


def _texts(fields: list[tuple[str, str]]) -> list[str]:
    """Return what can have been typed, where the form itself is not there any more."""
    return [value for _name, value in fields if " " in value.strip()]
