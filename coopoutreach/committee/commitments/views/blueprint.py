"""The blueprint of commitments, and what its views share."""

from flask import Blueprint, request
from flask_login import current_user

from coopoutreach.committee.commitments.rules import Reader
from coopoutreach.people.directory.predicates import organisations_of
from coopoutreach.platform.access.permissions import Role
from coopoutreach.platform.core import settings
from coopoutreach.platform.core.clock import utcnow
from coopoutreach.platform.limits import commands as limits
from coopoutreach.platform.limits.commands import Attempt
from coopoutreach.platform.web.transaction import separate_transaction

bp = Blueprint("commitments", __name__)

#: What a form with files may weigh in all.
MOST_BYTES_OF_FORM = 25 * 1024 * 1024
_STAFF = frozenset({Role.ADMINISTRATION, Role.COORDINATION})


def reader() -> Reader:
    """Return who reads, as far as it counts for what they see."""
    return Reader(organisations_of(current_user), sees_all=current_user.role in _STAFF)


def count_by_link(token: str) -> None:
    """Count something done by a link; kept whatever follows.

    :raises TooOften: if it was done too often by this link, or from this network
    """
    allowed = settings.current().limits
    network = request.remote_addr or "unknown"
    attempts = [
        Attempt("commitment_per_link", token, allowed.commitment_per_link),
        Attempt("commitment_per_network", network, allowed.commitment_per_network),
    ]
    with separate_transaction() as session:
        limits.check_and_count(session, attempts, now=utcnow())
