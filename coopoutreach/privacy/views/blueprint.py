"""The blueprint of privacy, and what its views share."""

from collections.abc import Mapping
from typing import Any

from flask import Blueprint, Response, current_app, request

from coopoutreach.platform.core import settings
from coopoutreach.platform.core.clock import utcnow
from coopoutreach.platform.core.db import Database
from coopoutreach.platform.limits import commands as limits
from coopoutreach.platform.limits.commands import Attempt
from coopoutreach.platform.web.transaction import separate_transaction
from coopoutreach.privacy import copies

bp = Blueprint("privacy", __name__)


def network() -> str:
    """Return the network address that this request came from."""
    return request.remote_addr or "unknown"


def database() -> Database:
    """Return the database, for what is done after the request's transaction."""
    found: Database = current_app.extensions["database"]
    return found


def count(**attempts: str) -> None:
    """Count an attempt by each limit that is named, with its key; kept whatever follows.

    :raises TooOften: if one of them allows no more
    """
    allowed = settings.current().limits
    named = [Attempt(name, key, getattr(allowed, name)) for name, key in attempts.items()]
    with separate_transaction() as session:
        limits.check_and_count(session, named, now=utcnow())


def download(copy: Mapping[str, Any]) -> Response:
    """Send a copy of somebody's data as a file."""
    response = Response(copies.archive_of(copy), mimetype="application/zip")
    response.headers["Content-Disposition"] = 'attachment; filename="mis-datos.zip"'
    response.headers["Content-Security-Policy"] = "sandbox; default-src 'none'"
    return response
