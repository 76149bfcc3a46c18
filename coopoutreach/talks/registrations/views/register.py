"""Register people for a talk: without an account, or in the name of one's cooperative."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from flask import abort, current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user
from itsdangerous import BadData, URLSafeTimedSerializer
from sqlalchemy.orm import Session

from coopoutreach.events import entries
from coopoutreach.people.directory import contact
from coopoutreach.people.directory import queries as directory
from coopoutreach.people.directory.models import Organisation
from coopoutreach.platform.access.guard import may, public
from coopoutreach.platform.access.permissions import Permission, Role
from coopoutreach.platform.core import settings, spanish
from coopoutreach.platform.core.clock import utcnow
from coopoutreach.platform.core.errors import DomainError
from coopoutreach.platform.core.links import new_nonce
from coopoutreach.platform.limits import commands as limits
from coopoutreach.platform.limits.commands import Attempt
from coopoutreach.platform.web.forms import INVALID
from coopoutreach.platform.web.shown_again import unsent
from coopoutreach.platform.web.transaction import reading, separate_transaction, transaction
from coopoutreach.talks.questions import queries as questions
from coopoutreach.talks.registrations import commands, offers, queries, showing
from coopoutreach.talks.registrations.forms import OTHER, RegistrationForm
from coopoutreach.talks.registrations.request import Request
from coopoutreach.talks.registrations.rules import Room
from coopoutreach.talks.registrations.views import answers, cached_form
from coopoutreach.talks.registrations.views.blueprint import bp
from coopoutreach.talks.registrations.views.cached_form import Shown
from coopoutreach.talks.talks import queries as talks
from coopoutreach.talks.talks.models import Talk

#: A form left open longer than this is shown again with a new key, and nothing typed is lost.
FORM_LIVES_SECONDS = 24 * 3600


@dataclass(frozen=True, slots=True)
class Registrar:
    """Who registers: somebody signed in for a cooperative, or anybody."""

    user_id: int | None = None
    organisation: Organisation | None = None
    actor: str = "anonymous"


@dataclass(frozen=True, slots=True)
class Sent:
    """A form as it came in; the key is None where it is too old, or of another talk."""

    talk: Talk
    registrar: Registrar
    #: The cooperative of the form, one's own or the one chosen; None: another organisation.
    organisation: Organisation | None
    form: RegistrationForm
    key: str | None


@bp.get("/charlas/<slug>/inscripcion")
@public
def new(slug: str) -> ResponseReturnValue:
    """Show the registration form."""
    session = reading()
    talk = talks.talk_alone_by_slug(session, slug) or abort(404)
    registrar = _registrar(session)
    if registrar.user_id is not None:
        return _page(session, talk, RegistrationForm.empty(_rooms(talk)), registrar)
    return cached_form.page(_shown(session, talk), form_key=_new_form_key(slug))


@bp.post("/charlas/<slug>/inscripcion")
@public
def create(slug: str) -> ResponseReturnValue:
    """Register whoever the form names; the answer is the same whether or not they were before."""
    if request.form.get("website"):
        # A field that no person sees was filled in: a robot gets the page it expects.
        return redirect(url_for(".received", slug=slug), code=303)
    _count_attempts()
    picked: list[str] = []
    try:
        with transaction() as session:
            sent = _read(session, slug, talks.lock_talk_by_slug)
            picked = sent.form.picked
            if unsent(sent.form.errors) or sent.key is None:
                return _page(session, sent.talk, sent.form, sent.registrar), INVALID
            commands.register(
                session, sent.talk, _request(sent), actor=sent.registrar.actor, now=utcnow()
            )
            target = _landing(sent)
    except DomainError as refusal:
        if not refusal.field:
            raise
        session = reading()
        sent = _read(session, slug, talks.talk_alone_by_slug)
        sent.form.errors[_beside(refusal.field, picked)] = str(refusal)
        return _page(session, sent.talk, sent.form, sent.registrar), INVALID
    return redirect(target, code=303)


@bp.get("/charlas/<slug>/inscripcion/recibida")
@public
def received(slug: str) -> ResponseReturnValue:
    """Say what happens next: the same page for everybody."""
    session = reading()
    talk = talks.talk_alone_by_slug(session, slug) or abort(404)
    return render_template(
        "talks/registrations/received.html",
        talk=talk,
        when=entries.when_line(talk),
        shows_mailbox=settings.current().mail_url.startswith("file:"),
    )


def _page(session: Session, talk: Talk, form: RegistrationForm, registrar: Registrar) -> str:
    return cached_form.render(
        _shown(session, talk),
        form,
        form_key=_new_form_key(talk.slug),
        organisation=registrar.organisation.short_name if registrar.organisation else "",
        colleagues=_colleagues(session, talk, registrar),
    )


def _colleagues(session: Session, talk: Talk, registrar: Registrar) -> list[queries.Colleague]:
    """Return the people of the registrar's own cooperative, to choose from."""
    if registrar.organisation is None or not registrar.organisation.is_cooperative:
        return []
    return queries.colleagues(session, registrar.organisation, talk.id, now=utcnow())


