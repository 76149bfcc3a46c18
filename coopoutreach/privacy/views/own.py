"""«Mis datos»: what is kept of oneself, a copy, requests and a block, by account or by link."""

from collections.abc import Callable
from dataclasses import dataclass

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user
from sqlalchemy.orm import Session

from coopoutreach.events import queries as events
from coopoutreach.people.accounts.models import User
from coopoutreach.people.accounts.sessions import signed_in
from coopoutreach.people.directory import queries as directory
from coopoutreach.people.directory.models import Person
from coopoutreach.platform.access.guard import by_link
from coopoutreach.platform.audit import commands as audit
from coopoutreach.platform.core.clock import utcnow
from coopoutreach.platform.core.errors import NotFound
from coopoutreach.platform.web.forms import INVALID
from coopoutreach.platform.web.transaction import reading, transaction
from coopoutreach.privacy import commands, copies, queries, rules, showing
from coopoutreach.privacy.data_map import Subject
from coopoutreach.privacy.forms import RIGHTS, RightForm
from coopoutreach.privacy.rules import Asked, Right
from coopoutreach.privacy.views.blueprint import bp, count, download

_LINK = "/inscripciones/<token>/datos"


@dataclass(frozen=True, slots=True)
class Owner:
    """Whoever looks at what is theirs: by their account or by the link in their mail."""

    name: str
    email: str
    actor: str
    person: Person | None
    subject: Subject
    #: The link's token; empty for an account.
    token: str = ""

    @property
    def thing(self) -> tuple[str, object]:
        """Return what the trail calls them."""
        if self.subject.person_id is not None:
            return ("person", self.subject.person_id)
        return ("user", self.subject.user_id)


@bp.get("/mi-cuenta/datos")
@signed_in
def my_data() -> ResponseReturnValue:
    """Show whoever signed in what is kept of them, and what they may ask for."""
    session = reading()
    return _page(session, _by_account(session, current_user.id), RightForm())


@bp.post("/mi-cuenta/datos/copia")
@signed_in
def copy_my_data() -> ResponseReturnValue:
    """Send whoever signed in a copy of all that is kept of them."""
    user_id = current_user.id
    count(data_copy_per_person=f"user:{user_id}")
    return _copy(lambda session: _by_account(session, user_id))


@bp.post("/mi-cuenta/datos/solicitud")
@signed_in
def ask_about_my_data() -> ResponseReturnValue:
    """Take in what whoever signed in asks about their data."""
    user_id = current_user.id
    return _ask(lambda session: _by_account(session, user_id), url_for(".my_data"))


@bp.post("/mi-cuenta/datos/desbloquear")
@signed_in
def unblock_my_data() -> ResponseReturnValue:
    """End the block that one asked for."""
    user_id = current_user.id
    return _unblock(lambda session: _by_account(session, user_id), url_for(".my_data"))


@bp.get(_LINK)
@by_link
def own_data(token: str) -> ResponseReturnValue:
    """Show whoever holds a registration's link what is kept of them."""
    session = reading()
    return _page(session, _by_token(session, token), RightForm())


@bp.post(f"{_LINK}/copia")
@by_link
def copy_own_data(token: str) -> ResponseReturnValue:
    """Send the person of a link a copy of all that is kept of them."""
    count(data_copy_per_person=token)
    return _copy(lambda session: _by_token(session, token))


@bp.post(f"{_LINK}/solicitud")
@by_link
def ask_about_own_data(token: str) -> ResponseReturnValue:
    """Take in what the person of a link asks about their data."""
    target = url_for(".own_data", token=token)
    return _ask(lambda session: _by_token(session, token), target)


@bp.post(f"{_LINK}/desbloquear")
@by_link
def unblock_own_data(token: str) -> ResponseReturnValue:
    """End the block that the person of a link asked for."""
    target = url_for(".own_data", token=token)
    return _unblock(lambda session: _by_token(session, token), target)


def _by_account(session: Session, user_id: int) -> Owner:
    user = session.get_one(User, user_id)
    person = directory.person_of_user(session, user_id)
    subject = queries.subject_of_user(session, user)
    return Owner(user.name, user.email, user.actor, person, subject)


def _by_token(session: Session, token: str) -> Owner:
    invitee = events.invitee_by_token(session, token)
    if invitee is None:
        raise NotFound
    person = invitee.person
    actor = f"link:invitee:{invitee.id}"
    subject = queries.subject_of(session, person)
    return Owner(person.name, person.email, actor, person, subject, token)


def _page(session: Session, owner: Owner, form: RightForm) -> str:
    now = utcnow()
    person = owner.person
    cases = queries.cases_of(session, person) if person else []
    return render_template(
        "privacy/own.html" if owner.token else "privacy/mine.html",
        owner=owner,
        token=owner.token,
        form=form,
        rights=RIGHTS,
        blocked=person.blocked_at if person else None,
        cases=[showing.case(one, now=now) for one in cases],
        kept=showing.summary(copies.copy_of(session, owner.subject, now=now)),
        ahead=queries.registrations_ahead(session, person, now=now) if person else [],
        url=lambda what: _url(owner, what),
    )


def _url(owner: Owner, what: str) -> str:
    mine = {"copy": "copy_my_data", "ask": "ask_about_my_data", "unblock": "unblock_my_data"}
    if not owner.token:
        return url_for(f"privacy.{mine[what]}")
    return url_for(f"privacy.{mine[what].replace('my_data', 'own_data')}", token=owner.token)


def _copy(find: Callable[[Session], Owner]) -> ResponseReturnValue:
    now = utcnow()
    with transaction() as session:
        owner = find(session)
        copy = copies.copy_of(session, owner.subject, now=now)
        audit.record(session, owner.thing, action="person.copied", actor=owner.actor, now=now)
        if owner.person is not None:
            commands.note_copy(session, owner.person, actor=owner.actor, now=now)
    return download(copy)


def _ask(find: Callable[[Session], Owner], target: str) -> ResponseReturnValue:
    form = RightForm(request.form)
    if not form.validate():
        session = reading()
        return _page(session, find(session), form), INVALID
    now = utcnow()
    with transaction() as session:
        owner = find(session)
        rights = [form.chosen]
        if form.also_block.data and form.chosen in rules.MAY_BLOCK_MEANWHILE:
            rights.append(Right.BLOCK)
        for right in rights:
            asked = Asked(owner.name, owner.email, right, form.details.data or "")
            commands.open_case(session, asked, person=owner.person, actor=owner.actor, now=now)
    flash(_("Recibimos su solicitud. Le enviamos el acuse de recibo por correo."), "success")
    return redirect(target, code=303)


def _unblock(find: Callable[[Session], Owner], target: str) -> ResponseReturnValue:
    with transaction() as session:
        owner = find(session)
        if owner.person is not None:
            commands.unblock(session, owner.person, actor=owner.actor, now=utcnow())
    flash(_("El bloqueo terminó. Sus datos se usan de nuevo."), "success")
    return redirect(target, code=303)
