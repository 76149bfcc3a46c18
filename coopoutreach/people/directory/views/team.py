"""Who registers for a cooperative, and who stands in for them: its manager's page."""

from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user
from sqlalchemy.orm import Session

from coopoutreach.people.accounts.confirming import recently_signed_in
from coopoutreach.people.directory import commands, forms, queries
from coopoutreach.people.directory.errors import DeputyRefused
from coopoutreach.people.directory.models import Affiliation, Organisation
from coopoutreach.people.directory.rules import ACCESS_NAMES, Access
from coopoutreach.people.directory.views.blueprint import attempt, bp
from coopoutreach.platform.access.guard import requires
from coopoutreach.platform.access.permissions import Permission
from coopoutreach.platform.core import spanish
from coopoutreach.platform.core.clock import utcnow
from coopoutreach.platform.web.forms import INVALID
from coopoutreach.platform.web.transaction import reading, transaction

_PATH = "/mi-cooperativa/equipo"


def _own(session: Session) -> Organisation | None:
    # Of whoever asks, never of what they send.
    if not current_user.is_authenticated:
        return None
    today = spanish.wall(utcnow()).date()
    return queries.cooperative_managed_by(session, current_user.id, today=today)


def _post(session: Session, public_id: str, number: int) -> Affiliation | None:
    mine = _own(session)
    return queries.post(session, mine.public_id, public_id, number) if mine else None


@bp.get(_PATH)
@requires(Permission.TEAM_MANAGE, _own, into="organisation")
def team(organisation: Organisation) -> ResponseReturnValue:
    """Show who registers for the cooperative, and until when."""
    return _page(organisation, forms.DeputyForm())


@bp.post(_PATH)
@recently_signed_in
@requires(Permission.TEAM_MANAGE, _own, into="organisation")
def team_name_deputy(organisation: Organisation) -> ResponseReturnValue:
    """Let somebody of the cooperative register in another's place, for a time."""
    form = forms.DeputyForm(request.form)

    def act(session: Session) -> str:
        posts = {_key(post): post.affiliation for post in queries.people_of(session, organisation)}
        deputed, deputy = posts.get(form.deputed.data), posts.get(form.deputy.data)
        if deputed is None:
            raise DeputyRefused("Elija a quién se suple.", field="deputed")
        if deputy is None:
            raise DeputyRefused("Elija quién suple.", field="deputy")
        commands.name_deputy(
            session, deputed, deputy.person, form.period, actor=current_user.actor, now=utcnow()
        )
        flash(_("%(name)s recibirá un correo para ingresar.", name=deputy.person.name), "success")
        return url_for(".team")

    target = attempt(form, act)
    if target is None:
        return _page(organisation, form), INVALID
    return redirect(target, code=303)


@bp.post(f"{_PATH}/<public_id>/<int:number>/terminar")
@requires(Permission.TEAM_MANAGE, _post, into="affiliation")
def team_end_deputy(affiliation: Affiliation) -> ResponseReturnValue:
    """End somebody's standing in, at once."""
    with transaction() as session:
        commands.end_deputy(session, affiliation, actor=current_user.actor, now=utcnow())
        flash(_("Terminó la suplencia de %(name)s.", name=affiliation.person.name), "success")
    return redirect(url_for(".team"), code=303)


def _key(post: queries.Post) -> str:
    return f"{post.affiliation.person.public_id}.{post.number}"


def _page(organisation: Organisation, form: Any) -> str:
    today = spanish.wall(utcnow()).date()
    posts = [
        post
        for post in queries.people_of(reading(), organisation)
        if post.affiliation.until is None or post.affiliation.until >= today
    ]
    register = [post for post in posts if post.affiliation.access is not Access.NONE]
    deputies = [post for post in register if post.affiliation.deputy_for_id is not None]
    regular = [post for post in register if post.affiliation.deputy_for_id is None]
    have = {post.affiliation.person_id for post in regular}
    return render_template(
        "people/directory/team.html",
        organisation=organisation,
        regular=regular,
        deputies=deputies,
        access_names=ACCESS_NAMES,
        form=form,
        today=today,
        deputed_choices=[(_key(post), post.affiliation.person.name) for post in regular],
        deputy_choices=[
            (_key(post), f"{post.affiliation.person.name}, {post.affiliation.post}")
            for post in posts
            if post.affiliation.person_id not in have and post.affiliation.deputy_for_id is None
        ],
    )