def _shown(session: Session, talk: Talk) -> Shown:
    now = utcnow()
    seats = queries.seats_of_talks(session, [talk], now=now)[talk.id]
    is_full = (
        seats.confirmed_room + seats.held_room >= talk.capacity_room
        and seats.confirmed_online + seats.held_online >= talk.capacity_online
    )
    said = (showing.held(talk, now=now), showing.limit(talk).strip())
    return Shown(
        title=talk.title,
        slug=talk.slug,
        path=talk.path,
        when=entries.when_line(talk),
        place=entries.place_line(talk),
        window=talks.window_of(talk, now=now),
        rooms=_rooms(talk),
        waiting=seats.waiting if is_full and not seats.held else None,
        rules=tuple(sentence for sentence in said if sentence),
        instead=_instead(session, talk, now=now) if is_full else None,
        asking=questions.asking(session, talk),
        choices=(*directory.cooperative_choices(session), (OTHER, _("Otra organización"))),
    )


def _instead(session: Session, talk: Talk, *, now: datetime) -> tuple[str, str, str, str] | None:
    offer = offers.on_topic(session, talk, now=now)
    if offer is None:
        return None
    return offer.sentence, offer.title, offer.path, f"{offer.when}. {offer.seats}"


def _rooms(talk: Talk) -> tuple[Room, ...]:
    has = ((Room.IN_ROOM, talk.capacity_room), (Room.ONLINE, talk.capacity_online))
    return tuple(room for room, capacity in has if capacity) or (Room.IN_ROOM,)


def _registrar(session: Session) -> Registrar:
    if not current_user.is_authenticated:
        return Registrar()
    organisation = None
    if current_user.role in {Role.MANAGER, Role.REGISTRAR}:
        organisation = directory.organisation_of_user(
            session, current_user.id, today=spanish.wall(utcnow()).date()
        )
    return Registrar(current_user.id, organisation, current_user.actor)


def _read(session: Session, slug: str, find: Callable[[Session, str], Talk | None]) -> Sent:
    registrar = _registrar(session)
    chosen = registrar.organisation
    if chosen is None:
        chosen = directory.active_cooperative(session, request.form.get("organisation", ""))
    # Last, since once its row is held, whoever else registers for the talk waits.
    talk = find(session, slug) or abort(404)
    form = RegistrationForm.parse(
        request.form,
        rooms=_rooms(talk),
        knows_organisation=chosen is not None,
        needs_organisation=registrar.organisation is None,
        colleagues=_colleagues(session, talk, registrar),
    )
    if asking := questions.asking(session, talk):
        form.read_answers(request.form, asking)
    key = _form_key(talk.slug)
    if key is None and not form.errors:
        form.errors[""] = _("La página estuvo abierta mucho tiempo. Revise y envíe de nuevo.")
    return Sent(talk, registrar, chosen, form, key)


def _request(sent: Sent) -> Request:
    return Request(
        form_key=sent.key or "",
        people=answers.with_answers(sent.form, by_colleague=sent.registrar.user_id is not None),
        organisation=sent.organisation,
        organisation_name="" if sent.organisation else sent.form.organisation_name,
        by_user_id=sent.registrar.user_id,
        sees_all=sent.registrar.user_id is not None and may(Permission.REGISTRATION_LIST),
        all_or_none=sent.form.all_or_none,
    )


def _landing(sent: Sent) -> str:
    """Return where to go after registering: one's own list, or the page that is for everybody."""
    if sent.registrar.user_id is None:
        return url_for(".received", slug=sent.talk.slug)
    flash(_("Recibimos la inscripción. Cada persona recibirá un correo."), "success")
    return url_for("board.cooperative" if sent.registrar.organisation else "board.panel")


def _beside(field: str, picked: Sequence[str]) -> str:
    """Return the input that a refusal about a person stands beside: their tick, or address.

    Who was ticked comes before who was typed.
    """
    prefix, _, number = field.rpartition("-")
    if prefix != "people":
        return field
    place = int(number)
    return f"pick-{picked[place]}" if place < len(picked) else f"people-{place - len(picked)}-email"


def _signer() -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(current_app.config["SECRET_KEY"], salt="registration-form")


def _new_form_key(slug: str) -> str:
    """Return a key for one form of the talk: what makes a second try the same form."""
    return str(_signer().dumps([slug, new_nonce()]))


def _form_key(slug: str) -> str | None:
    """Return the key of the form that was sent, or None if it is too old or not of this talk."""
    given = request.form.get("form_key", "")
    try:
        of_talk, nonce = _signer().loads(given, max_age=FORM_LIVES_SECONDS)
    except (BadData, ValueError, TypeError):
        return None
    return str(nonce) if of_talk == slug else None


def _count_attempts() -> None:
    """Count this try by network and by each address, before anything else is looked at."""
    now, allowed = utcnow(), settings.current().limits
    addresses = {
        contact.mailbox_key(value)
        for name, value in request.form.items()
        if name.startswith("people-") and name.endswith("-email") and "@" in value
    }
    attempts = [
        Attempt("registration.all", "all", allowed.registration_global),
        Attempt(
            "registration.network", request.remote_addr or "", allowed.registration_per_network
        ),
        *(
            Attempt("registration.address", address, allowed.registration_per_address)
            for address in sorted(addresses)
        ),
    ]
    with separate_transaction() as session:
        limits.check_and_count(session, attempts, now=now)
