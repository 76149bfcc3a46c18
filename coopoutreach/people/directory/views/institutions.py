"""Institutions such as CORFO, and their units."""

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user
from sqlalchemy.orm import Session

from coopoutreach.people.directory import commands, contact, forms, queries
from coopoutreach.people.directory.models import Organisation
from coopoutreach.people.directory.rules import Kind
from coopoutreach.people.directory.views.blueprint import attempt, bp, page_of
from coopoutreach.people.directory.views.blueprint import institution as _institution
from coopoutreach.platform.access.guard import may, requires
from coopoutreach.platform.access.permissions import Permission
from coopoutreach.platform.core import spanish
from coopoutreach.platform.core.clock import utcnow
from coopoutreach.platform.web.edits import edited
from coopoutreach.platform.web.forms import INVALID
from coopoutreach.platform.web.transaction import reading, transaction


@bp.get("/instituciones")
@requires(Permission.ORGANISATION_LIST)
def institutions() -> ResponseReturnValue:
    """List the institutions with their units."""
    session = reading()
    found = queries.institutions(session)
    return render_template(
        "people/directory/institutions.html",
        found=found,
        units=queries.units(session, [one.id for one in found]),
        can_edit=may(Permission.ORGANISATION_EDIT),
    )


@bp.get("/instituciones/nueva")
@requires(Permission.ORGANISATION_EDIT)
def new_institution() -> ResponseReturnValue:
    """Show the form of a new institution."""
    return _editor(forms.NamesForm(), organisation=None, parent=None)


@bp.post("/instituciones/nueva")
@requires(Permission.ORGANISATION_EDIT)
def create_institution() -> ResponseReturnValue:
    """Make an institution."""
    form = forms.NamesForm(request.form)

    def act(session: Session) -> str:
        made = commands.create_institution(
            session, **form.fields(), actor=current_user.actor, now=utcnow()
        )
        flash(_("Creamos la ficha de %(name)s.", name=made.short_name), "success")
        return page_of(made)

    target = attempt(form, act)
    if target is None:
        return _editor(form, organisation=None, parent=None), INVALID
    return redirect(target, code=303)


@bp.get("/instituciones/<public_id>")
@requires(Permission.ORGANISATION_SEE, _institution, into="organisation")
def institution(organisation: Organisation) -> ResponseReturnValue:
    """Show an institution or a unit: how to reach it, its units and its people."""
    session, today = reading(), spanish.wall(utcnow()).date()
    posts = queries.people_of(session, organisation)
    units = queries.units(session, [organisation.id])[organisation.id]
    return render_template(
        "people/directory/institution.html",
        organisation=organisation,
        phone=contact.show_phone(organisation.phone) if organisation.phone else "",
        units=units,
        is_unit=organisation.kind is Kind.UNIT,
        standing=[post for post in posts if not post.is_past(today)],
        past=[post for post in posts if post.is_past(today)],
        show_phone=contact.show_phone,
        page_of=page_of,
        can_list=may(Permission.ORGANISATION_LIST),
        can_edit=may(Permission.ORGANISATION_EDIT, organisation),
        can_edit_people=may(Permission.PERSON_EDIT, organisation),
    )


@bp.get("/instituciones/<public_id>/editar")
@requires(Permission.ORGANISATION_EDIT, _institution, into="organisation")
def edit_institution_form(organisation: Organisation) -> ResponseReturnValue:
    """Show the form of an institution or a unit."""
    form = forms.NamesForm(data=forms.data_of(organisation))
    return _editor(form, organisation=organisation, parent=organisation.parent)


@bp.post("/instituciones/<public_id>/editar")
@requires(Permission.ORGANISATION_EDIT, _institution, into="organisation")
def edit_institution(organisation: Organisation) -> ResponseReturnValue:
    """Change what is known of an institution or a unit."""
    form = edited(forms.NamesForm(data=forms.data_of(organisation)))

    def act(session: Session) -> str:
        commands.edit_institution(
            session, organisation, **form.fields(), actor=current_user.actor, now=utcnow()
        )
        flash(_("Guardamos los cambios."), "success")
        return page_of(organisation)

    target = attempt(form, act)
    if target is None:
        return _editor(form, organisation=organisation, parent=organisation.parent), INVALID
    return redirect(target, code=303)


@bp.get("/instituciones/<public_id>/unidades/nueva")
@requires(Permission.ORGANISATION_EDIT, _institution, into="organisation")
def new_unit(organisation: Organisation) -> ResponseReturnValue:
    """Show the form of a new unit."""
    return _editor(forms.NamesForm(), organisation=None, parent=organisation)


@bp.post("/instituciones/<public_id>/unidades/nueva")
@requires(Permission.ORGANISATION_EDIT, _institution, into="organisation")
def create_unit(organisation: Organisation) -> ResponseReturnValue:
    """Make a unit of an institution."""
    form = forms.NamesForm(request.form)

    def act(session: Session) -> str:
        made = commands.create_unit(
            session, organisation, **form.fields(), actor=current_user.actor, now=utcnow()
        )
        flash(_("Creamos la unidad %(name)s.", name=made.short_name), "success")
        return page_of(organisation)

    target = attempt(form, act)
    if target is None:
        return _editor(form, organisation=None, parent=organisation), INVALID
    return redirect(target, code=303)


@bp.post("/instituciones/<public_id>/desactivar")
@requires(Permission.ORGANISATION_EDIT, _institution, into="organisation")
def deactivate_institution(organisation: Organisation) -> ResponseReturnValue:
    """Close an institution or a unit; its people lose their access."""
    with transaction() as session:
        commands.deactivate(session, organisation, actor=current_user.actor, now=utcnow())
        flash(_("%(name)s queda inactiva.", name=organisation.short_name), "success")
        target = page_of(organisation)
    return redirect(target, code=303)


@bp.post("/instituciones/<public_id>/reactivar")
@requires(Permission.ORGANISATION_EDIT, _institution, into="organisation")
def reactivate_institution(organisation: Organisation) -> ResponseReturnValue:
    """Bring an institution or a unit back."""
    with transaction() as session:
        commands.reactivate(session, organisation, actor=current_user.actor, now=utcnow())
        flash(_("%(name)s vuelve a estar activa.", name=organisation.short_name), "success")
        target = page_of(organisation)
    return redirect(target, code=303)


def _editor(
    form: forms.NamesForm, *, organisation: Organisation | None, parent: Organisation | None
) -> str:
    back = organisation or parent
    return render_template(
        "people/directory/edit_institution.html",
        form=form,
        organisation=organisation,
        parent=parent,
        back=page_of(back) if back else url_for(".institutions"),
    )
