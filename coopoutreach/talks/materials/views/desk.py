"""The coordination's pages about the materials of a talk."""

from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user
from sqlalchemy.orm import Session
from werkzeug.exceptions import BadRequest

from coopoutreach.events.rules import PUBLIC
from coopoutreach.platform.access.guard import may, requires
from coopoutreach.platform.access.permissions import Permission
from coopoutreach.platform.core.clock import utcnow
from coopoutreach.platform.core.errors import DomainError, NotFound
from coopoutreach.platform.web import uploads
from coopoutreach.platform.web.edits import edited
from coopoutreach.platform.web.forms import INVALID
from coopoutreach.platform.web.transaction import reading, transaction
from coopoutreach.talks.materials import bytes as kept_bytes
from coopoutreach.talks.materials import commands, queries, rules, showing
from coopoutreach.talks.materials.bytes import NotTaken
from coopoutreach.talks.materials.commands import Upload
from coopoutreach.talks.materials.forms import AboutForm, LinkForm, NamedForm
from coopoutreach.talks.materials.models import Material
from coopoutreach.talks.materials.rules import Kind
from coopoutreach.talks.materials.views.blueprint import bp
from coopoutreach.talks.talks import queries as talks
from coopoutreach.talks.talks.models import Talk

_PATH = "/plan/charlas/<public_id>/materiales"
#: What a form has besides its file.
_REST = 64 * 1024
_STEPS = {"up": -1, "down": 1}


def _talk(session: Session, public_id: str) -> Talk | None:
    return talks.talk_by_public_id(session, public_id)


def _material(session: Session, public_id: str, material: str) -> Material | None:
    return queries.by_public_id(session, public_id, material)


def _most_bytes() -> int | None:
    """Return what the coordination may send; from anybody else no file is read."""
    return rules.MOST_BYTES + _REST if may(Permission.MATERIAL_EDIT) else None


@bp.get(_PATH)
@requires(Permission.MATERIAL_EDIT, _talk, into="talk")
def materials(talk: Talk) -> ResponseReturnValue:
    """Show what goes with a talk, for whom and from when on."""
    session = reading()
    found = queries.of_talk(session, talk.id)
    return render_template(
        "talks/materials/materials.html",
        talk=talk,
        rows=[(material, showing.detail(material)) for material in found],
        audiences=showing.AUDIENCES,
        releases=showing.RELEASES,
        is_public=talk.state in PUBLIC,
        total=showing.size(sum(material.size for material in found)),
        most=showing.size(rules.MOST_BYTES_OF_A_TALK),
    )


@bp.get(f"{_PATH}/archivo")
@requires(Permission.MATERIAL_EDIT, _talk, into="talk")
def new_file(talk: Talk) -> ResponseReturnValue:
    """Show the form that takes a file."""
    return _form(talk, AboutForm(), kind=Kind.FILE)


@bp.post(f"{_PATH}/archivo")
@uploads.takes(_most_bytes)
@requires(Permission.MATERIAL_EDIT, _talk, into="talk")
def add_file(talk: Talk) -> ResponseReturnValue:
    """Hand out a file with a talk."""
    form, given = AboutForm(request.form), request.files.get("file")
    if not form.validate() or given is None or not given.filename:
        errors = {} if given is not None and given.filename else {"file": _("Elija un archivo.")}
        return _again(talk, form, kind=Kind.FILE, errors=errors)
    try:
        stored, name, media_type = kept_bytes.keep(given.stream, given.filename)
    except NotTaken as refusal:
        return _again(talk, form, kind=Kind.FILE, errors={"file": str(refusal)})
    upload = Upload(stored, name, media_type)
    otherwise = name.rpartition(".")[0]

    def add(session: Session, talk: Talk) -> None:
        about = form.about(otherwise=otherwise)
        commands.add_file(session, talk, upload, about, actor=current_user.actor, now=utcnow())

    return _add(talk, form, add, kind=Kind.FILE, keeping=kept_bytes.unless_it_fails(stored.name))


@bp.get(f"{_PATH}/enlace")
@requires(Permission.MATERIAL_EDIT, _talk, into="talk")
def new_link(talk: Talk) -> ResponseReturnValue:
    """Show the form that takes a link."""
    return _form(talk, LinkForm(), kind=Kind.LINK)


