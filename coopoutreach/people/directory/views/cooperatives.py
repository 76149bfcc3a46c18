"""Cooperatives: the list, the page of one, and what is changed about it."""

from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user
from sqlalchemy.orm import Session

from coopoutreach.people.directory import commands, contact, forms, places, queries, rules, rut
from coopoutreach.people.directory.models import Organisation
from coopoutreach.people.directory.rules import (
    LEVEL_NAMES,
    NO_LEVEL,
    Filters,
    Link,
    Sort,
    Supervisor,
)
from coopoutreach.people.directory.views.blueprint import attempt, bp
from coopoutreach.people.directory.views.blueprint import cooperative as _cooperative
from coopoutreach.platform.access.guard import may, requires
from coopoutreach.platform.access.permissions import Permission
from coopoutreach.platform.core import spanish
from coopoutreach.platform.core.clock import utcnow
from coopoutreach.platform.web.edits import edited
from coopoutreach.platform.web.forms import INVALID
from coopoutreach.platform.web.transaction import reading, transaction

_SUPERVISORS = [(one.value, one.value) for one in Supervisor]
_ALL_LEVELS = [*forms.LEVELS, (NO_LEVEL, "Sin nivel")]


@bp.get("/cooperativas")
@requires(Permission.ORGANISATION_LIST)
def cooperatives() -> ResponseReturnValue:
    """List the cooperatives, narrowed and sorted as the address asks."""
    filters = forms.filters_from(request.args)
    found, total = queries.cooperatives(reading(), filters)
    choices = {
        "region": [(one.cut, one.short_name) for one in places.regions()],
        "level": _ALL_LEVELS,
        "supervisor": _SUPERVISORS,
    }
    return render_template(
        "people/directory/cooperatives.html",
        found=found,
        total=total,
        filters=filters,
        choices=choices,
        active=_chips(filters, choices),
        levels=LEVEL_NAMES,
        place=_place,
        pages=rules.pages(total),
        page_url=lambda page: _list_url(filters, pagina=page),
        sort_url=lambda key, descending: _list_url(
            filters, orden=key, descendente="1" if descending else None, pagina=None
        ),
        sorts=Sort,
        can_edit=may(Permission.ORGANISATION_EDIT),
    )


@bp.get("/cooperativas/nueva")
@requires(Permission.ORGANISATION_EDIT)
def new_cooperative() -> ResponseReturnValue:
    """Show the form of a new cooperative."""
    return _editor(forms.CooperativeForm(), None)


@bp.post("/cooperativas/nueva")
@requires(Permission.ORGANISATION_EDIT)
def create_cooperative() -> ResponseReturnValue:
    """Make a cooperative."""
    form = forms.CooperativeForm(request.form)

    def act(session: Session) -> str:
        made = commands.create_cooperative(
            session, **form.fields(), actor=current_user.actor, now=utcnow()
        )
        flash(_("Creamos la ficha de %(name)s.", name=made.short_name), "success")
        return url_for(".cooperative", public_id=made.public_id)

    target = attempt(form, act)
    if target is None:
        return _editor(form, None), INVALID
    _warn_of_rut(form)
    return redirect(target, code=303)


@bp.get("/cooperativas/<public_id>")
@requires(Permission.ORGANISATION_SEE, _cooperative, into="organisation")
def cooperative(organisation: Organisation) -> ResponseReturnValue:
    """Show a cooperative: what it is, its level and why, its people."""
    session, today = reading(), spanish.wall(utcnow()).date()
    posts = queries.people_of(session, organisation)
    standing = [post for post in posts if not post.is_past(today)]
    return render_template(
        "people/directory/cooperative.html",
        organisation=organisation,
        place=_place(organisation),
        phone=contact.show_phone(organisation.phone) if organisation.phone else "",
        decisions=queries.level_decisions(session, organisation),
        levels=LEVEL_NAMES,
        standing=standing,
        past=[post for post in posts if post.is_past(today)],
        chain=_chain(organisation, has_people=bool(standing)),
        show_phone=contact.show_phone,
        wall=spanish.wall,
        can_list=may(Permission.ORGANISATION_LIST),
        can_edit=may(Permission.ORGANISATION_EDIT, organisation),
        can_edit_people=may(Permission.PERSON_EDIT, organisation),
    )


@bp.get("/cooperativas/<public_id>/editar")
@requires(Permission.ORGANISATION_EDIT, _cooperative, into="organisation")
def edit_cooperative_form(organisation: Organisation) -> ResponseReturnValue:
    """Show the form of a cooperative."""
    return _editor(forms.CooperativeForm(data=forms.data_of(organisation)), organisation)


