"""How events answer what happens below them; `wiring.py` lists these."""

from datetime import datetime

from sqlalchemy.orm import Session

from coopoutreach.events.models import Invitee
from coopoutreach.events.rules import STANDING, AnnouncementKind, Delivery, Standing
from coopoutreach.messaging.happenings import DeliveryEnded, StillWanted

#: Letters that are true only while the event stands and the person has a place in it.
_OF_A_STANDING_EVENT = frozenset(
    {
        f"events/{AnnouncementKind.REMINDER.value}",
        f"events/{AnnouncementKind.MOVED.value}",
        "registrations/place_confirmed",
        "registrations/joined_line",
    }
)


def reason_to_drop(session: Session, asked: StillWanted, *, now: datetime) -> str:  # noqa: ARG001 (reactions are told the time)
    """Return why a letter about an event is no longer wanted, or nothing if it is."""
    if asked.invitee_id is None or asked.notice not in _OF_A_STANDING_EVENT:
        return ""
    invitee = session.get(Invitee, asked.invitee_id)
    if invitee is None or invitee.standing is Standing.WITHDRAWN:
        return "la persona dejó su lugar"
    return "" if invitee.event.state in STANDING else "la actividad ya no se realiza"


def note_delivery(session: Session, ended: DeliveryEnded, *, now: datetime) -> None:  # noqa: ARG001 (likewise)
    """Keep with the invitee whether mails reach them, where somebody looks."""
    if ended.invitee_id is None:
        return
    invitee = session.get(Invitee, ended.invitee_id)
    if invitee is not None:
        invitee.delivery = Delivery.SENT if ended.delivered else Delivery.FAILED
        invitee.delivery_note = "" if ended.delivered else ended.reason
