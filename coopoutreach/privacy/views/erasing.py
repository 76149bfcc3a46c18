"""Take a copy of somebody's data for them, end their block, and erase them, in two steps."""

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user
from sqlalchemy.orm import Session

from coopoutreach.people.accounts.confirming import recently_signed_in
from coopoutreach.people.directory import queries as directory
from coopoutreach.people.directory.models import Person
from coopoutreach.platform.access.guard import requires
from coopoutreach.platform.access.permissions import Permission
from coopoutreach.platform.audit import commands as audit
from coopoutreach.platform.core.clock import utcnow
from coopoutreach.platform.web.forms import INVALID
from coopoutreach.platform.web.transaction import reading, transaction
from coopoutreach.privacy import commands, copies, queries, scrubbing, showing
from coopoutreach.privacy.errors import CannotErase
from coopoutreach.privacy.forms import ERASE_WORD, EraseForm
from coopoutreach.privacy.views.blueprint import bp, count, database, download

_PERSON = "/datos-personales/personas/<public_id>"


def person_of(session: Session, public_id: str) -> Person | None:
    """Return the person that a page is about."""
    return directory.person_by_public_id(session, public_id)


@bp.get(f"{_PERSON}/borrar")
@requires(Permission.DATA_CASE_MANAGE, person_of, into="person")
def erase_form(person: Person) -> ResponseReturnValue:
    """Show what erasing somebody does and keeps, what is in the way, and offer the copy first."""
    return _page(reading(), person, EraseForm())


@bp.post(f"{_PERSON}/borrar")
@recently_signed_in
@requires(Permission.DATA_CASE_MANAGE, person_of, into="person")
def erase(person: Person) -> ResponseReturnValue:
    """Erase somebody, once the copy was offered and the word was typed."""
    form = EraseForm(request.form)
    if not form.validate():
        return _page(reading(), person, form), INVALID
    public_id = person.public_id
    try:
        with transaction() as session:
            commands.erase_and_answer(session, person, actor=current_user.actor, now=utcnow())
    except CannotErase:
        session = reading()
        found = person_of(session, public_id)
        assert found is not None  # noqa: S101 (nobody erased the row)
        return _page(session, found, form), INVALID
    scrubbing.scrub(database())
    flash(_("Los datos de la persona se borraron."), "success")
    return redirect(url_for(".cases"), code=303)


@bp.post(f"{_PERSON}/anular-inscripciones")
@requires(Permission.DATA_CASE_MANAGE, person_of, into="person")
def cancel_registrations(person: Person) -> ResponseReturnValue:
    """Give up every place of somebody who is to be erased."""
    with transaction() as session:
        commands.cancel_registrations(session, person, actor=current_user.actor, now=utcnow())
    return redirect(url_for(".erase_form", public_id=person.public_id), code=303)


@bp.post(f"{_PERSON}/copia")
@recently_signed_in
@requires(Permission.DATA_CASE_MANAGE, person_of, into="person")
def copy_for_person(person: Person) -> ResponseReturnValue:
    """Take a copy of somebody's data, to hand it to them; the trail keeps who did."""
    now, actor = utcnow(), current_user.actor
    with transaction() as session:
        copy = copies.copy_of(session, queries.subject_of(session, person), now=now)
        thing = ("person", person.id)
        audit.record(session, thing, action="person.copied", actor=actor, now=now)
    count(data_copy_per_person=actor)
    return download(copy)


@bp.post(f"{_PERSON}/desbloquear")
@requires(Permission.DATA_CASE_MANAGE, person_of, into="person")
def unblock_person(person: Person) -> ResponseReturnValue:
    """End somebody's block."""
    with transaction() as session:
        commands.unblock(session, person, actor=current_user.actor, now=utcnow())
    flash(_("El bloqueo terminó."), "success")
    return redirect(url_for(".cases"), code=303)


def _page(session: Session, person: Person, form: EraseForm) -> str:
    now = utcnow()
    return render_template(
        "privacy/erase.html",
        person=person,
        form=form,
        word=ERASE_WORD,
        obstacles=commands.obstacles(session, person, now=now),
        ahead=queries.registrations_ahead(session, person, now=now),
        kept=showing.stays(),
        mentions=queries.mentions(session, [person.name, person.email]),
    )
