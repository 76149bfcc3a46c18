"""The people of an organisation and their posts: the same pages for every kind of organisation."""

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user
from sqlalchemy.orm import Session

from coopoutreach.people.accounts.confirming import recently_signed_in
from coopoutreach.people.directory import commands, forms, queries
from coopoutreach.people.directory.models import Affiliation, Organisation
from coopoutreach.people.directory.rules import Access
from coopoutreach.people.directory.views.blueprint import SECTIONS, attempt, bp, page_of
from coopoutreach.people.directory.views.blueprint import organisation as _organisation
from coopoutreach.platform.access.guard import may, requires
from coopoutreach.platform.access.permissions import Permission
from coopoutreach.platform.core.clock import utcnow
from coopoutreach.platform.core.spanish import wall
from coopoutreach.platform.web.edits import edited
from coopoutreach.platform.web.forms import INVALID
from coopoutreach.platform.web.transaction import reading

_PEOPLE = "/<any(cooperativas, instituciones):section>/<public_id>/personas"
POST = f"{_PEOPLE}/<person>/cargos/<int:number>"


def post_of(
    session: Session, section: str, public_id: str, person: str, number: int
) -> Affiliation | None:
    """Find the post of an address."""
    if _organisation(session, section, public_id) is None:
        return None
    return queries.post(session, public_id, person, number)


@bp.get(f"{_PEOPLE}/nueva")
@requires(Permission.PERSON_EDIT, _organisation, into="organisation")
def new_person(organisation: Organisation) -> ResponseReturnValue:
    """Show the form of a person and their post."""
    return _new_page(forms.MemberForm(), organisation)


@bp.post(f"{_PEOPLE}/nueva")
@requires(Permission.PERSON_EDIT, _organisation, into="organisation")
def add_person(organisation: Organisation) -> ResponseReturnValue:
    """Give somebody a post in the organisation."""
    now = utcnow()
    form = forms.MemberForm(request.form)
    form.refuse_days_after(wall(now).date())

    def act(session: Session) -> str:
        made = commands.add_member(
            session, organisation, form.member(), actor=current_user.actor, now=now
        )
        flash(_("Agregamos a %(name)s.", name=made.person.name), "success")
        return page_of(organisation)

    target = attempt(form, act)
    if target is None:
        return _new_page(form, organisation), INVALID
    return redirect(target, code=303)


@bp.get(f"{POST}/editar")
@requires(Permission.PERSON_EDIT, post_of, into="affiliation")
def edit_post_form(affiliation: Affiliation) -> ResponseReturnValue:
    """Show the form of a post, and what can be done with it."""
    return _post_page(affiliation)


@bp.post(f"{POST}/editar")
@requires(Permission.PERSON_EDIT, post_of, into="affiliation")
def edit_post(affiliation: Affiliation) -> ResponseReturnValue:
    """Change a post, and how its person is called or reached."""
    now = utcnow()
    form = edited(forms.MemberForm(data=forms.data_of_post(affiliation)))
    form.refuse_days_after(wall(now).date())

    def act(session: Session) -> str:
        commands.edit_member(session, affiliation, form.member(), actor=current_user.actor, now=now)
        flash(_("Guardamos los cambios."), "success")
        return page_of(affiliation.organisation)

    target = attempt(form, act)
    if target is None:
        return _post_page(affiliation, form=form), INVALID
    return redirect(target, code=303)


@bp.post(f"{POST}/terminar")
@requires(Permission.PERSON_EDIT, post_of, into="affiliation")
def end_post(affiliation: Affiliation) -> ResponseReturnValue:
    """End a post, and the access that it gave."""
    form = forms.EndForm(request.form)

    def act(session: Session) -> str:
        commands.end_affiliation(
            session, affiliation, until=form.day, actor=current_user.actor, now=utcnow()
        )
        flash(_("Terminó el cargo de %(name)s.", name=affiliation.person.name), "success")
        return page_of(affiliation.organisation)

    target = attempt(form, act)
    if target is None:
        return _post_page(affiliation, end=form), INVALID
    return redirect(target, code=303)


@bp.post(f"{POST}/acceso")
@recently_signed_in
@requires(Permission.USER_MANAGE, post_of, into="affiliation")
def set_access(affiliation: Affiliation) -> ResponseReturnValue:
    """Say what a post lets its person do; they get an account if they need one."""
    form = edited(forms.AccessForm(data={"access": affiliation.access.value}))

    def act(session: Session) -> str:
        commands.grant_access(
            session,
            affiliation,
            access=Access(form.access.data),
            actor=current_user.actor,
            now=utcnow(),
        )
        flash(_("Guardamos el acceso de %(name)s.", name=affiliation.person.name), "success")
        return page_of(affiliation.organisation)

    target = attempt(form, act)
    if target is None:
        return _post_page(affiliation, access=form), INVALID
    return redirect(target, code=303)


def _new_page(form: forms.MemberForm, organisation: Organisation) -> str:
    return render_template(
        "people/directory/new_person.html",
        form=form,
        organisation=organisation,
        back=page_of(organisation),
        action=url_for(
            ".add_person",
            section=SECTIONS[organisation.kind],
            public_id=organisation.public_id,
        ),
    )


def _post_page(
    affiliation: Affiliation,
    *,
    form: forms.MemberForm | None = None,
    end: forms.EndForm | None = None,
    access: forms.AccessForm | None = None,
    refusal: str = "",
) -> str:
    organisation = affiliation.organisation
    posts = queries.posts_of(reading(), affiliation.person, organisation)
    return render_template(
        "people/directory/edit_post.html",
        form=form or forms.MemberForm(data=forms.data_of_post(affiliation)),
        end=end or forms.EndForm(data={"until": wall(utcnow()).date().isoformat()}),
        access=access or forms.AccessForm(data={"access": affiliation.access.value}),
        access_choices=forms.access_choices(organisation.kind),
        affiliation=affiliation,
        organisation=organisation,
        back=page_of(organisation),
        at={
            "section": SECTIONS[organisation.kind],
            "public_id": organisation.public_id,
            "person": affiliation.person.public_id,
            "number": posts.index(affiliation) + 1,
        },
        can_give_access=may(Permission.USER_MANAGE, affiliation),
        refusal=refusal,
    )


def edit_page(session: Session, number: int, *, refusal: str) -> str:
    """Render the form of a post as it stands, with what a rule said on top."""
    return _post_page(session.get_one(Affiliation, number), refusal=refusal)
