"""A person's own registration, by the link in their mail: see, correct, answer, cancel."""

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from coopoutreach.events import commands as events
from coopoutreach.events import entries
from coopoutreach.events import queries as event_queries
from coopoutreach.events.rules import ACTIVE_STATES, Answer
from coopoutreach.platform.access.guard import by_link
from coopoutreach.platform.core import text, web_addresses
from coopoutreach.platform.core.clock import utcnow
from coopoutreach.platform.core.errors import DomainError
from coopoutreach.platform.web.forms import INVALID
from coopoutreach.platform.web.shown_again import is_shown_again
from coopoutreach.platform.web.transaction import reading, transaction
from coopoutreach.talks.materials import queries as materials
from coopoutreach.talks.materials import showing
from coopoutreach.talks.registrations import commands, offers, queries
from coopoutreach.talks.registrations.models import Registration
from coopoutreach.talks.registrations.place import place_of
from coopoutreach.talks.registrations.rules import State
from coopoutreach.talks.registrations.views.blueprint import bp


@bp.get("/inscripciones/<token>")
@by_link
def own(token: str) -> ResponseReturnValue:
    """Show a registration to whoever holds its link. Looking changes nothing."""
    session = reading()
    return page(session, registration_of(session, token), token)


@bp.post("/inscripciones/<token>/cancelar")
@by_link
def cancel(token: str) -> ResponseReturnValue:
    """Give up the place; doing it twice changes nothing more."""
    with transaction() as session:
        registration = registration_of(session, token)
        commands.cancel(
            session,
            registration,
            actor=f"link:invitee:{registration.invitee_id}",
            by_person=True,
            now=utcnow(),
        )
    flash(_("Anulamos su inscripción."), "success")
    return redirect(url_for(".own", token=token), code=303)


@bp.post("/inscripciones/<token>/confirmar")
@by_link
def confirm(token: str) -> ResponseReturnValue:
    """Say that one will come."""
    with transaction() as session:
        registration = registration_of(session, token)
        if registration.state is State.CONFIRMED:
            events.answer(
                session,
                registration.invitee,
                answer=Answer.ACCEPTED,
                actor=f"link:invitee:{registration.invitee_id}",
                now=utcnow(),
            )
            flash(_("Gracias: anotamos que asiste."), "success")
    return redirect(url_for(".own", token=token), code=303)


@bp.post("/inscripciones/<token>/corregir")
@by_link
def correct(token: str) -> ResponseReturnValue:
    """Put right how the name is written."""
    typed = request.form.get("name", "")
    name = text.clean_line(typed)
    with transaction() as session:
        registration = registration_of(session, token)
        if not any(char.isalpha() for char in name) or len(name) > text.LONGEST_NAME:
            error = _("Escriba el nombre y el apellido, en a lo más 80 caracteres.")
            return page(session, registration, token, error=error, typed=typed), INVALID
        if web_addresses.has_web_address(name) or is_shown_again():
            refused = "" if is_shown_again() else web_addresses.REFUSED
            return page(session, registration, token, error=refused, typed=typed), INVALID
        try:
            commands.correct_name(
                session,
                registration,
                name=name,
                actor=f"link:invitee:{registration.invitee_id}",
                now=utcnow(),
            )
        except DomainError as refusal:
            # It changed nothing: it looks before it writes.
            return page(session, registration, token, error=str(refusal), typed=typed), INVALID
    flash(_("Guardamos el nombre."), "success")
    return redirect(url_for(".own", token=token), code=303)


def registration_of(session: Session, token: str) -> Registration:
    """Return the registration of the link; nobody else's."""
    invitee = event_queries.invitee_by_token(session, token) or abort(404)
    return queries.of_invitee(session, invitee) or abort(404)


def page(
    session: Session,
    registration: Registration,
    token: str,
    *,
    error: str = "",
    typed: str | None = None,
    asked: object = None,
) -> str:
    """Render somebody's own page; `asked`: what they must say yes to first."""
    talk = registration.talk
    now = utcnow()
    is_ahead = talk.state in ACTIVE_STATES and now < talk.starts_at
    return render_template(
        "talks/registrations/own.html",
        registration=registration,
        invitee=registration.invitee,
        talk=talk,
        token=token,
        when=entries.when_line(talk),
        where=entries.place_line(talk),
        place=place_of(session, registration, now=now) if is_ahead else None,
        asked=asked,
        other_rooms=[
            (room.value, offers.room_seats_line(session, talk, room, now=now))
            for room in offers.rooms(talk)
            if is_ahead and room is not registration.room
        ],
        sessions=offers.sessions(session, talk, now=now) if is_ahead else [],
        error=error,
        name=registration.person.name if typed is None else typed,
        is_standing=talk.state in ACTIVE_STATES,
        is_over=now >= talk.starts_at,
        materials=_materials(session, registration, token),
    )


def _materials(session: Session, registration: Registration, token: str) -> list[showing.Listed]:
    found = materials.for_invitee(session, registration.talk, registration.invitee, now=utcnow())
    return showing.listed(
        found,
        lambda material: url_for("materials.own_file", token=token, public_id=material.public_id),
    )
