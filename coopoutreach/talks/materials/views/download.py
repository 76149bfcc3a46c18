"""Files of a talk, to whom they are for: always saved, never shown by our own pages."""

from flask import Response
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from coopoutreach.events import queries as events
from coopoutreach.platform.access.guard import by_link, public, requires
from coopoutreach.platform.access.permissions import Permission
from coopoutreach.platform.core.clock import utcnow
from coopoutreach.platform.core.errors import NotFound
from coopoutreach.platform.files.handing import hand_out
from coopoutreach.platform.web.transaction import reading
from coopoutreach.talks.materials import queries
from coopoutreach.talks.materials.models import Material
from coopoutreach.talks.materials.rules import Kind
from coopoutreach.talks.materials.views.blueprint import bp


def _file(session: Session, public_id: str, material: str) -> Material | None:
    found = queries.by_public_id(session, public_id, material)
    return found if found is not None and found.kind is Kind.FILE else None


@bp.get("/charlas/<slug>/materiales/<public_id>")
@public
def public_file(slug: str, public_id: str) -> ResponseReturnValue:
    """Hand out a file that is for everybody.

    :raises NotFound: of what is not there, not yet, or not for everybody: they look the same
    """
    found = queries.public_file(reading(), slug, public_id, now=utcnow())
    return _hand_out(found, cache="public, no-cache")


@bp.get("/inscripciones/<token>/materiales/<public_id>")
@by_link
def own_file(token: str, public_id: str) -> ResponseReturnValue:
    """Hand out a file to whoever holds the link of an invitee who may have it.

    :raises NotFound: as above
    """
    session = reading()
    invitee = events.invitee_by_token(session, token)
    if invitee is None:
        raise NotFound
    return _hand_out(queries.invitees_file(session, invitee, public_id, now=utcnow()))


@bp.get("/plan/charlas/<public_id>/materiales/<material>")
@requires(Permission.MATERIAL_EDIT, _file, into="material")
def file(material: Material) -> ResponseReturnValue:
    """Hand out a file to the coordination, whomever it is for."""
    return _hand_out(material)


def _hand_out(material: Material | None, *, cache: str = "") -> Response:
    if material is None:
        raise NotFound
    return hand_out(material, cache=cache)
