"""The plans, with their talks."""

from flask import render_template, request
from flask.typing import ResponseReturnValue

from coopoutreach.events import entries
from coopoutreach.platform.access.guard import requires
from coopoutreach.platform.access.permissions import Permission
from coopoutreach.platform.core.clock import utcnow
from coopoutreach.platform.web.transaction import reading
from coopoutreach.talks.talks import queries
from coopoutreach.talks.talks.views.blueprint import bp


@bp.get("")
@requires(Permission.PLAN_SEE)
def plan() -> ResponseReturnValue:
    """Show the plans and their talks in every state."""
    session = reading()
    plans = queries.plans(session)
    chosen = next((p for p in plans if p.public_id == request.args.get("plan")), None)
    talks = queries.talks_of_plan(session, chosen.id if chosen else None)
    now = utcnow()
    return render_template(
        "talks/talks/plan.html",
        plans=plans,
        chosen=chosen,
        ahead=[talk for talk in talks if talk.ends_at > now],
        past=[talk for talk in reversed(talks) if talk.ends_at <= now],
        when=entries.when_line,
        place=entries.place_line,
    )
