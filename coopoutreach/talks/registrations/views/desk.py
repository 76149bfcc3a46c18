"""One person's registration as whoever registers for their cooperative sees and changes it."""

from collections.abc import Callable
from dataclasses import dataclass

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user
from sqlalchemy.orm import Session

from coopoutreach.events import entries
from coopoutreach.events.rules import ACTIVE_STATES, Delivery
from coopoutreach.platform.access.guard import may, requires
from coopoutreach.platform.access.permissions import Permission
from coopoutreach.platform.core.clock import utcnow
from coopoutreach.platform.core.errors import DomainError
from coopoutreach.platform.web.forms import INVALID
from coopoutreach.platform.web.shown_again import unsent
from coopoutreach.platform.web.transaction import reading, transaction
from coopoutreach.talks.questions import queries as questions
from coopoutreach.talks.questions.rules import Audience, Need
from coopoutreach.talks.registrations import commands, offers, queries
from coopoutreach.talks.registrations.contact_form import ContactForm
from coopoutreach.talks.registrations.errors import NoSeatThere
from coopoutreach.talks.registrations.models import Registration
from coopoutreach.talks.registrations.place import place_of
from coopoutreach.talks.registrations.request import Registrant, Within
from coopoutreach.talks.registrations.rules import LIVE, Room
from coopoutreach.talks.registrations.views.answers import Line, lines_of
from coopoutreach.talks.registrations.views.blueprint import bp

_PATH = "/mi-cooperativa/inscripciones/<public_id>"


@dataclass(frozen=True, slots=True)
class Refused:
    """What was refused, as the page says it: a form with its errors, or a question."""

    correction: ContactForm | None = None
    successor: ContactForm | None = None
    #: The room that has no seat free, and why they would have to wait.
    no_seat: tuple[Room, str] | None = None


def _registration(session: Session, public_id: str) -> Registration | None:
    found = queries.by_public_id(session, public_id)
    # Who asked that their data be blocked is in no list and on no page.
    return found if found and found.person.blocked_at is None else None


@bp.get(_PATH)
@requires(Permission.REGISTRATION_CORRECT, _registration, into="registration")
def desk(registration: Registration) -> ResponseReturnValue:
    """Show where somebody stands and why, and what can be done about it."""
    return _page(registration)


@bp.post(f"{_PATH}/corregir")
@requires(Permission.REGISTRATION_CORRECT, _registration, into="registration")
def correct_contact(registration: Registration) -> ResponseReturnValue:
    """Correct a name or an address: the right one gets all that holds."""
    form = ContactForm.parse(request.form)
    if unsent(form.errors):
        return _page(registration, Refused(correction=form)), INVALID
    within = Within.EVERYTHING if may(Permission.REGISTRATION_LIST) else Within.COOPERATIVE
    was = registration.person.email

    def act(session: Session) -> Registration:
        return commands.correct_contact(
            session,
            registration,
            form.contact,
            within=within,
            actor=current_user.actor,
            now=utcnow(),
        )

    return _attempt(
        act,
        lambda: Refused(correction=form),
        form,
        registration,
        said=_("Guardamos la corrección. Todo lo vigente va al correo nuevo.")
        if form.contact.email != was
        else _("Guardamos la corrección."),
    )


@bp.post(f"{_PATH}/traspasar")
@requires(Permission.REGISTRATION_CORRECT, _registration, into="registration")
def transfer(registration: Registration) -> ResponseReturnValue:
    """Give the place to a colleague, who is invited in their stead."""
    form = ContactForm.parse(request.form, colleagues=_colleagues(registration))
    if unsent(form.errors):
        return _page(registration, Refused(successor=form)), INVALID
    to = Registrant(form.contact.name, form.contact.email, registration.room)

    def act(session: Session) -> Registration:
        return commands.transfer(
            session,
            registration,
            to,
            sees_all=may(Permission.REGISTRATION_LIST),
            actor=current_user.actor,
            now=utcnow(),
        )

    return _attempt(
        act,
        lambda: Refused(successor=form),
        form,
        registration,
        said=_("Ahora va %(name)s. Avisamos por correo a las dos personas.", name=to.name),
    )


