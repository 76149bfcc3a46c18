"""Where the pages of outreach hang, and what they share."""

from flask import Blueprint
from sqlalchemy.orm import Session

from coopoutreach.talks.talks import queries
from coopoutreach.talks.talks.models import Talk

bp = Blueprint("outreach", __name__, url_prefix="/plan")


def talk_of(session: Session, public_id: str) -> Talk | None:
    """Return the talk that an address names, a draft too."""
    return queries.talk_by_public_id(session, public_id)
