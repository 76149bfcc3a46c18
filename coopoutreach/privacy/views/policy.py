"""The policy: what is kept of people, what for, until when, and what they can ask for."""

from datetime import datetime

from flask import Response
from sqlalchemy.orm import Session

from coopoutreach.mail.outgoing.mime import address_of
from coopoutreach.platform.access.guard import public
from coopoutreach.platform.core import settings
from coopoutreach.platform.core.clock import utcnow
from coopoutreach.platform.core.spanish import wall
from coopoutreach.platform.web import page_cache
from coopoutreach.platform.web.page_store import Rendered, next_change
from coopoutreach.privacy import showing
from coopoutreach.privacy.rules import POLICY_DATE, POLICY_VERSION
from coopoutreach.privacy.views.blueprint import bp


@bp.get("/privacidad")
@public
def policy() -> Response:
    """Tell what is kept of people, why, for how long, and what they can ask for."""
    now = utcnow()

    def render(_session: Session) -> Rendered:
        return _rendered(now)

    return page_cache.respond(("privacy",), render, now=now)


def _rendered(now: datetime) -> Rendered:
    body = page_cache.template(
        "privacy/policy.html",
        now=now,
        today=wall(now),
        contact=address_of(settings.current().mail_from),
        version=POLICY_VERSION,
        since=POLICY_DATE,
        purposes=showing.by_purpose(),
        periods=showing.by_period(),
    )
    return Rendered(body, next_change(now))