@bp.post(f"{_PATH}/enlace")
@requires(Permission.MATERIAL_EDIT, _talk, into="talk")
def add_link(talk: Talk) -> ResponseReturnValue:
    """Hand out a link with a talk."""
    form = LinkForm(request.form)
    if not form.validate():
        return _again(talk, form, kind=Kind.LINK)

    def add(session: Session, talk: Talk) -> None:
        commands.add_link(
            session, talk, form.url.data, form.about(), actor=current_user.actor, now=utcnow()
        )

    return _add(talk, form, add, kind=Kind.LINK, keeping=nullcontext())


@bp.get(f"{_PATH}/<material>/editar")
@requires(Permission.MATERIAL_EDIT, _material, into="material")
def edit_form(material: Material) -> ResponseReturnValue:
    """Show the form of a material."""
    return _form(material.talk, _stored(material), kind=material.kind, material=material)


@bp.post(f"{_PATH}/<material>/editar")
@requires(Permission.MATERIAL_EDIT, _material, into="material")
def edit(material: Material) -> ResponseReturnValue:
    """Change what a material is called, for whom and from when it is."""
    form = edited(_stored(material))
    if not form.validate():
        return _again(material.talk, form, kind=material.kind, material=material)
    target = _list_of(material.talk)
    with transaction() as session:
        commands.edit(
            session,
            material,
            form.about(),
            url=form.url.data if material.kind is Kind.LINK else None,
            actor=current_user.actor,
            now=utcnow(),
        )
    flash(_("Guardamos los cambios."), "success")
    return redirect(target, code=303)


@bp.post(f"{_PATH}/<material>/mover")
@requires(Permission.MATERIAL_EDIT, _material, into="material")
def move(material: Material) -> ResponseReturnValue:
    """Move a material one place up or down."""
    by, target = _STEPS.get(request.form.get("to", "")), _list_of(material.talk)
    if by is None:
        raise BadRequest
    with transaction() as session:
        commands.move(session, material, by=by, actor=current_user.actor, now=utcnow())
    return redirect(target, code=303)


@bp.post(f"{_PATH}/<material>/quitar")
@requires(Permission.MATERIAL_EDIT, _material, into="material")
def remove(material: Material) -> ResponseReturnValue:
    """Take a material back, and erase its bytes."""
    target = _list_of(material.talk)
    with transaction() as session:
        stored_as = commands.remove(session, material, actor=current_user.actor, now=utcnow())
    if stored_as:
        kept_bytes.erase(stored_as)
    flash(_("Quitamos el material. Nadie más lo puede descargar."), "success")
    return redirect(target, code=303)


def _stored(material: Material) -> LinkForm | NamedForm:
    return (LinkForm if material.kind is Kind.LINK else NamedForm)(
        data={
            "title": material.title,
            "url": material.url,
            "audience": material.audience.value,
            "release": material.release.value,
        }
    )


def _list_of(talk: Talk) -> str:
    return url_for(".materials", public_id=talk.public_id)


def _add(
    talk: Talk,
    form: AboutForm,
    add: Callable[[Session, Talk], None],
    *,
    kind: Kind,
    keeping: AbstractContextManager[None],
) -> ResponseReturnValue:
    """Add a material, or show the form again with what the rules say of it."""
    target, public_id = _list_of(talk), talk.public_id
    try:
        with keeping, transaction() as session:
            add(session, talk)
    except DomainError as refusal:
        if refusal.field is None:
            raise
        found = _talk(reading(), public_id)
        if found is None:
            raise NotFound from None
        errors = {refusal.field: str(refusal)}
        return _again(found, form, kind=kind, errors=errors)
    flash(_("El material quedó agregado."), "success")
    return redirect(target, code=303)


def _again(
    talk: Talk,
    form: AboutForm,
    *,
    kind: Kind,
    material: Material | None = None,
    errors: dict[str, str] | None = None,
) -> ResponseReturnValue:
    return _form(talk, form, kind=kind, material=material, errors=errors), INVALID


def _form(
    talk: Talk,
    form: AboutForm,
    *,
    kind: Kind,
    material: Material | None = None,
    errors: dict[str, str] | None = None,
) -> str:
    wrong: dict[str, Any] = {name: found[0] for name, found in form.errors.items()}
    return render_template(
        "talks/materials/edit.html",
        talk=talk,
        form=form,
        is_link=kind is Kind.LINK,
        material=material,
        errors=wrong | (errors or {}),
        audiences=_cards(showing.AUDIENCES),
        releases=_cards(showing.RELEASES),
        taken=kept_bytes.TAKEN,
        most=rules.MOST_BYTES // 1024**2,
    )


def _cards(named: dict[Any, tuple[str, str]]) -> list[dict[str, str]]:
    return [
        {"value": item.value, "label": label, "hint": hint} for item, (label, hint) in named.items()
    ]
