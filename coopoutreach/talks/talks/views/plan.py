"""The plans, with their talks: what is ahead, and on request what was."""

from dataclasses import replace
from typing import Any

from flask import render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from coopoutreach.events import entries
from coopoutreach.events.rules import EventState
from coopoutreach.platform.access.guard import requires
from coopoutreach.platform.access.permissions import Permission
from coopoutreach.platform.core.clock import utcnow
from coopoutreach.platform.web.transaction import reading
from coopoutreach.talks.talks import plan_filters, queries
from coopoutreach.talks.talks.plan_filters import PlanFilters, PlanSort, When
from coopoutreach.talks.talks.views.blueprint import bp

_STATES = {
    EventState.DRAFT: "Borrador",
    EventState.PUBLISHED: "Publicada",
    EventState.CANCELLED: "Suspendida",
    EventState.HELD: "Realizada",
}


@bp.get("")
@requires(Permission.PLAN_SEE)
def plan() -> ResponseReturnValue:
    """List the talks of the plans, narrowed and sorted as the address asks."""
    session, now = reading(), utcnow()
    plans = queries.plans(session)
    by_id = {each.public_id: each for each in plans}
    filters = plan_filters.filters_from(request.args, plans=set(by_id))
    chosen = by_id.get(filters.plan)
    page = queries.plan_page(session, filters, plan_id=chosen.id if chosen else None, now=now)
    last = plan_filters.pages(page.total)
    return render_template(
        "talks/talks/plan.html",
        chosen=chosen,
        talks=page.talks,
        total=page.total,
        filters=filters,
        # What a search keeps: the plan, the time, the order.
        kept={
            name: value
            for name, value in filters.parameters().items()
            if name not in ("q", "pagina")
        },
        states=[(state.value, word) for state, word in _STATES.items()],
        active=_chips(filters),
        page=min(filters.page, last),
        pages=last,
        sorts=PlanSort,
        page_url=lambda number: _url(replace(filters, page=number)),
        sort_url=lambda key, descending: _url(
            replace(filters, sort=PlanSort(key), descending=bool(descending), page=1)
        ),
        when_links=[
            (label, _url(PlanFilters(plan=filters.plan, when=when)), filters.when is when)
            for label, when in (
                (_("Próximas y borradores"), When.AHEAD),
                (_("Anteriores"), When.PAST),
            )
        ],
        plan_links=[
            (label, _url(PlanFilters(plan=plan_id, when=filters.when)), filters.plan == plan_id)
            for plan_id, label in (
                ("", _("Todos los planes")),
                *((each.public_id, each.name) for each in plans),
            )
        ],
        clear_url=_url(PlanFilters(plan=filters.plan, when=filters.when)),
        place=entries.place_line,
    )


def _url(filters: PlanFilters) -> str:
    asked: dict[str, Any] = dict(filters.parameters())
    return url_for(".plan", **asked)


def _chips(filters: PlanFilters) -> list[dict[str, str]]:
    words = {
        "text": f"«{filters.text}»",
        "state": _STATES[EventState(filters.state)] if filters.state else "",
    }
    return [{"label": words[name], "url": _url(left)} for name, left in filters.narrowing().items()]