@bp.post("/cooperativas/<public_id>/editar")
@requires(Permission.ORGANISATION_EDIT, _cooperative, into="organisation")
def edit_cooperative(organisation: Organisation) -> ResponseReturnValue:
    """Change what is known of a cooperative."""
    form = edited(forms.CooperativeForm(data=forms.data_of(organisation)))

    def act(session: Session) -> str:
        commands.edit_cooperative(
            session, organisation, **form.fields(), actor=current_user.actor, now=utcnow()
        )
        flash(_("Guardamos los cambios."), "success")
        return url_for(".cooperative", public_id=organisation.public_id)

    target = attempt(form, act)
    if target is None:
        return _editor(form, organisation), INVALID
    _warn_of_rut(form)
    return redirect(target, code=303)


@bp.get("/cooperativas/<public_id>/nivel")
@requires(Permission.ORGANISATION_EDIT, _cooperative, into="organisation")
def level_form(organisation: Organisation) -> ResponseReturnValue:
    """Show the form of a cooperative's level."""
    form = forms.LevelForm(data={"level": organisation.level or NO_LEVEL})
    return _level_page(form, organisation)


@bp.post("/cooperativas/<public_id>/nivel")
@requires(Permission.ORGANISATION_EDIT, _cooperative, into="organisation")
def set_level(organisation: Organisation) -> ResponseReturnValue:
    """Set a cooperative's level by hand."""
    form = edited(forms.LevelForm(data={"level": organisation.level or NO_LEVEL}))

    def act(session: Session) -> str:
        commands.set_level(
            session, organisation, **form.fields(), actor=current_user.actor, now=utcnow()
        )
        flash(_("Guardamos el nivel y su fundamento."), "success")
        return url_for(".cooperative", public_id=organisation.public_id)

    target = attempt(form, act)
    if target is None:
        return _level_page(form, organisation), INVALID
    return redirect(target, code=303)


@bp.post("/cooperativas/<public_id>/desactivar")
@requires(Permission.ORGANISATION_EDIT, _cooperative, into="organisation")
def deactivate_cooperative(organisation: Organisation) -> ResponseReturnValue:
    """Take a cooperative out of lists and choices."""
    with transaction() as session:
        commands.deactivate(session, organisation, actor=current_user.actor, now=utcnow())
        flash(_("%(name)s ya no aparece en las listas.", name=organisation.short_name), "success")
        target = url_for(".cooperative", public_id=organisation.public_id)
    return redirect(target, code=303)


@bp.post("/cooperativas/<public_id>/reactivar")
@requires(Permission.ORGANISATION_EDIT, _cooperative, into="organisation")
def reactivate_cooperative(organisation: Organisation) -> ResponseReturnValue:
    """Bring a cooperative back."""
    with transaction() as session:
        commands.reactivate(session, organisation, actor=current_user.actor, now=utcnow())
        flash(_("%(name)s vuelve a las listas.", name=organisation.short_name), "success")
        target = url_for(".cooperative", public_id=organisation.public_id)
    return redirect(target, code=303)


def _editor(form: forms.CooperativeForm, organisation: Organisation | None) -> str:
    return render_template(
        "people/directory/edit_cooperative.html",
        form=form,
        organisation=organisation,
        comunas=forms.comuna_choices(),
        supervisors=_SUPERVISORS,
    )


def _level_page(form: forms.LevelForm, organisation: Organisation) -> str:
    return render_template(
        "people/directory/level.html", form=form, organisation=organisation, choices=_ALL_LEVELS
    )


def _warn_of_rut(form: forms.CooperativeForm) -> None:
    if rut.is_unusual_for_entity(rut.parse(form.rut.data)):
        flash(
            _("El RUT es menor que 50.000.000, como los de personas. Revise que sea el correcto."),
            "warning",
        )


def _place(organisation: Organisation) -> str:
    comuna = places.comuna(organisation.comuna or "")
    region = places.region(organisation.region or "")
    names = [place for place in (comuna and comuna.name, region and region.short_name) if place]
    return ", ".join(dict.fromkeys(names))


def _list_url(filters: Filters, **changes: Any) -> str:
    asked: dict[str, Any] = filters.parameters() | changes
    return url_for(".cooperatives", **asked)


def _chips(filters: Filters, choices: dict[str, list[tuple[str, str]]]) -> list[dict[str, str]]:
    labels = {"text": f"«{filters.text}»", "inactive": _("Inactivas")}
    for name, options in choices.items():
        labels[name] = dict(options).get(getattr(filters, name), "")
    return [
        {"label": labels[name], "url": _list_url(left)}
        for name, left in filters.narrowing().items()
    ]


def _chain(organisation: Organisation, *, has_people: bool) -> list[dict[str, str]]:
    level, set_at = organisation.level, organisation.level_set_at
    told = {
        Link.CREATED: (_("Ficha creada"), organisation.created_at, ""),
        Link.PEOPLE: (_("Personas con cargo"), None, ""),
        Link.LEVEL: (_("Nivel confirmado"), set_at, LEVEL_NAMES[level] if level else ""),
    }
    links = []
    for link, state in rules.chain(has_people=has_people, has_level=level is not None):
        label, at, detail = told[link]
        day = spanish.shortday(spanish.wall(at)) if at and state == "done" else ""
        links.append({"label": label, "state": state, "date": day, "detail": detail})
    return links