@bp.post(f"{_PATH}/modalidad")
@requires(Permission.REGISTRATION_CORRECT, _registration, into="registration")
def desk_room(registration: Registration) -> ResponseReturnValue:
    """Let somebody take part online instead of in the room, or the other way round."""
    given = request.form.get("room", "")
    if given not in set(Room):
        abort(400)
    try:
        with transaction() as session:
            commands.change_room(
                session,
                registration,
                Room(given),
                may_wait=request.form.get("may_wait") == "1",
                actor=current_user.actor,
                now=utcnow(),
            )
            target = url_for(".desk", public_id=registration.invitee.public_id)
    except NoSeatThere:
        where = _("en línea") if given == Room.ONLINE else _("en la sala")
        sentence = _("Ahora no hay un cupo %(where)s. Conserva el que tiene.", where=where)
        return _again(registration, Refused(no_seat=(Room(given), sentence)))
    flash(_("Cambiamos cómo participa y le avisamos por correo."), "success")
    return redirect(target, code=303)


@bp.post(f"{_PATH}/anular")
@requires(Permission.REGISTRATION_CORRECT, _registration, into="registration")
def desk_cancel(registration: Registration) -> ResponseReturnValue:
    """Cancel somebody's registration for them."""
    with transaction() as session:
        commands.cancel(
            session, registration, actor=current_user.actor, by_person=False, now=utcnow()
        )
        target = url_for(".desk", public_id=registration.invitee.public_id)
    flash(_("Anulamos la inscripción y le avisamos por correo."), "success")
    return redirect(target, code=303)


def _attempt(
    act: Callable[[Session], Registration],
    refused: Callable[[], Refused],
    form: ContactForm,
    registration: Registration,
    *,
    said: str,
) -> ResponseReturnValue:
    try:
        with transaction() as session:
            now_is = act(session)
            # Where a registrar is led must not tell whether somebody whose name was typed had a
            # place already; of the colleagues who are offered that is known.
            known = bool(form.chosen) or may(Permission.REGISTRATION_LIST)
            shown = now_is if known else registration
            target = url_for(".desk", public_id=shown.invitee.public_id)
    except DomainError as refusal:
        if not refusal.field:
            raise
        form.errors["name"] = str(refusal)
        return _again(registration, refused())
    flash(said, "success")
    return redirect(target, code=303)


def _again(registration: Registration, refused: Refused) -> ResponseReturnValue:
    # The transaction was rolled back: it is shown as it stands.
    found = queries.by_public_id(reading(), registration.invitee.public_id) or abort(404)
    return _page(found, refused), INVALID


def _page(registration: Registration, refused: Refused | None = None) -> str:
    session, now, talk = reading(), utcnow(), registration.talk
    is_ahead = talk.state in ACTIVE_STATES and now < talk.starts_at
    can_change = is_ahead and registration.state in LIVE
    return render_template(
        "talks/registrations/desk.html",
        registration=registration,
        talk=talk,
        when=entries.when_line(talk),
        where=entries.place_line(talk),
        place=place_of(session, registration, now=now) if is_ahead else None,
        can_change=can_change,
        unreached=registration.invitee.delivery is Delivery.FAILED,
        other_rooms=[
            (room.value, offers.room_seats_line(session, talk, room, now=now))
            for room in offers.rooms(talk)
            if can_change and room is not registration.room
        ],
        colleagues=_colleagues(registration) if can_change else [],
        can_hand_on=can_change and registration.organisation_id is not None,
        lines=_answers(session, registration),
        is_staff=may(Permission.REGISTRATION_LIST),
        refused=refused or Refused(),
        contact=ContactForm.of(registration.person),
    )


def _colleagues(registration: Registration) -> list[queries.Colleague]:
    """Return the people of the cooperative who are not in the talk, to choose from."""
    if registration.organisation is None:
        return []
    known = queries.colleagues(
        reading(), registration.organisation, registration.talk_id, now=utcnow()
    )
    return [one for one in known if one.state not in LIVE]


def _answers(session: Session, registration: Registration) -> list[Line]:
    """Return the answers that the cooperative may see: never what somebody needs."""
    asked = [
        question
        for question in questions.of_talk(session, registration.talk_id, retired=True)
        if question.audience is Audience.COOPERATIVE and question.need is Need.NONE
    ]
    return lines_of(asked, questions.answers_of(session, registration.invitee_id))
