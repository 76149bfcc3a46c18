"""The links at the side of every page of somebody who signed in: those that they may follow."""

from dataclasses import dataclass
from typing import Any

from flask import Flask, current_app, request
from flask_login import current_user

from coopoutreach.platform.access.guard import Policy, allows
from coopoutreach.platform.access.permissions import Permission


@dataclass(frozen=True, slots=True)
class Link:
    """A page, and the permission without which its link is not shown; None: everybody's."""

    label: str
    url: str
    icon: str
    permission: Permission | None = None


LINKS = (
    Link("Panel", "/panel", "home", Permission.BOARD_SEE),
    Link("Mi cooperativa", "/mi-cooperativa", "home", Permission.COOPERATIVE_DESK_SEE),
    Link("Equipo", "/mi-cooperativa/equipo", "people", Permission.TEAM_MANAGE),
    Link("Mesa", "/mesa", "home", Permission.COUNTERPART_DESK_SEE),
    Link("Reuniones", "/reuniones", "calendar", Permission.MEETING_LIST),
    Link("Compromisos", "/compromisos", "check", Permission.COMMITMENT_LIST),
    Link("Plan de difusión", "/plan", "list", Permission.PLAN_SEE),
    Link("Cooperativas", "/cooperativas", "building", Permission.ORGANISATION_LIST),
    Link("Instituciones", "/instituciones", "people", Permission.ORGANISATION_LIST),
    Link("Mensajes", "/mensajes", "mail", Permission.MESSAGE_SEE),
    Link("Datos personales", "/datos-personales", "shield", Permission.DATA_CASE_MANAGE),
    Link("Charlas publicadas", "/charlas", "external"),
    Link("Calendario", "/calendario", "calendar"),
    Link("Mi cuenta", "/mi-cuenta", "user"),
)


def navigation_for(user: object, *, policy: Policy, path: str) -> list[tuple[str, str, str, bool]]:
    """Return the links of `user` as (label, URL, icon, whether the page at `path` is under it)."""
    links = [
        link for link in LINKS if link.permission is None or allows(policy, user, link.permission)
    ]
    under = [link.url for link in links if path == link.url or path.startswith(f"{link.url}/")]
    here = max(under, key=len, default="")
    return [(link.label, link.url, link.icon, link.url == here) for link in links]


def init_app(app: Flask) -> None:
    """Hand templates of private pages their links and who is signed in."""
    app.context_processor(_of_private_pages)


def _of_private_pages() -> dict[str, Any]:
    view = current_app.view_functions.get(request.endpoint or "")
    # A page for everybody shows nobody's name, and must not ask who reads it: that would open
    # the session.
    access = getattr(view, "access", None)
    is_private = isinstance(access, Permission) or access == "signed-in"
    if not is_private or not current_user.is_authenticated:
        return {}
    policy = current_app.extensions["policy"]
    links = navigation_for(current_user, policy=policy, path=request.path)
    return {
        "navigation": links,
        "user_name": current_user.name,
        "home_url": links[0][1] if links else "/",
    }
