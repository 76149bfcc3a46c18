"""Take part another way, or on another day: by the link in one's mail."""

from collections.abc import Callable
from dataclasses import dataclass

from flask import abort, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from coopoutreach.events import notices as events
from coopoutreach.platform.access.guard import by_link
from coopoutreach.platform.core.clock import utcnow
from coopoutreach.platform.web.forms import INVALID
from coopoutreach.platform.web.transaction import reading, transaction
from coopoutreach.talks.registrations import commands
from coopoutreach.talks.registrations.errors import NoSeatThere
from coopoutreach.talks.registrations.models import Registration
from coopoutreach.talks.registrations.request import Destination
from coopoutreach.talks.registrations.rules import Room
from coopoutreach.talks.registrations.views import own
from coopoutreach.talks.registrations.views.blueprint import bp
from coopoutreach.talks.talks import queries as talks


@dataclass(frozen=True, slots=True)
class Asked:
    """What somebody is asked before they give up what they have: yes is the same form again."""

    sentence: str
    consequence: str
    label: str
    url: str
    fields: dict[str, str]


@bp.post("/inscripciones/<token>/modalidad")
@by_link
def change_room(token: str) -> ResponseReturnValue:
    """Take part in the room instead of online, or the other way round."""
    room = _room()

    def change(session: Session, registration: Registration) -> str:
        commands.change_room(
            session,
            registration,
            room,
            may_wait=_may_wait(),
            actor=f"link:invitee:{registration.invitee_id}",
            now=utcnow(),
        )
        return url_for(".own", token=token)

    return _try(
        token,
        change,
        consequence=_(
            "Puede dejar su cupo y esperar uno de la otra modalidad, al final de esa lista."
        ),
        label=_("Dejar mi cupo y esperar en línea")
        if room is Room.ONLINE
        else _("Dejar mi cupo y esperar en la sala"),
        fields={"room": room.value},
    )


@bp.post("/inscripciones/<token>/sesion")
@by_link
def move_to_session(token: str) -> ResponseReturnValue:
    """Move to another session of the same talk: leave here and join there, or neither."""
    room, public_id = _room(), request.form.get("session", "")

    def change(session: Session, registration: Registration) -> str:
        target = talks.talk_by_public_id(session, public_id) or abort(404)
        moved = commands.move_to_session(
            session,
            registration,
            Destination(target.id, room, _may_wait()),
            actor=f"link:invitee:{registration.invitee_id}",
            now=utcnow(),
        )
        return events.link_of(moved.invitee)

    return _try(
        token,
        change,
        consequence=_(
            "Puede anular esta inscripción y quedar en la lista de espera de esa sesión."
        ),
        label=_("Anular esta y esperar en la otra sesión"),
        fields={"room": room.value, "session": public_id},
    )


def _try(
    token: str,
    change: Callable[[Session, Registration], str],
    *,
    consequence: str,
    label: str,
    fields: dict[str, str],
) -> ResponseReturnValue:
    """Do it, or ask before anybody gives up what they have for a place in a line."""
    try:
        with transaction() as session:
            target = change(session, own.registration_of(session, token))
    except NoSeatThere as refusal:
        asked = Asked(str(refusal), consequence, label, request.path, fields)
        session = reading()
        page = own.page(session, own.registration_of(session, token), token, asked=asked)
        return page, INVALID
    return redirect(target, code=303)


def _room() -> Room:
    given = request.form.get("room", "")
    return Room(given) if given in set(Room) else abort(400)


def _may_wait() -> bool:
    return request.form.get("may_wait") == "1"
