"""Who speaks for an institution: asked of it, or said by the administration."""

from dataclasses import dataclass

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext
from flask_login import current_user
from sqlalchemy.orm import Session

from coopoutreach.people.accounts.confirming import recently_signed_in
from coopoutreach.people.directory import commands, notices, queries
from coopoutreach.people.directory.models import Affiliation, Person
from coopoutreach.people.directory.views.blueprint import bp, page_of
from coopoutreach.people.directory.views.people import POST, edit_page, post_of
from coopoutreach.platform.access.guard import by_link, requires
from coopoutreach.platform.access.permissions import Permission
from coopoutreach.platform.core import settings, spanish
from coopoutreach.platform.core.clock import utcnow
from coopoutreach.platform.core.errors import DomainError, NotFound
from coopoutreach.platform.core.links import identifier_of
from coopoutreach.platform.web.forms import INVALID
from coopoutreach.platform.web.transaction import reading, transaction

_LINK = "/confirmaciones/<token>"
#: No post has a longer number: what a database takes is not asked.
_MOST_DIGITS = 9


@bp.post(f"{POST}/voz/pedir")
@recently_signed_in
@requires(Permission.PERSON_EDIT, post_of, into="affiliation")
def ask_to_vouch(affiliation: Affiliation) -> ResponseReturnValue:
    """Ask the people of an institution whether somebody speaks for it."""
    try:
        with transaction() as session:
            asked = commands.ask_to_vouch(
                session, affiliation, actor=current_user.actor, now=utcnow()
            )
            target = page_of(affiliation.organisation)
    except DomainError as refusal:
        return edit_page(reading(), affiliation.id, refusal=str(refusal)), INVALID
    flash(
        ngettext(
            "Le preguntamos por correo a una persona.", "Les preguntamos a %(num)d personas.", asked
        ),
        "success",
    )
    return redirect(target, code=303)


@bp.post(f"{POST}/voz")
@recently_signed_in
@requires(Permission.USER_MANAGE, post_of, into="affiliation")
def set_voice(affiliation: Affiliation) -> ResponseReturnValue:
    """Say, for the administration, that somebody speaks for an institution, or no longer."""
    act = commands.take_voice if request.form.get("act") == "quitar" else commands.vouch
    try:
        with transaction() as session:
            act(session, affiliation, actor=current_user.actor, now=utcnow())
            target = page_of(affiliation.organisation)
    except DomainError as refusal:
        return edit_page(reading(), affiliation.id, refusal=str(refusal)), INVALID
    flash(_("Guardado. Avisamos por correo a la institución."), "success")
    return redirect(target, code=303)


@dataclass(frozen=True, slots=True)
class _Asked:
    """The post that a link asks about, and whom it asks."""

    post: Affiliation
    voucher: Person


def _asked(session: Session, token: str) -> _Asked:
    """Return what a link asks; one that is spent, forged, or of somebody who left is no link."""
    number = identifier_of(token)
    is_number = number.isdecimal() and len(number) <= _MOST_DIGITS
    post = session.get(Affiliation, int(number)) if is_number else None
    if post is None or post.vouch_nonce is None or post.until is not None:
        raise NotFound
    today = spanish.wall(utcnow()).date()
    links = settings.current().links
    for one in queries.vouched_posts_at(session, post.organisation, today=today):
        nonce = f"{post.vouch_nonce}:{one.person_id}"
        if one.person_id != post.person_id and links.matches(token, notices.VOUCH, nonce=nonce):
            return _Asked(post, one.person)
    raise NotFound


@bp.get(_LINK)
@by_link
def vouch_form(token: str) -> ResponseReturnValue:
    """Ask one of an institution's people who speaks for it. Looking changes nothing."""
    return _page(token)


@bp.post(_LINK)
@by_link
def vouch(token: str) -> ResponseReturnValue:
    """Take down whether somebody speaks for the institution: the link is spent by it."""
    answer = request.form.get("answer", "")
    if answer not in {"si", "no"}:
        return _page(token, problem=_("Elija una de las dos respuestas.")), INVALID
    try:
        with transaction() as session:
            asked = _asked(session, token)
            act = commands.vouch if answer == "si" else commands.refuse_to_vouch
            actor = f"link:person:{asked.voucher.id}"
            act(session, asked.post, actor=actor, now=utcnow())
    except NotFound:
        raise
    except DomainError as refusal:
        return _page(token, problem=str(refusal)), INVALID
    return redirect(url_for(".vouch_answered"), code=303)


@bp.get("/confirmaciones")
@by_link
def vouch_answered() -> ResponseReturnValue:
    """Thank whoever answered: the same page for both answers."""
    return render_template("people/directory/vouch.html", asked=None, problem="", token="")


def _page(token: str, *, problem: str = "") -> str:
    asked = _asked(reading(), token)
    return render_template("people/directory/vouch.html", asked=asked, problem=problem, token=token)
