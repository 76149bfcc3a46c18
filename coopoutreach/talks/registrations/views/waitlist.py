"""The line of a talk, for an audit: as it stands, and each giving of seats worked out again."""

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext
from flask_login import current_user
from sqlalchemy.orm import Session

from coopoutreach.events import entries
from coopoutreach.events.rules import ACTIVE_STATES
from coopoutreach.platform.access.guard import requires
from coopoutreach.platform.access.permissions import Permission
from coopoutreach.platform.core import spanish
from coopoutreach.platform.core.clock import utcnow
from coopoutreach.platform.web.transaction import reading, transaction
from coopoutreach.talks.registrations import commands, queries, replay, rules
from coopoutreach.talks.registrations.views.blueprint import bp
from coopoutreach.talks.talks import queries as talks
from coopoutreach.talks.talks.models import Talk


def _talk(session: Session, public_id: str) -> Talk | None:
    return talks.talk_by_public_id(session, public_id)


@bp.get("/plan/charlas/<public_id>/fila")
@requires(Permission.REGISTRATION_LIST, _talk, into="talk")
def line(talk: Talk) -> ResponseReturnValue:
    """Show the line with its reasons, and every giving of seats with whether the rules agree."""
    session, now = reading(), utcnow()
    people = replay.people_of(session, talk)
    known = queries.situation(session, talk, now=now)
    total = queries.count_decisions(session, talk.id)
    pages = max(1, -(-total // replay.PAGE_LENGTH))
    page = min(max(request.args.get("pagina", 1, type=int), 1), pages)
    found = queries.decisions(
        session, talk.id, offset=(page - 1) * replay.PAGE_LENGTH, limit=replay.PAGE_LENGTH
    )
    return render_template(
        "talks/registrations/line.html",
        talk=talk,
        when=entries.when_line(talk),
        now=spanish.daytime(spanish.wall(now, talk.zone)),
        wall=lambda moment: spanish.wall(moment, talk.zone),
        known=known,
        lines=replay.standing(talk, known, people),
        decisions=[replay.replayed(decision, people) for decision in found],
        total=total,
        page=page,
        pages=pages,
        page_url=lambda number: url_for(".line", public_id=talk.public_id, pagina=number),
        changes=replay.changes(session, talk, people) if page == 1 else [],
        action_names=replay.ACTION_NAMES,
        by_hand=talk.state in ACTIVE_STATES
        and now < talk.starts_at
        and not rules.moves_by_itself(starts_at=talk.starts_at, now=now),
    )


@bp.post("/plan/charlas/<public_id>/fila/avanzar")
@requires(Permission.REGISTRATION_SEAT, _talk, into="talk")
def advance(talk: Talk) -> ResponseReturnValue:
    """Move the line up in its order by hand: in the last hours nothing else does."""
    with transaction() as session:
        given = commands.advance_by_hand(session, talk, actor=current_user.actor, now=utcnow())
        flash(
            ngettext(
                "Dimos %(num)s cupo y avisamos.", "Dimos %(num)s cupos y avisamos.", len(given)
            )
            if given
            else _("No hay cupos libres para quienes esperan."),
            "success" if given else "info",
        )
        target = url_for(".line", public_id=talk.public_id)
    return redirect(target, code=303)
