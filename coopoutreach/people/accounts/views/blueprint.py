"""The blueprint of accounts, and what its views share."""

from urllib.parse import urlsplit

from flask import Blueprint, current_app, request
from werkzeug.exceptions import HTTPException

from coopoutreach.people.accounts import rules
from coopoutreach.people.accounts.models import User
from coopoutreach.platform.core import settings
from coopoutreach.platform.core.clock import utcnow
from coopoutreach.platform.core.db import Database
from coopoutreach.platform.core.errors import DomainError
from coopoutreach.platform.limits import commands as limits
from coopoutreach.platform.limits.commands import Attempt
from coopoutreach.platform.web.forms import Form
from coopoutreach.platform.web.transaction import separate_transaction

bp = Blueprint("accounts", __name__)

GONE = 410


def database() -> Database:
    """Return the database, for what must be read before the request's transaction begins."""
    found: Database = current_app.extensions["database"]
    return found


def network() -> str:
    """Return the network address that this request came from."""
    return request.remote_addr or "unknown"


def count(**attempts: str) -> None:
    """Count an attempt by each limit that is named, with its key; kept whatever follows.

    :raises TooOften: if one of them allows no more
    """
    allowed = settings.current().limits
    named = [Attempt(name, key, getattr(allowed, name)) for name, key in attempts.items()]
    with separate_transaction() as session:
        limits.check_and_count(session, named, now=utcnow())


def destination(wanted: str | None, user: User) -> str:
    """Return where to go after coming in: to a page of ours that was asked for, or home."""
    if wanted and rules.is_local_path(wanted) and _is_page(urlsplit(wanted).path):
        return wanted
    return rules.home_of(user.role)


def say_beside_field(form: Form, error: DomainError) -> None:
    """Put what a rule said beside the field it is about, or the first one."""
    field = form[error.field] if error.field in form else next(iter(form))
    field.errors = [*field.errors, str(error)]


def forget_passwords(form: Form) -> None:
    """Take what was typed out of the password fields: a page never shows it again."""
    for field in form:
        if field.type == "PasswordField":
            field.data = None


def _is_page(path: str) -> bool:
    try:
        current_app.url_map.bind("localhost").match(path, method="GET")
    except HTTPException:
        return False
    return True
