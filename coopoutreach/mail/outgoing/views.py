"""The file mailbox of a first run: what would have been mailed. It only reads."""

from pathlib import Path

from flask import Blueprint, Response, make_response, render_template, request
from flask.typing import ResponseReturnValue

from coopoutreach.mail.outgoing import mailbox as box
from coopoutreach.mail.outgoing.transport import mailbox_folder
from coopoutreach.platform.access.guard import public
from coopoutreach.platform.core import settings
from coopoutreach.platform.core.errors import NotFound
from coopoutreach.platform.web import security
from coopoutreach.platform.web.loopback import is_local, is_loopback_url

bp = Blueprint("messaging", __name__, url_prefix="/correo")

#: A mail's HTML may show itself and nothing else: no script, no form, nothing from elsewhere.
_SANDBOX = (
    "sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src data:; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'self'"
)


@bp.get("")
@public
def mailbox() -> ResponseReturnValue:
    """Show the mails, the newest first."""
    return render_template("mail/outgoing/mailbox.html", mails=box.mails(_folder()))


@bp.get("/<name>")
@public
def mail(name: str) -> ResponseReturnValue:
    """Show one mail: its text, its HTML in a frame, its parts and its invitation."""
    found = _mail(name)
    page = render_template(
        "mail/outgoing/mail.html", name=name, mail=found, text=box.linked(found.plain)
    )
    response = make_response(page)
    response.headers["Content-Security-Policy"] = f"{security.POLICY}; frame-src 'self'"
    return response


@bp.get("/<name>/html")
@public
def mail_html(name: str) -> Response:
    """Show a mail's HTML by itself, as a frame does, with nothing that it could do."""
    response = make_response(_mail(name).html)
    response.headers["Content-Security-Policy"] = _SANDBOX
    response.headers["X-Frame-Options"] = "SAMEORIGIN"
    return response


def _mail(name: str) -> box.Mail:
    found = box.mail(_folder(), name)
    if found is None:
        raise NotFound
    return found


def _folder() -> Path:
    """Return the folder of the mailbox.

    :raises NotFound: when mail goes to a server, or when anybody but this machine's user asks
    """
    current = settings.current()
    folder = mailbox_folder(current.mail_url)
    if folder is None or not (is_loopback_url(current.base_url) and is_local(request)):
        raise NotFound
    return folder
