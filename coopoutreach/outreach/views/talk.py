"""The page of one talk: everything about it, and what waits to be told of it."""

from flask import render_template, request
from flask.typing import ResponseReturnValue

from coopoutreach.access.guard import requires
from coopoutreach.access.permissions import Permission
from coopoutreach.core import spanish
from coopoutreach.core.clock import utcnow
from coopoutreach.directory import places
from coopoutreach.events import entries, waiting
from coopoutreach.events import queries as events
from coopoutreach.events.rules import STANDING, EventState
from coopoutreach.outreach import pending, queries
from coopoutreach.outreach.models import Talk
from coopoutreach.outreach.views.blueprint import bp, talk_of
from coopoutreach.web.transaction import reading


@bp.get("/charlas/<public_id>")
@requires(Permission.PLAN_SEE, talk_of, into="talk")
def talk(talk: Talk) -> ResponseReturnValue:
    """Show the coordination everything about a talk, and what can be done with it."""
    session = reading()
    now = utcnow()
    return render_template(
        "outreach/talk.html",
        talk=talk,
        when=entries.when_line(talk),
        place=entries.place_line(talk),
        audience=events.audience(session, talk.id),
        announcements=events.announcements_of(session, talk.id),
        pending=pending.notice_of(session, talk, now=now),
        titles=pending.TITLES,
        undo=pending.undo_of(session, talk, now=now),
        # What was just done can be undone from a toast; later, from the page.
        just_done=request.args.get("hecho") == "1",
        undo_minutes=waiting.undo_minutes(),
        replacement=queries.replacement_of(talk, now=now),
        wall=spanish.wall,
        comuna=places.comuna(talk.comuna) if talk.comuna else None,
        is_standing=talk.state in STANDING,
        is_draft=talk.state is EventState.DRAFT,
        now=now,
    )
